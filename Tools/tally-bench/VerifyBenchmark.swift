import TallyAudit
import Tallystick

/// The auditor's replay with all rules, on logs of several shapes.
struct Verify {
  let jobs: Int

  func measure(_ run: Run) throws -> Figure {
    let count = run.events(default: 4_000_000)
    let cycle = try measure("verify-\(jobs)", run, count) { try $0.live(count, ids: .sequential) }
    let uuids = try measure("verify-uuid-\(jobs)", run, count) { try $0.live(count, ids: .uuid) }
    // Reservations that nobody ever settles: the worst case, because every one of them is in every digest of the state.
    let held = try measure("verify-held-\(jobs)", run, count) { _ = try $0.sell(count, ids: .sequential, batch: 8192) }
    var detail = [
      ("events", "\(cycle.events)"), ("seconds", number(cycle.seconds)), ("jobs", "\(jobs)"),
      ("life cycle", "9 in 10 reservations settled, 5 in 6 of them by a commit; 1 cart in 5 of 3 lines"),
      ("with UUIDs events/s", number(Double(uuids.events) / uuids.seconds)),
      ("with UUIDs ratio", number(uuids.bare / uuids.seconds)),
      ("never settled events/s", number(Double(held.events) / held.seconds)),
      ("never settled ratio", number(held.bare / held.seconds)),
    ]
    if jobs > 1 {
      for (name, times) in [("", cycle), ("with UUIDs ", uuids), ("never settled ", held)] {
        detail.append(("\(name)times one job", number(times.alone / times.seconds)))
        detail.append(
          ("\(name)times one job, \(jobs) replays side by side", number(Double(jobs) * times.alone / times.sideBySide)))
      }
    }
    return Figure(
      value: Double(cycle.events) / cycle.seconds, unit: "events/s",
      reference: "only reading, hashing and decompressing the same bytes", ratio: cycle.bare / cycle.seconds,
      detail: detail + [("median of", "3")])
  }

  /// Medians, in seconds.
  private struct Times {
    var events: Int
    var seconds: Double
    var bare: Double
    /// With one job.
    var alone: Double
    /// As many replays with one job each as there are jobs, from the first's beginning to the last's end: what the machine
    /// has left for a second core when the first does the same.
    var sideBySide: Double
  }

  private func measure(_ name: String, _ run: Run, _ count: Int, fill: (Shop) throws -> Void) throws -> Times {
    let path = run.workspace.fresh(name)
    let shop = try Shop(path, skus: 100_000)
    try fill(shop)
    shop.log.close()
    var events = 0
    var (times, bare, alone, sideBySide) = ([Double](), [Double](), [Double](), [Double]())
    for _ in 0..<3 {
      let report = try Verify.audit(path, jobs: jobs)
      events = report.events
      times.append(report.seconds)
      bare.append(try bareRead(path))
      if jobs > 1 {
        alone.append(try Verify.audit(path, jobs: 1).seconds)
        sideBySide.append(try auditSideBySide(path))
      }
    }
    return Times(
      events: events, seconds: median(times), bare: median(bare), alone: jobs > 1 ? median(alone) : median(times),
      sideBySide: jobs > 1 ? median(sideBySide) : median(times))
  }

  private static func audit(_ path: String, jobs: Int) throws -> AuditReport {
    var options = AuditOptions()
    options.jobs = jobs
    let report = try Auditor(LogDirectory(path), options: options).run()
    guard report.verdict == .proven else { throw BenchmarkError("the log is \(report.verdict.rawValue)") }
    return report
  }

  private func auditSideBySide(_ path: String) throws -> Double {
    let gates = (0..<jobs).map { _ in Gate() }
    let begin = seconds()
    for gate in gates {
      Task.detached {
        if (try? Verify.audit(path, jobs: 1)) == nil { gate.fail() }
        gate.open()
      }
    }
    for gate in gates where !gate.wait() { throw BenchmarkError("one of two audits at once failed") }
    return seconds() - begin
  }
}

extension Shop {
  /// A shop's life: one reservation in ten stays open; the others are settled after some thousand events, five in six by
  /// a commit. One cart in five has three lines.
  func live(_ count: Int, ids: OrderIDs) throws {
    var numbers = Numbers(seed: 7)
    var settling = Numbers(seed: 11)
    var bytes = [UInt8]()
    var made = 0
    /// The ids of orders that wait for being settled.
    var waiting = [[UInt8]]()
    var events = 0
    while events < count {
      var rows = CommandRows()
      for _ in 0..<8192 {
        if waiting.count < 4096 || settling.next() % 100 < 52 {
          made += 1
          ids.write(made, &numbers, into: &bytes)
          let isCart = numbers.next() % 5 == 0
          var chosen = Set<Int>()
          while chosen.count < (isCart ? 3 : 1) { chosen.insert(Int(numbers.next() % UInt64(items.count))) }
          let lines = chosen.sorted().map { LineEntry(item: items[$0], quantity: Int64(numbers.next() % 3 + 1)) }
          bytes.withUnsafeBufferPointer { id in lines.withUnsafeBufferPointer { rows.reserve(id: id, lines: $0) } }
          if settling.next() % 10 != 0 { waiting.append(bytes) }
        } else {
          let index = Int(settling.next() % UInt64(waiting.count))
          waiting.swapAt(index, waiting.count - 1)
          let isCommit = settling.next() % 6 != 0
          waiting.removeLast().withUnsafeBufferPointer { isCommit ? rows.commit(id: $0) : rows.release(id: $0) }
        }
      }
      let outcomes = log.append(rows)
      guard outcomes.acceptedCount == rows.count else { throw BenchmarkError("a command of the life was not accepted") }
      events += rows.count
    }
  }
}
