import TallyImport
import Tallystick
import Testing

@Suite("Lists of what is on hand")
struct StockListTests {
  let log: ImportedLog

  init() throws { log = try ImportedLog() }

  private func mapping(_ keys: String = "", columns: String? = nil) throws -> ImportMapping {
    let columns = columns ?? #""sku":"sku","quantity":"quantity","location":"warehouse""#
    return try ImportMapping(
      json: Array(#"{"document":"stock-list","columns":{\#(columns)}\#(keys.isEmpty ? "" : ",\(keys)")}"#.utf8))
  }

  private let list = "sku,warehouse,quantity\ntea,A,8\ncup,A,0\ntea,B,5\n"

  @Test("sets every item, those with nothing exist, and the same number again is a repeat whatever was sold since")
  func sets() throws {
    let mapping = try mapping(#""number":"COUNT-7","time":"2026-01-31""#)
    let report = try log.run(csv: list, mapping)
    #expect(report.rowAnswers.accepted == 3 && !report.hasRejections)
    let a = ItemName(sku: "tea", location: "A")
    let cup = ItemName(sku: "cup", location: "A")
    let b = ItemName(sku: "tea", location: "B")
    #expect(try log.stock() == [a: [8, 0], cup: [0, 0], b: [5, 0]])
    try log.append(Command(.reserve(id: "o", [Line(a, 1)])), Command(.commit(id: "o")))
    let again = try log.run(csv: list, mapping)
    #expect(again.rowAnswers.repeated == 3 && !again.hasRejections)
    #expect(try log.stock()[a] == [7, 0])
  }

  @Test("without a number it is set anew, and what is so already is left alone")
  func anew() throws {
    _ = try log.run(csv: list, try mapping())
    let a = ItemName(sku: "tea", location: "A")
    try log.append(Command(.receive([Line(a, 2)])))
    let report = try log.run(csv: list, try mapping())
    #expect(report.rowAnswers.accepted == 1 && report.rowAnswers.repeated == 2)
    #expect(try log.stock()[a] == [8, 0])
  }

  @Test("one quantity column a location, and words that stand for no quantity")
  func columns() throws {
    let mapping = try mapping(
      #""number":"C","skip_quantities":["not stocked",""]"#,
      columns: #""sku":"sku","quantity":{"A":"Shop","B":"Store"}"#)
    let report = try log.run(csv: "sku,Shop,Store\ntea,1,2\ncup,not stocked,3\npot,,not stocked\n", mapping)
    #expect(report.rows == 3 && report.rowAnswers.accepted == 2 && report.skipped == [.noRow: 1] && report.isComplete)
    #expect(
      try log.stock() == [
        ItemName(sku: "tea", location: "A"): [1, 0], ItemName(sku: "tea", location: "B"): [2, 0],
        ItemName(sku: "cup", location: "B"): [3, 0],
      ])
  }

  @Test("one row that cannot be read leaves out the whole list")
  func flawed() throws {
    let report = try log.run(csv: list + "pot,A,many\n", try mapping(#""number":"C""#))
    #expect(report.skipped == [.malformed: 1, .leftOut: 3])
    #expect(try log.stock().isEmpty)
  }

  @Test("an item that stands there twice is an error, or added up")
  func twice() throws {
    let refused = try log.run(csv: list + "tea,A,2\n", try mapping(#""number":"C""#))
    #expect(refused.skipped == [.malformed: 1, .leftOut: 3])
    #expect(
      log.problems.first == "line 5: tea@A stands in the list twice; leave one out, or say \"duplicates\": \"add\"")
    #expect(try log.stock().isEmpty)
    _ = try log.run(csv: list + "tea,A,2\n", try mapping(#""number":"C","duplicates":"add""#))
    #expect(try log.stock()[ItemName(sku: "tea", location: "A")] == [10, 0])
  }

  @Test("less than is held is refused whole and names the item, unless holds may be let go")
  func held() throws {
    let a = ItemName(sku: "tea", location: "A")
    try log.append(Command(.receive([Line(a, 20)])), Command(.reserve(id: "o", [Line(a, 10)])))
    let report = try log.run(csv: list, try mapping(#""number":"C""#))
    #expect(report.commands[.stockList]?.rejected == [.insufficient: 1])
    #expect(log.problems.first?.contains("tea@A") ?? false, "\(log.problems)")
    #expect(try log.stock()[a] == [20, 10])
    _ = try log.run(csv: list, try mapping(#""number":"C","release":"newest""#))
    #expect(try log.stock()[a] == [8, 0])
  }

  @Test("of any number of items, in parts that are each whole")
  func long() throws {
    let rows = (0..<10_000).map { "sku-\($0),\($0 % 7)" }.joined(separator: "\n")
    let mapping = try mapping(#""number":"C""#, columns: #""sku":"sku","quantity":"quantity""#)
    let report = try log.run(csv: "sku,quantity\n" + rows + "\n", mapping)
    #expect(report.rowAnswers.accepted == 10_000 && report.parts == 2)
    let stock = try log.stock()
    #expect(stock.count == 10_000 && stock[ItemName(sku: "sku-9999")] == [3, 0])
    #expect(try log.run(csv: "sku,quantity\n" + rows + "\n", mapping).rowAnswers.repeated == 10_000)
  }
}
