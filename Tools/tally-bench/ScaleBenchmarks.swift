import Glibc
import Tallystick

/// What an append costs with a million items, against a thousand.
struct ManySKUs {
  func measure(_ run: Run) throws -> Figure {
    let count = run.events(default: 1_000_000)
    func each(_ skus: Int) throws -> Double {
      let shop = try Shop(run.workspace.fresh("skus-\(skus)"), skus: skus)
      defer { shop.log.close() }
      return try shop.sell(count, ids: .sequential, batch: 8192) / Double(count) * 1e9
    }
    let few = try each(1_000)
    let many = try each(1_000_000)
    return Figure(
      value: many, unit: "ns a reservation", reference: "the same with 1,000 SKUs", ratio: many / few,
      detail: [("reservations", "\(count)"), ("ns with 1,000 SKUs", number(few)), ("durable", "yes")])
  }
}

/// Memory and speed of a writer whose log is long: nearly all reservations settled, some retried.
struct MemorySettled {
  private static let retryEvery = 50

  func measure(_ run: Run) throws -> Figure {
    let events = run.events(default: 6_000_000)
    let open = max(1, min(1_000_000, events / 20))
    let shop = try Shop(run.workspace.fresh("memory-settled"), skus: 100_000)
    let growing = seconds()
    try shop.sellAndSettle(events, open: open, ids: .uuid)
    let growth = seconds() - growing
    let made = (events + open) / 2 - 2
    let load = max(8192, min(events / 4, 1_000_000))
    var numbers = Numbers(seed: 99)
    var bytes = [UInt8]()
    // Filled ahead of the clock, as in the other bulk benchmarks.
    var batches = [(rows: CommandRows, retries: Int)]()
    for start in stride(from: 0, to: load, by: 8192) {
      var rows = CommandRows()
      var retries = 0
      for index in start..<(start + 8192) {
        if index % MemorySettled.retryEvery == 0 {
          // An order that was made, and most likely settled, long ago; with the same content.
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
      batches.append((rows, retries))
    }
    var repeated = 0
    func check(_ pending: PendingRows, _ retries: Int) throws {
      let outcomes = pending.wait()
      let answered = (0..<outcomes.count).count { outcomes[$0].status == .repeated }
      guard answered == retries, outcomes.acceptedCount == outcomes.count - retries else {
        throw BenchmarkError(
          "\(retries) retries of old ids: \(answered) answered repeated, \(outcomes.acceptedCount) accepted")
      }
      repeated += answered
    }
    let begin = seconds()
    var pending = [(rows: PendingRows, retries: Int)]()
    for batch in batches {
      pending.append((shop.log.enqueue(batch.rows), batch.retries))
      if pending.count > Shop.inFlight {
        let first = pending.removeFirst()
        try check(first.rows, first.retries)
      }
    }
    for (rows, retries) in pending { try check(rows, retries) }
    let elapsed = seconds() - begin
    batches.removeAll()
    let resident = try residentBytes()
    shop.log.close()
    return Figure(
      value: Double(resident) / 1_048_576, unit: "MiB resident",
      detail: [
        ("events", "\(events)"), ("open holds", "\(open)"), ("ids", "random UUIDs"),
        ("retries of old ids", "\(repeated)"),
        ("events/s while it grew", number(Double(events) / growth)),
        ("reservations/s with retries", number(Double(load) / elapsed)),
      ])
  }

  private func residentBytes() throws -> Int {
    let bytes = try LocalFileSystem().open("/proc/self/statm", .read).bytes(at: 0, count: 200)
    let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { throw BenchmarkError("cannot read /proc/self/statm") }
    return pages * Int(getpagesize())
  }
}
