import TallyFormat

/// Follows what a shard's log says of carts and names: a plain reading, apart from the fold of the rules.
struct ShardEvents {
  let shard: Int
  private(set) var parts: [Name: CartRecord] = [:]
  /// Of all ids and keys but parts' ids.
  private(set) var fingerprints: [UInt64] = []
  private(set) var misplaced: [ShardViolation] = []
  private let hasher: NameHasher
  private let map: ShardMap
  private var items: [CartContent.Line] = []
  /// Names of parts by the number of their event.
  private var names: [UInt64: Name] = [:]

  init(_ shard: Int, _ map: ShardMap, _ hasher: NameHasher) {
    self.shard = shard
    self.map = map
    self.hasher = hasher
  }

  /// What has been read so far is judged; what comes later only explains it.
  mutating func endFirstReading() {
    parts = parts.mapValues { part in
      var part = part
      part.wasCommitted = part.committed != nil
      part.wasConfirmed = part.confirmed != nil
      return part
    }
  }

  /// - Parameter isFirst: of the log's first reading: names are gathered.
  mutating func read(_ columns: EventColumns, isFirst: Bool) {
    if isFirst {
      for kind in EventKind.allCases {
        guard let column = columns.names(of: kind), column.count > 0 else { continue }
        hasher.forEach(in: column) { fingerprints.append($0) }
      }
    }
    var cursor = EventColumns.Cursor()
    while let row = columns.next(&cursor) { read(columns, row) }
  }

  private mutating func read(_ columns: EventColumns, _ row: EventColumns.Row) {
    switch row.kind {
    case .itemRegistered:
      let (sku, location) = (columns.registered.skus[row.ordinal], columns.registered.locations[row.ordinal])
      items.append(.init(sku: sku, location: location, quantity: 0))
      let owner = map.shard(of: sku)
      if owner != shard {
        misplaced.append(
          ShardViolation(
            rule: .itemElsewhere, shard: shard, sequence: row.sequence,
            detail: "the map gives “\(sku)” to shard \(owner)"))
      }
    case .reserved: make(columns, row)
    default:
      if names.isEmpty { return }
      guard let reference = columns.reference(of: row), let name = names[reference] else { return }
      settle(name, columns, row)
    }
  }

  private mutating func make(_ columns: EventColumns, _ row: EventColumns.Row) {
    // A forged log may have an id of no bytes.
    guard columns.reserved.ids.withBytes(row.ordinal, { $0.first == UInt8(ascii: "&") }) else { return }
    let name = columns.reserved.ids[row.ordinal]
    guard CartPart(name) != nil else { return }
    let held = columns.reserved.lines[row.ordinal]
    let asked = columns.asked(of: row) ?? held
    let lines = asked.map { entry in
      let item = Int(entry.item.rawValue)
      // An item that there is not breaks a rule of the log's own.
      let known = items.indices.contains(item) ? items[item] : .init(sku: "", location: "", quantity: 0)
      return CartContent.Line(sku: known.sku, location: known.location, quantity: entry.quantity)
    }
    names[row.sequence] = name
    parts[name] = CartRecord(
      sequence: row.sequence, customer: columns.reserved.customers[row.ordinal],
      timeToLive: Int64(clamping: columns.reserved.timesToLive[row.ordinal]), lines: lines,
      open: held.reduce(0) { $0.addingReportingOverflow($1.quantity).partialValue })
  }

  private mutating func settle(_ name: Name, _ columns: EventColumns, _ row: EventColumns.Row) {
    guard var part = parts[name] else { return }
    switch row.kind {
    case .committed:
      part.committed = part.committed ?? row.sequence
      if columns.committed.lines[row.ordinal].isEmpty { part.open = 0 } else { part.altered = row.sequence }
    case .released:
      part.released = part.released ?? row.sequence
      let lines = columns.released.lines[row.ordinal]
      let units = lines.reduce(Int64(0)) { $0.addingReportingOverflow($1.quantity).partialValue }
      part.open = lines.isEmpty ? 0 : part.open.subtractingReportingOverflow(units).partialValue
      // A stock-take may let some go; nobody else may.
      if !lines.isEmpty, !columns.released.byAdjust[row.ordinal] { part.altered = row.sequence }
    case .expired:
      part.released = part.released ?? row.sequence
      part.open = 0
    case .extended:
      if let (key, _) = columns.key(of: row), CartPart(name)?.cart == key {
        part.confirmed = part.confirmed ?? row.sequence
      }
    case .amended, .committedMore, .reopened: part.altered = row.sequence
    default: return
    }
    parts[name] = part
  }
}
