import Foundation
import TallyExport
import TallyJSON
import TallyText
import Tallystick
import Testing

@Suite("Text exports")
struct TextExportTests {
  let log: SmallLog

  init() throws { log = try SmallLog() }

  private func text(_ format: TextFormat, guardsFormulas: Bool = true) throws -> String {
    var bytes = [UInt8]()
    try TextExport(try log.reader, format: format, guardsFormulas: guardsFormulas).run { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("the log has every kind of event")
  func everyKind() throws { #expect(Set(try log.events().map(\.kind)) == Set(EventKind.allCases)) }

  @Test("JSON Lines are what events --json shows, and fold to the stock")
  func jsonLines() throws {
    var writer = JSONWriter()
    for event in try log.events() {
      writer.write(event)
      writer.newline()
    }
    let text = try text(.jsonl)
    #expect(text == String(decoding: writer.bytes, as: UTF8.self))
    var stock = [String: [Int]]()
    for line in text.split(separator: "\n") {
      let event = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      for line in event["lines"] as? [[String: Any]] ?? [] {
        let item = "\(line["sku"] as? String ?? "")@\(line["location"] as? String ?? "")"
        let sums = stock[item, default: [0, 0]]
        stock[item] = [sums[0] + (line["on_hand"] as? Int ?? 0), sums[1] + (line["held"] as? Int ?? 0)]
      }
    }
    for level in try log.reader.stock().levels {
      #expect(stock["\(level.item.sku)@\(level.item.location)"] == [Int(level.onHand), Int(level.held)])
    }
  }

  @Test("CloudEvents have what version 1.0 requires, and the event as data")
  func cloudEvents() throws {
    let reader = try log.reader
    let jsonLines = try text(.jsonl).split(separator: "\n")
    let lines = try text(.cloudevents).split(separator: "\n")
    #expect(lines.count == jsonLines.count)
    for (index, line) in lines.enumerated() {
      let event = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(event["specversion"] as? String == "1.0")
      #expect(event["id"] as? String == "\(reader.log)/\(index + 1)")
      #expect(event["source"] as? String == "tallystick:log/\(reader.log)")
      #expect((event["type"] as? String)?.hasPrefix("tallystick.") ?? false)
      #expect(event["datacontenttype"] as? String == "application/json")
      #expect(event["sequence"] as? String == "\(index + 1)")
      #expect((event["subject"] as? String)?.isEmpty != true)
      #expect(line.contains("\"data\":\(jsonLines[index])"))
    }
    let first = try #require(lines.first)
    #expect(first.contains("\"time\":\"2023-11-14T22:13:21.001Z\""))
    #expect(try #require(lines.first { $0.contains("tallystick.reserved") }).contains("\"subject\":\"o-1\""))
  }

  @Test("CSV has a row for each line, every row as many fields as the header, and sums to the stock")
  func csv() throws {
    let rows = try text(.csv, guardsFormulas: false).components(separatedBy: "\r\n").dropLast().map(fields)
    #expect(rows[0] == CSVEncoder.columns)
    #expect(rows.allSatisfy { $0.count == CSVEncoder.columns.count })
    let events = try log.events()
    let told = events.reduce(0) { $0 + $1.asked.count + $1.parts.count + $1.locations.count }
    #expect(told == 6 && rows.count - 1 == events.reduce(0) { $0 + max(1, $1.lines.count) } + told)
    #expect(
      rows.filter { $0[3] == "recipe-set" }.map { Array($0[11...14]) }.prefix(3) == [
        ["", "=cup", "a, \"b\"", ""], ["1", "tea", "main", "2"], ["2", "tea", "berlin", "1"],
      ])
    #expect(
      rows.filter { $0[3] == "preference-set" }.map { Array($0[11...14]) } == [
        ["", "tea", "", ""], ["1", "tea", "berlin", "1"], ["2", "tea", "main", "2"], ["", "tea", "", ""],
      ])
    #expect(
      rows.dropFirst().compactMap { $0[20] == "" ? nil : $0[20] } == [
        "part", "part", "place", "place", "asked", "part",
      ])
    #expect(rows.contains { $0[3] == "waiting" && $0[18] == "2000" && $0[19] != "" })
    #expect(rows.contains { $0[3] == "filled" && $0[16] == "1000" && $0[18] == "-1000" })
    for level in try log.reader.stock().levels {
      let own = rows.dropFirst().filter { $0[12] == "\(level.item.sku)" && $0[13] == "\(level.item.location)" }
      #expect(own.reduce(0) { $0 + (Int64($1[15]) ?? 0) } == level.onHand)
      #expect(own.reduce(0) { $0 + (Int64($1[16]) ?? 0) } == level.held)
      #expect(own.reduce(0) { $0 + (Int64($1[18]) ?? 0) } == level.waiting)
    }
  }

  @Test("CSV does not let a spreadsheet run what strangers wrote, unless asked to be exact")
  func formulas() throws {
    let guarded = try text(.csv)
    #expect(guarded.contains(",'=cup,\"a, \"\"b\"\"\","))
    #expect(guarded.contains(",'-c,"))
    #expect(guarded.contains(",'@broken,"))
    #expect(guarded.contains(",'+o-5,"))
    // Numbers stay numbers.
    #expect(guarded.contains(",-4,-4,,,,,,\r\n"))
    #expect(guarded.contains(",,,'=search,0\r\n") && guarded.contains(",,,orders,30\r\n"))
    let exact = try text(.csv, guardsFormulas: false)
    #expect(!exact.contains("'"))
  }

  @Test("a file appears only when it is whole, and is replaced only when told to")
  func files() throws {
    let path = "\(log.directory)/out.jsonl"
    let export = TextExport(try log.reader, format: .jsonl)
    try export.run(toFile: path)
    let first = try String(contentsOfFile: path, encoding: .utf8)
    #expect(first == (try text(.jsonl)))
    #expect(throws: ExportError.self) { try export.run(toFile: path) }
    try export.run(toFile: path, replaces: true)
    #expect(throws: ExportError.self) { try export.run(toFile: "\(log.directory)/no/where.jsonl") }
    let left = try FileManager.default.contentsOfDirectory(atPath: log.directory).sorted()
    #expect(left == ["log", "out.jsonl"])
  }

  /// The fields of a row without newlines: a quote within a quoted field stands twice.
  private func fields(_ row: String) -> [String] {
    var fields = [""]
    var isQuoted = false
    var previous: Character?
    for character in row {
      if character == "\"" {
        if !isQuoted && previous == "\"" { fields[fields.count - 1].append(character) }
        isQuoted.toggle()
      } else if character == "," && !isQuoted {
        fields.append("")
      } else {
        fields[fields.count - 1].append(character)
      }
      previous = character
    }
    return fields
  }
}
