import Glibc
import Tallystick

/// A log of `count` events with default snapshots: orders reserved and later committed, the last of them open.
///
/// - Parameter open: how many; `nil`: a tenth of the events, but not more than a million.
private func soldLog(
  _ run: Run, _ name: String, _ count: Int, open: Int? = nil, skus: Int = 100_000
) throws -> (path: String, events: UInt64) {
  let shop = try Shop(run.workspace.fresh(name), skus: skus)
  try shop.sellAndSettle(count, open: open ?? min(count / 10, mostOpen))
  let events = shop.log.lastSequence
  shop.log.close()
  return (shop.path, events)
}

/// Open holds of a large log: those of the issue that asks for these figures.
private let mostOpen = 1_000_000

/// Opening for writing.
struct Opening {
  func measure(_ run: Run) throws -> Figure {
    let count = run.events(default: 10_000_000)
    let (path, events) = try soldLog(run, "open", count)
    let (elapsed, replayed) = try open(path)
    let bare = try bareRead(path)
    var detail = [
      ("events", "\(events)"), ("open holds", "\(min(count / 10, mostOpen))"), ("replayed", "\(replayed)"),
      ("median of", "3"),
    ]
    if count / 10 > mostOpen {
      let held = try soldLog(run, "open-held", count, open: count / 10).path
      detail.append(("seconds with \(count / 10) open holds", number(try open(held).seconds)))
    }
    return Figure(
      value: elapsed, unit: "s", reference: "only reading, hashing and decompressing the whole log",
      ratio: elapsed / bare, detail: detail)
  }

  private func open(_ path: String) throws -> (seconds: Double, replayed: Int) {
    var times = [Double]()
    var replayed = 0
    for _ in 0..<3 {
      let start = seconds()
      let log = try TallyLog(path)
      times.append(seconds() - start)
      replayed = log.recovery.replayedEvents
      log.close()
    }
    return (median(times), replayed)
  }
}

/// The fold of the whole log.
struct Rebuild {
  func measure(_ run: Run) throws -> Figure {
    let (path, events) = try soldLog(run, "rebuild", run.events(default: 2_000_000))
    for name in try LocalFileSystem().list(path + "/snapshots") { remove("\(path)/snapshots/\(name)") }
    let start = seconds()
    let report = try LogReader(path).stock()
    let elapsed = seconds() - start
    guard report.sequence == events else { throw BenchmarkError("the fold ended at event \(report.sequence)") }
    return Figure(
      value: Double(events) / elapsed, unit: "events/s",
      reference: "only reading, hashing and decompressing the same bytes", ratio: try bareRead(path) / elapsed,
      detail: [("events", "\(events)"), ("seconds", number(elapsed))])
  }
}

/// Stock at a past sequence number: of several moments the slowest, because how far the snapshot before lies is chance.
struct StockAt {
  func measure(_ run: Run) throws -> Figure {
    let count = run.events(default: 4_000_000)
    let (path, events) = try soldLog(run, "stock-at", count)
    let elapsed = try slowest(path, events)
    var detail = [
      ("events", "\(events)"), ("open holds", "\(min(count / 10, mostOpen))"), ("slowest of", "5 moments"),
    ]
    let bare = try bareRead(path)
    if count / 10 > mostOpen {
      let held = try soldLog(run, "stock-at-held", count, open: count / 10)
      detail.append(("seconds with \(count / 10) open holds", number(try slowest(held.path, held.events))))
    }
    return Figure(
      value: elapsed, unit: "s", reference: "only reading, hashing and decompressing the whole log",
      ratio: elapsed / bare, detail: detail)
  }

  private func slowest(_ path: String, _ events: UInt64) throws -> Double {
    try ([1, 3, 5, 7, 9] as [UInt64]).map { tenths in
      let moment = events * tenths / 10
      let start = seconds()
      let report = try LogReader(path).stock(at: .sequence(moment))
      let elapsed = seconds() - start
      guard report.sequence == moment else { throw BenchmarkError("the stock is of event \(report.sequence)") }
      return elapsed
    }.max() ?? 0
  }
}

/// Bytes on disk.
struct Size {
  let ids: OrderIDs
  let batch: Int

  func measure(_ run: Run) throws -> Figure {
    let count = batch == 1 ? min(run.events(default: 2_000), 5_000) : run.events(default: 1_000_000)
    let path = run.workspace.fresh("bytes-\(batch)-\(ids)")
    let shop = try Shop(path, skus: 100_000, snapshotEvery: 0)
    shop.log.close()
    let before = try bytesUsed(path)
    let log = try TallyLog(path)
    let again = Shop(path: path, log: log, items: shop.items)
    _ = try again.sell(count, ids: ids, batch: batch)
    log.close()
    let bytes = try bytesUsed(path) - before
    return Figure(
      value: Double(bytes) / Double(count), unit: "bytes",
      detail: [
        ("reservations", "\(count)"), ("batch", "\(batch)"), ("skus", "100000 uniform"), ("quantities", "1 to 3"),
        ("frame overhead", "included"),
      ])
  }
}

/// By the frames of a log.
func bytesUsed(_ path: String) throws -> Int { try LogReader(path).info().segments.reduce(0) { $0 + $1.usedBytes } }

/// Whole processes of the command line tool.
struct Startup {
  func measure(_ run: Run) throws -> Figure {
    let tool = Startup.toolPath
    guard access(tool, X_OK) == 0 else {
      throw BenchmarkError("there is no \(tool): build it with `swift build -c release --product tally`")
    }
    let small = try soldLog(run, "start-100k", 90_000, skus: 10_000).path
    let million = try soldLog(run, "start-1m", 900_000).path
    let large = try soldLog(run, "start-large", run.events(default: 10_000_000)).path
    let bare = try milliseconds(["/bin/true"])
    let help = try milliseconds([tool, "--help"])
    let stock = try milliseconds([tool, "stock", "sku-7", "--log", small])
    let stockOfMillion = try milliseconds([tool, "stock", "sku-7", "--log", million])
    var number = 0
    func reserve(_ log: String) throws -> Double {
      try milliseconds([tool, "reserve", "--log", log]) {
        number += 1
        return ["start-\(getpid())-\(number)", "sku-7=1"]
      }
    }
    let onSmall = try reserve(small)
    let onLarge = try reserve(large)
    return Figure(
      value: help, unit: "ms", reference: "/bin/true", ratio: help / bare,
      detail: [
        ("/bin/true ms", tallyNumber(bare)),
        ("reserve on 100,000 events ms", tallyNumber(onSmall)), ("reserve on the large log ms", tallyNumber(onLarge)),
        ("stock on 100,000 events ms", tallyNumber(stock)),
        ("stock on a million events ms", tallyNumber(stockOfMillion)),
        ("large log", "\(run.events(default: 10_000_000)) events"),
        ("median of", "5 processes"),
      ])
  }

  private func tallyNumber(_ value: Double) -> String { number(value) }

  /// `tally` beside this program.
  static var toolPath: String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let path = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/tally"
  }

  private func milliseconds(_ arguments: [String], more: () -> [String] = { [] }) throws -> Double {
    var times = [Double]()
    for _ in 0..<5 {
      let start = seconds()
      let all = arguments + more()
      var process = pid_t()
      var actions = posix_spawn_file_actions_t()
      posix_spawn_file_actions_init(&actions)
      posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
      var pointers: [UnsafeMutablePointer<CChar>?] = all.map { strdup($0) }
      pointers.append(nil)
      let code = posix_spawn(&process, all[0], &actions, nil, pointers, environ)
      posix_spawn_file_actions_destroy(&actions)
      for pointer in pointers { free(pointer) }
      guard code == 0 else { throw BenchmarkError("cannot run \(all[0])") }
      var status: Int32 = 0
      waitpid(process, &status, 0)
      guard status == 0 else { throw BenchmarkError("\(all.joined(separator: " ")) ended with status \(status >> 8)") }
      times.append((seconds() - start) * 1000)
    }
    return median(times)
  }
}
