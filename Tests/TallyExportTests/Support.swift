import CSQLite
import Foundation
import Tallystick

/// A directory that is gone when the test is, with a small log in which every kind of event happened.
final class SmallLog {
  let directory: String
  var path: String { "\(directory)/log" }
  var reader: LogReader { get throws { try LogReader(path) } }

  init() throws {
    var template = Array("\(NSTemporaryDirectory())/tally-export.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
    directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    try TallyLog.create(path, settings: LogSettings(journalsRefusals: true))
    let log = try TallyLog(path)
    defer { log.close() }
    let tea = ItemName(sku: "tea")
    let cup = ItemName(sku: "=cup", location: "a, \"b\"")
    var time: Int64 = 1_700_000_000_000
    func append(_ operation: Tallystick.Operation, key: Name? = nil) throws {
      time += 1_001
      guard case .accepted = log.append(Command(operation, key: key, time: time)) else {
        throw CocoaError(.featureUnsupported, userInfo: [NSDebugDescriptionErrorKey: "\(operation)"])
      }
    }
    try append(.receive([Line(tea, 100), Line(cup, 20)], reference: "PO-7"), key: "po-7")
    try append(.limit(tea, 50))
    try append(.reserve(id: "o-1", [Line(tea, 10), Line(cup, 2)], customer: "c-1"))
    try append(.commit(id: "o-1", [Line(tea, 4)]))
    try append(.release(id: "o-1", [Line(tea, 1)]))
    try append(.commit(id: "o-1"))
    try append(.reserve(id: "o-2", [Line(tea, 3)], customer: "c-2", timeToLive: 500))
    try append(.returned([Line(tea, 1)], reference: "RMA"))
    try append(.reserve(id: "o-3", [Line(tea, 50)], customer: "-c"))
    try append(.adjust(tea, .by(-1), reason: "@broken"))
    try append(.transfer(sku: "tea", quantity: 5, from: "main", to: "berlin"))
    try append(.batch([.receive([Line(cup, 1)]), .reserve(id: "o-4", [Line(cup, 1)])]), key: "batch-1")
    try append(.adjust(cup, .to(0), reason: "lost", release: .newest))
    try append(.limit(tea, nil))
    try append(.floor(tea, 5))
    try append(.dated(.receive([Line(tea, 1)]), effective: 1_600_000_000_000))
    let teaInBerlin = ItemName(sku: "tea", location: "berlin")
    try append(.reserve(id: "+o-5", [Line(teaInBerlin, 1)]))
    try append(.extend(id: "+o-5", timeToLive: 60_000))
    try append(.amend(id: "+o-5", [Line(teaInBerlin, 2)]))
    try append(.transferWith(sku: "tea", quantity: 2, from: "berlin", to: "main", .of(["+o-5"])))
    try append(.commitMore(id: "+o-5", [Line(tea, 3)]))
    try append(.returnedOf(order: "+o-5", [Line(tea, 1)]))
    try append(.recipe(cup, [Line(tea, 2), Line(teaInBerlin, 1)]))
    try append(.prefer("tea", ["berlin", "main"]))
    try append(.prefer("tea", []))
    try append(.reserve(id: "o-6", [Line(cup, 1)]))
    try append(.recipe(cup, [Line(tea, 9)]))
    try append(.release(id: "o-6", [Line(tea, 1)]))
    try append(.release(id: "o-6"))
    try append(.reopen(id: "o-6", timeToLive: 90_000))
    try append(.reserve(id: "o-7", [Line(tea, 1_000)], timeToLive: 60_000, wait: .forever))
    try append(.receive([Line(tea, 1_000)]))
    try append(.reserve(id: "o-8", [Line(tea, 2_000)], customer: "c-7", wait: .milliseconds(60_000)))
    try append(.amend(id: "o-8", [Line(tea, 1_999)]))
    try append(.reserve(id: "o-9", [Line(tea, 1)], wait: .forever))
    try append(.release(id: "o-9"))
    try append(.reserve(id: "o-10", [Line(tea, 1)], wait: .forever))
    try append(.amend(id: "o-10", [Line(tea, 0)]))
    try append(.acknowledge(consumer: "orders", through: 12))
    try append(.acknowledge(consumer: "=search", through: 0))
    try append(.acknowledge(consumer: "orders", through: 30))
    try append(.forgetConsumer("=search"))
    // Told when the log is closed.
    guard case .rejected = log.append(Command(.reserve(id: "o-11", [Line(tea, 1 << 40)]))) else {
      throw CocoaError(.featureUnsupported)
    }
  }
  deinit { try? FileManager.default.removeItem(atPath: directory) }

  func events() throws -> [RecordedEvent] {
    var events = [RecordedEvent]()
    try reader.events(EventFilter()) {
      events.append($0)
      return true
    }
    return events
  }
}

/// Asks a database, as a stranger would.
final class Database {
  private var handle: OpaquePointer?

  init(_ path: String) throws {
    guard sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, nil) == SQLITE_OK else {
      throw CocoaError(.fileReadCorruptFile)
    }
  }
  deinit { sqlite3_close_v2(handle) }

  /// Rows, their columns joined by `|`.
  func rows(_ sql: String) throws -> [String] {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else {
      throw CocoaError(
        .fileReadCorruptFile, userInfo: [NSDebugDescriptionErrorKey: String(cString: sqlite3_errmsg(handle))])
    }
    defer { sqlite3_finalize(statement) }
    var rows = [String]()
    while sqlite3_step(statement) == SQLITE_ROW {
      let columns = (0..<sqlite3_column_count(statement)).map { column in
        sqlite3_column_text(statement, column).map { String(cString: $0) } ?? "NULL"
      }
      rows.append(columns.joined(separator: "|"))
    }
    return rows
  }
}
