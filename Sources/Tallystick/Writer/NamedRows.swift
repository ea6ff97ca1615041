/// Commands as rows whose items are still names: made where they are handed over, so that the writer's thread finds side
/// by side what it would otherwise have to fetch from three small allocations a command, made on another core.
///
/// Only plain commands are rows: a reserve of one line without customer, a commit or release of all that is open; no key,
/// explicit time or expected sequence number, and nothing that makes them no command. The others are judged as they are.
struct NamedRows: Sendable {
  private(set) var rows = PreparedRows()
  /// Of the reserves' items; 0 for others.
  private(set) var itemHashes: [UInt64] = []
  private(set) var skus = StringColumn()
  private(set) var locations = StringColumn()

  /// What the commands that are no rows hold in memory, about.
  private var otherBytes = 0

  var count: Int { rows.count }
  /// About how much memory these take, and what the commands that are no rows hold. Cost: none that grows with them.
  var queuedBytes: Int {
    rows.queuedBytes + count * 16 + skus.bytes.count + locations.bytes.count + otherBytes
  }

  init(reserving count: Int = 0) {
    itemHashes.reserveCapacity(count)
  }

  /// Several commands. Cost: some 100 ns each.
  init(_ commands: [Command], _ hash: SipHash) {
    self.init(reserving: commands.count)
    append(commands, hash)
  }

  mutating func append(_ commands: [Command], _ hash: SipHash) {
    // Through pointers: to copy a command would retain everything it holds.
    commands.withUnsafeBufferPointer { for index in 0..<$0.count { append($0.baseAddress! + index, hash) } }
  }

  private mutating func append(_ command: UnsafePointer<Command>, _ hash: SipHash) {
    let hasMore =
      command.pointee.key != nil || command.pointee.time != nil || command.pointee.expectedSequence != nil
    switch command.pointee.operation {
    case .reserve(let id, let lines, nil, let timeToLive, nil) where !hasMore && lines.count == 1:
      append(id, lines[0], timeToLive, hash)
    case .commit(let id, nil) where !hasMore && Form.isName(id):
      id.bytes.withUnsafeBufferPointer { rows.append($0, hash) { $0.commit(id: $1) } }
      appendNoItem()
    case .release(let id, nil) where !hasMore && Form.isName(id):
      id.bytes.withUnsafeBufferPointer { rows.append($0, hash) { $0.release(id: $1) } }
      appendNoItem()
    default: appendOther(bytes: QueueLoad.bytes(of: command.pointee.operation))
    }
  }

  /// Forgets everything but keeps the memory.
  mutating func removeAll() {
    rows.removeAll()
    itemHashes.removeAll(keepingCapacity: true)
    otherBytes = 0
    skus.removeAll()
    locations.removeAll()
  }

  private mutating func append(_ id: Name, _ line: Line, _ timeToLive: Int64?, _ hash: SipHash) {
    let isRow = id.bytes.withUnsafeBufferPointer { id in
      line.item.sku.bytes.withUnsafeBufferPointer { sku in
        line.item.location.bytes.withUnsafeBufferPointer {
          reserve(id: id, sku: sku, location: $0, line.quantity, timeToLive: timeToLive, hash)
        }
      }
    }
    if !isRow { appendOther() }
  }

  /// Appends a reservation of one line.
  ///
  /// - Returns: false: it is no command, and was not appended.
  mutating func reserve(
    id: UnsafeBufferPointer<UInt8>, sku: UnsafeBufferPointer<UInt8>, location: UnsafeBufferPointer<UInt8>,
    _ quantity: Int64, timeToLive: Int64?, _ hash: SipHash
  ) -> Bool {
    guard Form.isName(id), Form.isName(sku), Form.isName(location), Form.isQuantity(quantity),
      timeToLive.map({ Form.isTimeToLive($0) }) ?? true
    else { return false }
    rows.append(id, hash) {
      $0.reserve(id: $1, item: NamedRows.unknown, quantity: quantity, timeToLive: timeToLive)
    }
    itemHashes.append(ItemNames.hash(sku, location))
    skus.append(sku)
    locations.append(location)
    return true
  }

  /// Appends a command that is no row.
  ///
  /// - Parameter bytes: about what it holds in memory.
  mutating func appendOther(bytes: Int) {
    otherBytes += bytes
    appendOther()
  }

  /// A row as a command again; `nil`: it holds the place of one that is no row.
  func command(_ index: Int) -> Command? {
    let id = rows.columns.names[index]
    switch rows.columns.kinds[index] {
    case .reserve:
      let line = rows.columns.lines.entries[rows.columns.lines.range(index).lowerBound]
      let timeToLive = rows.columns.timesToLive[index]
      let item = ItemName(sku: skus[index], location: locations[index])
      return Command(
        .reserve(id: id, [Line(item, line.quantity)], timeToLive: timeToLive == 0 ? nil : timeToLive))
    case .commit: return Command(.commit(id: id))
    case .release: return Command(.release(id: id))
    case .receive, .extend, .amend, .other: return nil
    }
  }

  private mutating func appendNoItem() {
    itemHashes.append(0)
    skus.appendEmpty()
    locations.appendEmpty()
  }

  private mutating func appendOther() {
    rows.appendOther()
    appendNoItem()
  }

  /// No item has this number.
  private static let unknown = ItemNumber(.max)

  /// Puts numbers in place of the names of some rows' items, as far as the items exist.
  mutating func resolve(_ range: Range<Int>, _ items: ItemNames) {
    for index in range where rows.columns.kinds[index] == .reserve {
      let number = skus.withBytes(index) { sku in
        locations.withBytes(index) { items.number(sku: sku, location: $0, itemHashes[index]) }
      }
      if let number { rows.setItem(number, of: index) }
    }
  }
}
