import Glibc
import Tallystick

/// What an append costs with a million items, against a thousand.
struct ManySKUs {
  func measure(_ run: Run) throws -> Figure {
    let count = run.events(default: 1_000_000)
    func each(_ skus: Int) throws -> Double {
      let loaded = try Shop(run.workspace.fresh("skus-\(skus)"), skus: skus)
      // Opened again, so that the snapshot of what was loaded is not made beside what is measured.
      loaded.log.close()
      let shop = Shop(path: loaded.path, log: try TallyLog(loaded.path), items: loaded.items)
      defer { shop.log.close() }
      return try shop.sell(count, ids: .sequential, batch: 8192) / Double(count) * 1e9
    }
    var (fewer, more) = ([Double](), [Double]())
    for _ in 0..<3 {
      fewer.append(try each(1_000))
      more.append(try each(1_000_000))
    }
    let (few, many) = (median(fewer), median(more))
    return Figure(
      value: many, unit: "ns a reservation", reference: "the same with 1,000 SKUs", ratio: many / few,
      detail: [
        ("reservations", "\(count)"), ("ns with 1,000 SKUs", number(few)), ("durable", "yes"), ("median of", "3"),
      ])
  }
}

/// Memory and speed of a writer whose log is long: nearly all reservations settled, some retried.
struct MemorySettled {
  /// New orders, and one in fifty that was made long ago.
  private struct Load {
    private static let retryEvery = 50
    /// Orders that were made.
    private let made: Int
    private var numbers: Numbers
    private var bytes = [UInt8]()
    private(set) var repeated = 0

    init(seed: UInt64, made: Int) {
      numbers = Numbers(seed: seed)
      self.made = made
    }

    /// Fills batches ahead of the clock, hands them over, and returns the seconds that took. Then the orders are settled.
    mutating func sell(_ count: Int, to shop: Shop) throws -> Double {
      let before = numbers
      let elapsed = try reserve(count, in: shop)
      try settle(count, from: before, in: shop)
      return elapsed
    }

    private mutating func settle(_ count: Int, from before: Numbers, in shop: Shop) throws {
      var orders = before
      for _ in 0..<(count / 8192) {
        var rows = CommandRows()
        for index in 0..<8192 {
          if index % Load.retryEvery == 0 {
            _ = orders.next()
          } else {
            OrderIDs.uuid.write(0, &orders, into: &bytes)
            _ = orders.next()
            bytes.withUnsafeBufferPointer { rows.commit(id: $0) }
          }
        }
        guard shop.log.append(rows).acceptedCount == rows.count else {
          throw BenchmarkError("an order was not there to be settled")
        }
      }
    }

    private mutating func reserve(_ count: Int, in shop: Shop) throws -> Double {
      let batches = (0..<(count / 8192)).map { _ in batch(8192, of: shop) }
      let begin = seconds()
      var pending = [(rows: PendingRows, retries: Int)]()
      for batch in batches {
        pending.append((shop.log.enqueue(batch.rows), batch.retries))
        if pending.count > Shop.inFlight { try check(pending.removeFirst()) }
      }
      for rows in pending { try check(rows) }
      return seconds() - begin
    }

    private mutating func batch(_ count: Int, of shop: Shop) -> (rows: CommandRows, retries: Int) {
      var rows = CommandRows()
      var retries = 0
      for index in 0..<count {
        if index % Load.retryEvery == 0 {
          // Most likely settled; with the same content.
          var order = Numbers(seed: 42, skipping: Int(numbers.next() % UInt64(made)) * 4)
          OrderIDs.uuid.write(0, &order, into: &bytes)
          let item = shop.items[Int(order.next() % UInt64(shop.items.count))]
          let quantity = Int64(order.next() % 3 + 1)
          bytes.withUnsafeBufferPointer { rows.reserve(id: $0, item: item, quantity: quantity) }
          retries += 1
        } else {
          OrderIDs.uuid.write(0, &numbers, into: &bytes)
          let item = shop.items[Int(numbers.next() % UInt64(shop.items.count))]
          bytes.withUnsafeBufferPointer { rows.reserve(id: $0, item: item, quantity: 1) }
        }
      }
      return (rows, retries)
    }

    private mutating func check(_ pending: (rows: PendingRows, retries: Int)) throws {
      let outcomes = pending.rows.wait()
      let answered = (0..<outcomes.count).count { outcomes[$0].status == .repeated }
      guard answered == pending.retries, outcomes.acceptedCount == outcomes.count - answered else {
        throw BenchmarkError(
          "\(pending.retries) retries of old ids: \(answered) answered repeated, \(outcomes.acceptedCount) accepted")
      }
      repeated += answered
    }
  }

  func measure(_ run: Run) throws -> Figure {
    let events = run.events(default: 6_000_000)
    let open = max(1, min(1_000_000, events / 20))
    let shop = try Shop(run.workspace.fresh("memory-settled"), skus: 100_000)
    let growing = seconds()
    try shop.sellAndSettle(events, open: open, ids: .uuid)
    let growth = seconds() - growing
    let made = (events + open) / 2 - 2
    // In rounds, so that memory stays bounded while the making of ids is not measured.
    let round = max(8192, min(events / 4, 1 << 20) / 8192 * 8192)
    let rounds = max(1, min(8, events / 4 / round))
    var load = Load(seed: 99, made: made)
    var elapsed = 0.0
    for _ in 0..<rounds { elapsed += try load.sell(round, to: shop) }
    let resident = try residentBytes()
    shop.log.close()
    let sold = Double(round * rounds)
    return Figure(
      value: Double(resident) / 1_048_576, unit: "MiB resident",
      detail: [
        ("events", "\(events)"), ("open holds", "\(open)"), ("ids", "random UUIDs"),
        ("reservations then", "\(round * rounds)"), ("of them retries of old ids", "\(load.repeated)"),
        ("events/s while it grew", number(Double(events) / growth)),
        ("reservations/s with retries", number(sold / elapsed)),
      ])
  }

  private func residentBytes() throws -> Int {
    let bytes = try LocalFileSystem().open("/proc/self/statm", .read).bytes(at: 0, count: 200)
    let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { throw BenchmarkError("cannot read /proc/self/statm") }
    return pages * Int(getpagesize())
  }
}
