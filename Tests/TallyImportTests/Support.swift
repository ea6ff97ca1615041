import Foundation
import TallyImport
import Tallystick

/// A directory that is gone when the test is.
final class Scratch {
  let path: String

  init() throws {
    var template = Array("\(NSTemporaryDirectory())/tally-import.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and names it.
  func file(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    let path = "\(self.path)/\(name)"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }
}

/// The package's root, which lies beside `shared`.
let packageRoot = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// A log of its own, and an import into it that notes what it is told.
final class ImportedLog {
  let scratch: Scratch
  let path: String
  private(set) var problems: [String] = []

  init() throws {
    scratch = try Scratch()
    path = "\(scratch.path)/log"
    try TallyLog.create(path)
  }

  func run(
    _ file: String, _ mapping: ImportMapping, clock: @escaping () -> Int64 = SystemClock.now,
    isCancelled: @escaping () -> Bool = { false }
  ) throws -> ImportReport {
    let log = try TallyLog(path)
    defer { log.close() }
    let target = try ImportTarget(log, try LogReader(path), clock: clock)
    problems = []
    let observer = ImportObserver(problem: { self.problems.append($0.description) }, isCancelled: isCancelled)
    return try CSVImport(file, mapping: mapping).run(into: target, observer: observer)
  }

  func run(csv: String, _ mapping: ImportMapping, clock: @escaping () -> Int64 = SystemClock.now) throws -> ImportReport
  {
    try run(try scratch.file("rows.csv", csv.utf8), mapping, clock: clock)
  }

  /// Commands that come from elsewhere; all must be accepted.
  func append(_ commands: Command...) throws {
    let log = try TallyLog(path)
    defer { log.close() }
    for outcome in log.append(commands) {
      guard case .accepted = outcome else { throw CocoaError(.featureUnsupported) }
    }
  }

  /// On hand and held by item.
  func stock() throws -> [ItemName: [Int64]] {
    let levels = try LogReader(path).stock().levels
    return Dictionary(uniqueKeysWithValues: levels.map { ($0.item, [$0.onHand, $0.held]) })
  }

  func info() throws -> LogInfo { try LogReader(path).info() }

  func eventCounts() throws -> [EventKind: Int] {
    var counts = [EventKind: Int]()
    try LogReader(path).events(EventFilter()) { event in
      counts[event.kind, default: 0] += 1
      return true
    }
    return counts
  }
}

/// A mapping of small tests: `doc,sku,qty,at,who`, and `R…` documents are returns.
func smallMapping() throws -> ImportMapping {
  var mapping = ImportMapping(
    columns: .init(document: "doc", sku: "sku", quantity: "qty", time: "at", customer: "who"),
    timeFormat: try TimePattern("%Y-%m-%d %H:%M"),
    documents: [
      .init(prefix: "R", negative: .returned), .init(prefix: "IN", positive: .receive),
      .init(positive: .order, negative: .writeOff),
    ])
  mapping.skippedCodes = [CodePattern("POST")]
  return mapping
}
