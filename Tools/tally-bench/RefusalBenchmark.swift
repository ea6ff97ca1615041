import Tallystick

/// A crowd in front of what is sold out: nine asks in ten are refused, with the journal of refused demand and without, in
/// turns.
struct RefusedAppend {
  private static let rounds = 5
  private static let soldOut = 100_000

  func measure(_ run: Run) throws -> Figure {
    let count = run.events(default: 2_000_000)
    var (without, with) = ([Double](), [Double]())
    var bytes = [(without: Int, with: Int)]()
    for round in 0..<RefusedAppend.rounds {
      var sizes = (without: 0, with: 0)
      for journals in [round % 2 == 0, round % 2 != 0] {
        let path = run.workspace.fresh("refused-\(round)-\(journals)")
        let seconds = try ask(count, path, journals: journals)
        let size = try bytesUsed(path)
        if journals {
          with.append(seconds)
          sizes.with = size
        } else {
          without.append(seconds)
          sizes.without = size
        }
        Workspace.remove(path)
      }
      bytes.append(sizes)
    }
    let (plain, journaled) = (median(without), median(with))
    let more = median(bytes.map { Double($0.with) / Double($0.without) - 1 })
    return Figure(
      value: Double(count) / journaled, unit: "asks/s", reference: "the same without the journal, in turns",
      ratio: plain / journaled,
      detail: [
        ("asks", "\(count)"), ("refused %", "90"), ("without journal asks/s", number(Double(count) / plain)),
        ("cost %", number((journaled / plain - 1) * 100)), ("more bytes %", number(more * 100)),
        ("items sold out", "\(RefusedAppend.soldOut)"), ("median of", "\(RefusedAppend.rounds)"), ("durable", "yes"),
      ])
  }

  /// - Returns: seconds.
  private func ask(_ count: Int, _ path: String, journals: Bool) throws -> Double {
    try TallyLog.create(path, settings: LogSettings(journalsRefusals: journals))
    let log = try TallyLog(path)
    // Those that are sold out, then as many that are not.
    for (stock, kind) in [(Int64(1), "out"), (1 << 40, "there")] {
      for start in stride(from: 0, to: RefusedAppend.soldOut, by: 4096) {
        let lines = (start..<min(start + 4096, RefusedAppend.soldOut)).map { Line(sku: Name("\(kind)-\($0)"), stock) }
        guard case .accepted = log.append(Command(.receive(lines))) else {
          throw BenchmarkError("the opening stock was refused")
        }
      }
    }
    guard let first = try log.number(of: ItemName(sku: "out-0")) else { throw BenchmarkError("there is no stock") }
    defer { log.close() }
    var numbers = Numbers(seed: 42)
    var bytes = [UInt8]()
    var elapsed = 0.0
    for start in stride(from: 0, to: count, by: 1 << 19) {
      let batches = stride(from: start, to: min(start + 1 << 19, count), by: 8192).map { begin in
        var rows = CommandRows()
        for order in begin..<min(begin + 8192, count) {
          OrderIDs.sequential.write(order, &numbers, into: &bytes)
          let isThere = order % 10 == 0
          let item =
            UInt64(first.rawValue) + numbers.next() % UInt64(RefusedAppend.soldOut)
            + (isThere ? UInt64(RefusedAppend.soldOut) : 0)
          bytes.withUnsafeBufferPointer {
            rows.reserve(id: $0, item: ItemNumber(UInt32(item)), quantity: isThere ? 1 : 2)
          }
        }
        return rows
      }
      let begin = seconds()
      var pending = [PendingRows]()
      var accepted = 0
      for rows in batches {
        pending.append(log.enqueue(rows))
        if pending.count > Shop.inFlight { accepted += pending.removeFirst().wait().acceptedCount }
      }
      for rows in pending { accepted += rows.wait().acceptedCount }
      elapsed += seconds() - begin
      let asked = min(start + 1 << 19, count) - start
      guard abs(accepted - asked / 10) <= 1 else { throw BenchmarkError("\(accepted) of \(asked) were accepted") }
    }
    return elapsed
  }
}
