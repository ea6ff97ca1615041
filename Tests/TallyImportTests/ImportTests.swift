import TallyImport
import Tallystick
import Testing

@Suite("Import")
struct ImportTests {
  let log: ImportedLog
  var mapping: ImportMapping

  init() throws {
    log = try ImportedLog()
    mapping = try smallMapping()
  }

  private func csv(_ rows: String...) -> String { "doc,sku,qty,at,who\n" + rows.joined(separator: "\n") + "\n" }
  private let delivery = "IN1,tea,10,2025-01-01 08:00,"

  @Test("rows of one document become one reservation, its lines merged, and it is committed")
  func order() throws {
    let report = try log.run(
      csv: csv(
        delivery, "IN1,cup,5,2025-01-01 08:00,", "A1,tea,2,2025-01-01 09:00,c", "A1,POST,1,2025-01-01 09:00,c",
        "A1,cup,1,2025-01-01 09:01,c", "A1,tea,1,2025-01-01 09:01,c"), mapping)
    #expect(report.rowAnswers.accepted == 5)
    #expect(report.skipped == [.notStock: 1])
    #expect(try log.stock() == [ItemName(sku: "tea"): [7, 0], ItemName(sku: "cup"): [4, 0]])
    let story = try #require(try LogReader(log.path).show("A1"))
    #expect(story.state == .committed)
    #expect(story.customer == "c")
    #expect(story.time == 1_735_722_000_000)
    #expect(story.lines.map(\.reserved) == [3, 1])
    #expect(story.events.last?.key == "A1/commit")
  }

  @Test("an order that is short is refused whole, named with its line, and leaves no commit behind")
  func refused() throws {
    let report = try log.run(csv: csv(delivery, "A1,tea,9,2025-01-01 09:00,", "A2,tea,2,2025-01-01 09:00,"), mapping)
    #expect(report.commands[.order]?.rejected == [.insufficient: 1])
    #expect(report.commands[.commit]?.total == 1)
    #expect(log.problems == ["line 4: order A2 is rejected, insufficient: tea asked 2 available 1"])
    #expect(report.isComplete && report.hasRejections)
  }

  @Test("returns come back, a write-off is lost, and what would go below zero is refused")
  func returnsAndWriteOffs() throws {
    let report = try log.run(
      csv: csv(
        delivery, "A1,tea,4,2025-01-01 09:00,", "R1,tea,-1,2025-01-01 10:00,", "A2,tea,-2,2025-01-01 11:00,",
        "A2,tea,-99,2025-01-01 11:00,", "A3,cup,-1,2025-01-01 11:00,"), mapping)
    #expect(try log.stock() == [ItemName(sku: "tea"): [5, 0]])
    #expect(report.commands[.writeOff]?.rejected == [.insufficient: 1, .unknownItem: 1])
    #expect(report.units[.writeOff] == 2)
    #expect(report.rowAnswers.accepted == 4)
  }

  @Test("without commit, orders stay open")
  mutating func uncommitted() throws {
    mapping.commitsOrders = false
    _ = try log.run(csv: csv(delivery, "A1,tea,4,2025-01-01 09:00,"), mapping)
    #expect(try log.stock() == [ItemName(sku: "tea"): [10, 4]])
  }

  @Test("rows that are wrong are told with their line, counted, and the rest goes on")
  func malformed() throws {
    var bytes = Array(csv(delivery, "A1,tea,1.5,2025-01-01 09:00,", "A1,tea,x", "A2,tea,1,yesterday,").utf8)
    bytes += [0x41, 0x33, 0x2C, 0xFF, 0x2C] + Array("1,2025-01-01 09:00,\n".utf8)
    bytes += Array(
      csv(
        ",tea,1,2025-01-01 09:00,", "\"A,tea,1,2025-01-01 09:00,", "A5,te\u{7}a,1,2025-01-01 09:00,", "",
        "A6,tea,0,2025-01-01 09:00,"
      )
      .utf8.dropFirst(19))
    bytes += Array(
      "R7,tea,1,2025-01-01 09:00,\nA8,tea,99999999999999999999,2025-01-01 09:00,\nA9,tea,3,2025-01-01 09:00,\nA9,te"
        .utf8)
    let report = try log.run(try log.scratch.file("dirt.csv", bytes), mapping)
    #expect(report.rows == 14)
    #expect(report.skipped == [.malformed: 9, .notUTF8: 1, .blank: 1, .zeroQuantity: 1, .leftOut: 1])
    #expect(report.rowAnswers.accepted == 1)
    #expect(report.isComplete)
    #expect(report.malformed == 10)
    #expect(
      log.problems == [
        "line 3: \"qty\" is \"1.5\", not a whole number up to 2^53 - 1",
        "line 4: has 3 fields where the first line has 5",
        "line 5: \"at\" is \"yesterday\", which does not fit the mapping's time_format",
        "line 6: \"sku\" is not valid UTF-8; save the file as UTF-8, or name its encoding in the mapping",
        "line 7: \"doc\" is empty",
        "line 8: a quote is opened and never closed", "line 9: \"sku\" has a control character",
        "line 12: \"qty\" is 1, which the mapping refuses for such documents",
        "line 13: \"qty\" is \"99999999999999999999\", not a whole number up to 2^53 - 1",
        "line 15: has 2 fields where the first line has 5 (the file ends in the middle of the line)",
        "line 14: document A9 is left out whole: 1 row of it could be read, line 15 could not; correct it and import again",
      ])
  }

  @Test("a row dated before the one above it is rejected, unless the mapping records it later")
  mutating func late() throws {
    let text = csv(delivery, "A1,tea,1,2025-01-03 09:00,", "A2,tea,1,2025-01-02 09:00,", "A3,tea,1,2025-01-03 09:00,")
    let report = try log.run(csv: text, mapping)
    #expect(report.commands[.order]?.rejected == [.time: 1])
    #expect(try log.stock() == [ItemName(sku: "tea"): [8, 0]])
    mapping.late = .record
    let second = try log.run(csv: text, mapping)
    #expect(second.commands[.order]?.accepted == 1)
    #expect(second.commands[.order]?.repeated == 2)
    #expect(second.lateRows == 1)
    let third = try log.run(csv: text, mapping)
    #expect(third.commands[.order]?.repeated == 3)
    #expect(third.rowAnswers.repeated == 4)
    #expect(try LogReader(log.path).show("A2")?.time == 1_735_894_800_000)
  }

  @Test("one row dated in the future does not hold up those after it")
  func future() throws {
    let now: Int64 = 1_735_722_000_000
    // The log itself judges by its own clock, which is years later: only the import's lateness is looked at here.
    func judge(_ commands: [Command]) -> [Outcome] {
      commands.map { command in
        (command.time ?? 0) > now ? .rejected(Rejection(.time, at: 0)) : .accepted(Acceptance(sequence: 1))
      }
    }
    let target = ImportTarget(lastTime: 0, lastSequence: 0, clock: { now }, append: judge)
    let path = try log.scratch.file(
      "rows.csv", csv(delivery, "A1,tea,1,2999-01-01 09:00,", "A2,tea,1,2025-01-01 09:00,").utf8)
    let report = try CSVImport(path, mapping: mapping).run(into: target)
    #expect(report.commands[.order]?.rejected == [.time: 1])
    #expect(report.commands[.order]?.accepted == 1)
    #expect(report.lateRows == 0)
  }

  @Test("rows of a document that do not stand together are gathered where it begins")
  func scattered() throws {
    let report = try log.run(
      csv: csv(
        delivery, "A1,tea,1,2025-01-01 09:00,", "A2,tea,1,2025-01-01 09:00,", "A1,tea,1,2025-01-01 09:00,",
        "A2,tea,2,2025-01-01 09:00,"), mapping)
    #expect(report.commands[.order]?.accepted == 2)
    #expect(report.rowAnswers.accepted == 5 && report.isSorted && !report.hasRejections)
    #expect(try log.stock() == [ItemName(sku: "tea"): [5, 0]])
    #expect(try LogReader(log.path).show("A1")?.lines.map(\.reserved) == [2])
  }

  @Test("a document that was changed since it was imported is a conflict")
  func changed() throws {
    _ = try log.run(csv: csv(delivery, "A1,tea,1,2025-01-01 09:00,"), mapping)
    let report = try log.run(csv: csv(delivery, "A1,tea,2,2025-01-01 09:00,"), mapping)
    #expect(report.commands[.order]?.rejected == [.conflict: 1])
    #expect(
      log.problems == [
        "line 3: order A1 is rejected, conflict: the log has this number with other content (log: tea 1; file: tea 2)"
      ])
  }

  @Test("opening stock is received first, rounded up")
  mutating func opening() throws {
    mapping.opening = .percentOfDemand(50)
    let text = csv("A1,tea,3,2025-01-01 09:00,", "A2,cup,1,2025-01-01 08:00,", "A3,pot,-1,2025-01-01 10:00,")
    let report = try log.run(csv: text, mapping)
    #expect(report.openingItems == 2)
    #expect(report.units[.opening] == 3)
    var received = [RecordedEvent]()
    try LogReader(log.path).events(EventFilter()) { event in
      if event.kind == .received { received.append(event) }
      return true
    }
    #expect(received.map(\.key) == ["opening/1"])
    #expect(received.map(\.time) == [1_735_718_400_000])
  }

  @Test("an order of more items than a reservation may have is told, and the rest goes on")
  func tooManyItems() throws {
    let rows = (0..<4097).map { "A9,sku-\($0),1,2025-01-01 09:00," }.joined(separator: "\n")
    let report = try log.run(csv: csv(delivery, rows, "A1,tea,1,2025-01-01 09:00,"), mapping)
    #expect(report.rowAnswers.invalid == 4097)
    #expect(report.rowAnswers.accepted == 2)
    #expect(report.isComplete)
    #expect(log.problems == ["line 3: document A9 has more than 4096 items; split it"])
  }

  @Test("a receipt of more items than a command may have becomes several, and running it again repeats them")
  func longReceipt() throws {
    let rows = (0..<9000).map { "IN9,sku-\($0),1,2025-01-01 09:00," }.joined(separator: "\n")
    let report = try log.run(csv: csv(rows), mapping)
    #expect(report.rowAnswers.accepted == 9000 && report.commands[.receive]?.accepted == 3 && report.parts == 2)
    #expect(try log.stock().count == 9000)
    let again = try log.run(csv: csv(rows), mapping)
    #expect(again.rowAnswers.repeated == 9000 && !again.hasRejections)
  }

  @Test("a log that fails ends the import, and the outcome of what was sent is unknown")
  func failure() throws {
    let target = ImportTarget(lastTime: 0, lastSequence: 0) {
      $0.map { _ in .failed(.unknownOutcome(reason: "no space")) }
    }
    let path = try log.scratch.file("rows.csv", csv(delivery, "A1,tea,1,2025-01-01 09:00,").utf8)
    let report = try CSVImport(path, mapping: mapping).run(into: target)
    #expect(report.failure == "no space")
    #expect(report.rowAnswers.failed == 2)
    #expect(report.isComplete)
  }

  @Test("a file without the mapping's columns, an empty one and one that is not there are errors that say so")
  func noColumns() throws {
    let cases: [(String, String)] = [
      ("doc,sku,qty,at\n", "there is no column \"who\" in the first line, which has \"doc\", \"sku\", \"qty\", \"at\""),
      ("doc,sku,qty,at,who,sku\n", "the first line has the column \"sku\" 2 times"), ("", "is empty"),
    ]
    for (text, message) in cases {
      let error = #expect(throws: ImportError.self) { try log.run(csv: text, mapping) }
      #expect(error?.description.contains(message) ?? false, "\(String(describing: error))")
    }
    #expect(throws: ImportError.self) { try log.run("\(log.scratch.path)/nothing.csv", mapping) }
  }
}
