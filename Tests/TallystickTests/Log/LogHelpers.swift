import Synchronization
import TallyAudit
import TallyTestSupport

@testable import Tallystick

/// A log in a directory of its own.
struct TestLog {
  let directory = TemporaryDirectory()
  var path: String { directory.path + "/log" }

  init(segmentSize: Int = 64 << 10, snapshotEvery: Int = 0) throws {
    try TallyLog.create(path, settings: LogSettings(segmentSize: segmentSize, snapshotEvery: snapshotEvery))
  }

  func open(lockWait: Duration = .zero, _ change: (inout LogOptions) -> Void = { _ in }) throws -> TallyLog {
    var options = LogOptions()
    options.lockWait = lockWait
    change(&options)
    return try TallyLog(path, options: options)
  }

  /// Opens, works and closes.
  func write<R>(_ body: (TallyLog) throws -> R) throws -> R {
    let log = try open()
    defer { log.close() }
    return try body(log)
  }

  var lastSegment: String {
    get throws {
      let directory = LogDirectory(path)
      return directory.segment(try directory.listSegments(LocalFileSystem()).last ?? 1)
    }
  }

  func audit() throws -> AuditReport { try Auditor(LogDirectory(path)).run() }
}

/// A clock that stands until it is set.
final class ManualClock: Sendable {
  private let time: Atomic<Int64>
  init(_ time: Int64) { self.time = Atomic(time) }
  var now: Int64 {
    get { time.load(ordering: .relaxed) }
    set { time.store(newValue, ordering: .relaxed) }
  }
}

func read(_ path: String) throws -> [UInt8] {
  let file = try LocalFileSystem().open(path, .read)
  defer { file.close() }
  return try file.bytes(at: 0, count: try file.size())
}

func overwrite(_ path: String, _ bytes: [UInt8], at offset: Int = 0) throws {
  let file = try LocalFileSystem().open(path, .readWriteOrCreate)
  defer { file.close() }
  try file.write(bytes, at: offset)
}

extension TallyLog {
  @discardableResult
  func receive(_ sku: Name, _ quantity: Int64) -> Outcome { append(Command(.receive([Line(sku: sku, quantity)]))) }

  @discardableResult
  func reserve(_ id: Name, _ sku: Name, _ quantity: Int64, timeToLive: Int64? = nil) -> Outcome {
    append(Command(.reserve(id: id, [Line(sku: sku, quantity)], timeToLive: timeToLive)))
  }
}
