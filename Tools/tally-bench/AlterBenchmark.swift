import Tallystick

/// Open holds that are extended, or amended up and down, through rows.
struct BulkAlter {
  let amends: Bool

  func measure(_ run: Run) throws -> Figure {
    let count = run.events(default: 1_000_000)
    let shop = try Shop(run.workspace.fresh(amends ? "bulk-amends" : "bulk-extends"), skus: 100_000)
    // The items are drawn from the same seed that the reservations were made with.
    _ = try shop.sell(count, ids: .sequential, batch: 8192, seed: 42)
    var numbers = Numbers(seed: 42)
    var bytes = [UInt8]()
    var batches = [CommandRows]()
    for start in stride(from: 0, to: count, by: 8192) {
      var rows = CommandRows()
      for number in start..<min(start + 8192, count) {
        OrderIDs.sequential.write(1 + number, &numbers, into: &bytes)
        let item = shop.items[Int(numbers.next() % UInt64(shop.items.count))]
        let quantity = Int64(numbers.next() % 3 + 1)
        bytes.withUnsafeBufferPointer { id in
          if amends {
            let lines = [LineEntry(item: item, quantity: 4 - quantity)]
            lines.withUnsafeBufferPointer { rows.amend(id: id, lines: $0) }
          } else {
            rows.extend(id: id, timeToLive: 3_600_000)
          }
        }
      }
      batches.append(rows)
    }
    let start = seconds()
    var accepted = 0
    var pending = [PendingRows]()
    for rows in batches {
      pending.append(shop.log.enqueue(rows))
      if pending.count > Shop.inFlight { accepted += pending.removeFirst().wait().acceptedCount }
    }
    for rows in pending { accepted += rows.wait().acceptedCount }
    let elapsed = seconds() - start
    shop.log.close()
    guard accepted == count else { throw BenchmarkError("\(count - accepted) of \(count) were not accepted") }
    return Figure(
      value: Double(count) / elapsed, unit: "events/s",
      detail: [
        ("events", "\(count)"), ("seconds", number(elapsed)), ("open reservations", "\(count)"), ("durable", "yes"),
      ])
  }
}
