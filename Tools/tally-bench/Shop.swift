import Tallystick

/// How orders are named.
enum OrderIDs: Sendable {
  case sequential, uuid

  /// The id of an order, in `bytes`.
  @inline(__always) func write(_ number: Int, _ numbers: inout Numbers, into bytes: inout [UInt8]) {
    bytes.removeAll(keepingCapacity: true)
    switch self {
    case .sequential:
      bytes.append(contentsOf: "order-".utf8)
      var power = 1_000_000_000
      var rest = 1_000_000_000 + number
      while power > 0 {
        bytes.append(48 + UInt8(rest / power % 10))
        rest %= power
        power /= 10
      }
    case .uuid: UUIDText.append(numbers.next(), numbers.next(), to: &bytes)
    }
  }
}

/// A log with items in stock, for a benchmark to sell.
struct Shop {
  /// Batches handed over and not yet durable: a loader fills or fetches the next ones meanwhile.
  static let inFlight = 4

  let path: String
  let log: TallyLog
  let items: [ItemNumber]

  init(path: String, log: TallyLog, items: [ItemNumber]) {
    self.path = path
    self.log = log
    self.items = items
  }

  init(
    _ path: String, skus: Int, snapshotEvery: Int = 1_000_000, stock: Int64 = 1 << 40
  ) throws {
    self.path = path
    try TallyLog.create(path, settings: LogSettings(snapshotEvery: snapshotEvery))
    log = try TallyLog(path)
    for start in stride(from: 0, to: skus, by: 4096) {
      let lines = (start..<min(start + 4096, skus)).map { Line(sku: Name("sku-\($0)"), stock) }
      guard case .accepted = log.append(Command(.receive(lines))) else {
        throw BenchmarkError("the opening stock was refused")
      }
    }
    guard let first = try log.number(of: ItemName(sku: "sku-0")) else { throw BenchmarkError("there is no stock") }
    items = (0..<skus).map { ItemNumber(first.rawValue + UInt32($0)) }
  }

  /// Fills batches of reservations ahead of the clock, hands them over, and returns the seconds that took.
  func sell(_ count: Int, ids: OrderIDs, batch: Int, seed: UInt64 = 42, firstNumber: Int = 1) throws -> Double {
    var numbers = Numbers(seed: seed)
    var bytes = [UInt8]()
    var elapsed = 0.0
    var sold = 0
    // Rounds of a million, so that memory stays bounded while the making of ids is not measured.
    while sold < count {
      var batches = [CommandRows]()
      let round = min(count - sold, 1 << 20)
      for start in stride(from: 0, to: round, by: batch) {
        var rows = CommandRows()
        for index in start..<min(start + batch, round) {
          ids.write(firstNumber + sold + index, &numbers, into: &bytes)
          let item = items[Int(numbers.next() % UInt64(items.count))]
          let quantity = Int64(numbers.next() % 3 + 1)
          bytes.withUnsafeBufferPointer { rows.reserve(id: $0, item: item, quantity: quantity) }
        }
        batches.append(rows)
      }
      let start = seconds()
      var accepted = 0
      var pending = [PendingRows]()
      // One a frame means one at a time.
      if batch == 1 { for rows in batches { accepted += log.append(rows).acceptedCount } }
      for (index, rows) in (batch == 1 ? [] : batches).enumerated() {
        if index >= Shop.inFlight { accepted += pending[index - Shop.inFlight].wait().acceptedCount }
        pending.append(log.enqueue(rows))
      }
      for rows in pending.suffix(Shop.inFlight) { accepted += rows.wait().acceptedCount }
      elapsed += seconds() - start
      guard accepted == round else {
        throw BenchmarkError("\(round - accepted) of \(round) reservations were not accepted")
      }
      sold += round
    }
    return elapsed
  }

  /// A shop's life: each order is reserved, and committed when `open` later ones have been; `events` in all.
  func sellAndSettle(_ events: Int, open: Int, ids: OrderIDs = .sequential, seed: UInt64 = 42) throws {
    var sales = SettledSales(open: open, ids: ids, seed: seed)
    try sales.sell(events, self)
  }
}

/// Orders that are reserved, each of which is committed when some later ones have been; it may go on after a while.
struct SettledSales {
  private let open: Int
  private let ids: OrderIDs
  private var numbers: Numbers
  /// The same ids again, some time later.
  private var earlier: Numbers
  private var bytes = [UInt8]()
  private var (made, settled) = (0, 0)

  /// - Parameter open: so many are not committed yet, once there are as many.
  init(open: Int, ids: OrderIDs, seed: UInt64 = 42) {
    (self.open, self.ids) = (open, ids)
    (numbers, earlier) = (Numbers(seed: seed), Numbers(seed: seed))
  }

  /// Goes on by so many events.
  mutating func sell(_ events: Int, _ shop: Shop) throws {
    var done = 0
    var pending = [(rows: PendingRows, count: Int)]()
    func check(_ batch: (rows: PendingRows, count: Int)) throws {
      guard batch.rows.wait().acceptedCount == batch.count else { throw BenchmarkError("a command was not accepted") }
    }
    while done < events {
      var rows = CommandRows()
      while rows.count < min(8192, events - done) { add(isSettling: (done + rows.count) % 2 == 1, shop, to: &rows) }
      done += rows.count
      pending.append((shop.log.enqueue(rows), rows.count))
      if pending.count > Shop.inFlight { try check(pending.removeFirst()) }
    }
    for batch in pending { try check(batch) }
  }

  private mutating func add(isSettling: Bool, _ shop: Shop, to rows: inout CommandRows) {
    if isSettling, made - settled >= open {
      settled += 1
      ids.write(settled, &earlier, into: &bytes)
      _ = (earlier.next(), earlier.next())
      bytes.withUnsafeBufferPointer { rows.commit(id: $0) }
    } else {
      made += 1
      ids.write(made, &numbers, into: &bytes)
      let item = shop.items[Int(numbers.next() % UInt64(shop.items.count))]
      let quantity = Int64(numbers.next() % 3 + 1)
      bytes.withUnsafeBufferPointer { rows.reserve(id: $0, item: item, quantity: quantity) }
    }
  }
}
