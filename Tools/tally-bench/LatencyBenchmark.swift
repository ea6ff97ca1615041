import Synchronization
import Tallystick

/// How long durable single reservations take while segments fill, grow and change: by one caller, and by 64 at once.
struct Latency {
  /// Small, so that a few seconds see several segments and all their extensions.
  private static func segmentBytes(_ callers: Int) -> Int { callers == 1 ? 1 << 20 : 512 << 10 }
  private static let segmentChanges = 5

  func measure(_ run: Run) throws -> Figure {
    let count = run.events(default: 60_000)
    var bare = Quantiles(try bareSyncs(in: run.workspace, count: count / 2))
    let one = try measure(run, callers: 1, count)
    let many = try measure(run, callers: 64, count * 8)
    bare.merge(Quantiles(try bareSyncs(in: run.workspace, count: count / 2)))
    var detail = bare.detail("bare sync")
    for (callers, found) in [("1 caller", one), ("64 callers", many)] {
      detail += found.times.detail(callers) + found.commits.detail("\(callers): frame")
      detail.append(("\(callers) segments", "\(found.segments)"))
    }
    detail.append(("bare sync p99.9 over p50", number(bare.tail)))
    detail.append(("64 callers p99.9 over p50", number(many.times.tail)))
    return Figure(
      value: one.times[0.999] * 1e6, unit: "µs", reference: "p99.9 of one caller over its p50", ratio: one.times.tail,
      detail: detail)
  }

  /// - Returns: what callers waited, and what of that each frame took: its encoding, writing and sync.
  private func measure(
    _ run: Run, callers: Int, _ count: Int
  ) throws -> (times: Quantiles, commits: Quantiles, segments: Int) {
    let path = run.workspace.fresh("latency-\(callers)")
    try TallyLog.create(path, settings: LogSettings(segmentSize: Latency.segmentBytes(callers), snapshotEvery: 0))
    let commits = Commits()
    var options = LogOptions()
    options.observer = commits
    let log = try TallyLog(path, options: options)
    _ = log.append(Command(.receive([Line(sku: "tea", 1 << 40)])))
    let each = count / callers
    let times: [Double]
    if callers == 1 {
      times = try (0..<each).map { index in
        let command = Command(.reserve(id: Name("order-\(index)"), [Line(sku: "tea", 1)]))
        let start = seconds()
        guard case .accepted = log.append(command) else { throw BenchmarkError("a reservation was refused") }
        return seconds() - start
      }
    } else {
      times = try Latency.concurrent(log, callers: callers, each)
    }
    log.close()
    let segments = try LogReader(path).info().segments.count
    guard segments > Latency.segmentChanges || run.events != nil else {
      throw BenchmarkError("\(segments) segments are too few to see them change")
    }
    return (Quantiles(times), Quantiles(commits.seconds), segments)
  }

  private static func concurrent(_ log: TallyLog, callers: Int, _ each: Int) throws -> [Double] {
    let done = Gate()
    let kept = Kept()
    Task {
      kept.times = await withTaskGroup(of: [Double].self) { group in
        for caller in 0..<callers {
          group.addTask {
            var times = [Double]()
            times.reserveCapacity(each)
            for index in 0..<each {
              let command = Command(.reserve(id: Name("c\(caller)-\(index)"), [Line(sku: "tea", 1)]))
              let start = seconds()
              guard case .accepted = await log.submit(command) else {
                done.fail()
                return times
              }
              times.append(seconds() - start)
            }
            return times
          }
        }
        return await group.reduce(into: []) { $0 += $1 }
      }
      done.open()
    }
    guard done.wait() else { throw BenchmarkError("a reservation was refused") }
    return kept.times
  }

  /// How long each frame took: tells the store's share of a slow answer from everybody else's.
  private final class Commits: LogObserver {
    private let kept = Mutex<[Double]>([])
    var seconds: [Double] { kept.withLock { $0 } }

    func frameCommitted(_ frame: CommittedFrame) {
      kept.withLock { $0.append(frame.duration / .seconds(1)) }
    }
  }

  /// What the task leaves for the thread that waits for it.
  private final class Kept: @unchecked Sendable { var times: [Double] = [] }
}

/// Times in order.
struct Quantiles {
  private var sorted: [Double]

  init(_ times: [Double]) { sorted = times.sorted() }
  mutating func merge(_ other: Quantiles) { sorted = (sorted + other.sorted).sorted() }

  subscript(_ share: Double) -> Double {
    sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
  }
  /// p99.9 over p50.
  var tail: Double { self[0.5] > 0 ? self[0.999] / self[0.5] : 0 }

  func detail(_ name: String) -> [(String, String)] {
    [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999), ("max", 1)].map { label, share in
      ("\(name) \(label) µs", number(self[share] * 1e6))
    }
  }
}
