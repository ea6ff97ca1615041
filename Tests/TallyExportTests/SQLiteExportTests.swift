import Foundation
import TallyExport
import Tallystick
import Testing

@Suite("SQLite export")
struct SQLiteExportTests {
  let log: SmallLog
  let path: String

  init() throws {
    log = try SmallLog()
    path = "\(log.directory)/shop.db"
  }

  @Test("has every event and line, and the sums of the lines are the stock")
  func tables() throws {
    let last = try SQLiteExport(try log.reader, path: path).run()
    let database = try Database(path)
    let events = try log.events()
    #expect(last == events.last?.sequence)
    #expect(try database.rows("PRAGMA integrity_check") == ["ok"])
    #expect(
      try database.rows("SELECT seq, type FROM events ORDER BY seq") == events.map { "\($0.sequence)|\($0.kind.name)" })
    #expect(try database.rows("SELECT COUNT(*) FROM event_lines") == ["\(events.reduce(0) { $0 + $1.lines.count })"])
    #expect(try database.rows("SELECT id, last_seq FROM log") == ["\(try log.reader.log)|\(last)"])
    let folded = try database.rows(
      "SELECT sku, location, SUM(on_hand), SUM(held) FROM event_lines GROUP BY sku, location ORDER BY sku, location")
    let stock = try database.rows("SELECT sku, location, on_hand, held FROM stock ORDER BY sku, location")
    #expect(folded == stock)
    #expect(
      stock
        == (try log.reader.stock().levels).sorted { $0.item < $1.item }.map {
          "\($0.item.sku)|\($0.item.location)|\($0.onHand)|\($0.held)"
        })
    #expect(try database.rows("SELECT floor FROM stock WHERE floor > 0") == ["5"])
    #expect(try database.rows("SELECT floor FROM events WHERE type = 'floor-set'") == ["5"])
    #expect(try database.rows("SELECT effective_ms FROM events WHERE effective_ms > 0") == ["1600000000000"])
    #expect(try database.rows("SELECT COUNT(*) FROM items") == ["3"])
    #expect(try database.rows("SELECT sku, qty FROM asked_lines") == ["=cup|1"])
    #expect(
      try database.rows("SELECT line, sku, location, qty FROM recipe_parts ORDER BY seq, line")
        == ["1|tea|main|2", "2|tea|berlin|1", "1|tea|main|9"])
    #expect(try database.rows("SELECT sku FROM stock WHERE has_recipe") == ["=cup"])
    #expect(
      try database.rows("SELECT consumer, consumed_seq FROM consumers") == ["orders|30"])
    #expect(
      try database.rows("SELECT consumer, consumed_seq FROM events WHERE type = 'acknowledged' ORDER BY seq")
        == ["orders|12", "=search|0", "orders|30"])
    #expect(try database.rows("PRAGMA foreign_key_check").isEmpty)
  }

  @Test("says of each reservation what the log says of it")
  func reservations() throws {
    try SQLiteExport(try log.reader, path: path).run()
    let rows = try Database(path).rows(
      "SELECT id, seq, state, customer, committed, released, expired FROM reservations ORDER BY seq")
    let reader = try log.reader
    let ids = ["o-1", "o-2", "o-3", "o-4", "+o-5", "o-6", "o-7", "o-8", "o-9", "o-10"]
    let expected = try ids.map { id in
      let story = try #require(try reader.show(Name(id)))
      let sums = story.lines.reduce(into: [Int64](repeating: 0, count: 3)) {
        $0[0] += $1.committed
        $0[1] += $1.released
        $0[2] += $1.expired
      }
      let customer = story.customer?.description ?? "NULL"
      return "\(id)|\(story.sequence)|\(story.state.rawValue)|\(customer)|\(sums[0])|\(sums[1])|\(sums[2])"
    }
    #expect(rows == expected)
  }

  @Test("refuses to overwrite, unless told to, and leaves nothing behind")
  func overwrite() throws {
    try Data("mine".utf8).write(to: URL(fileURLWithPath: path))
    #expect(throws: ExportError.self) { try SQLiteExport(try log.reader, path: path).run() }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
    try SQLiteExport(try log.reader, path: path, replaces: true).run()
    #expect(try Database(path).rows("SELECT COUNT(*) FROM log") == ["1"])
    let left = try FileManager.default.contentsOfDirectory(atPath: log.directory).sorted()
    #expect(left == ["log", "shop.db"])
  }

  @Test("of an empty log it is an empty database")
  func empty() throws {
    try TallyLog.create("\(log.directory)/empty")
    let last = try SQLiteExport(try LogReader("\(log.directory)/empty"), path: path).run()
    #expect(last == 0)
    #expect(try Database(path).rows("SELECT COUNT(*) FROM events") == ["0"])
  }
}
