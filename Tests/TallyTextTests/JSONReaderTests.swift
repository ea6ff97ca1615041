import Testing

@testable import TallyText

/// RFC 8259, at its corners.
@Suite("The JSON reader")
struct JSONReaderTests {
  private func parse(_ text: String, maximumDepth: Int = 16) throws(JSONFlaw) -> JSONValue {
    try JSONValue(parsing: Array(text.utf8), maximumDepth: maximumDepth)
  }

  @Test(
    "reads what is JSON",
    arguments: [
      ("null", .null), (" true\r\n", .bool(true)), ("\tfalse", .bool(false)), ("\"\"", .string("")), ("[]", .array([])),
      ("{ }", .object([])), ("[null,[],\"a\"]", .array([.null, .array([]), .string("a")])),
      (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{C}\n\r\t")), (#""\u00e9\uD83D\uDE00\u0000""#, .string("é😀\0")),
      ("\"\u{7F}\u{2028}\"", .string("\u{7F}\u{2028}")),
    ] as [(String, JSONValue)])
  func good(text: String, value: JSONValue) throws { #expect(try parse(text) == value) }

  @Test(
    "refuses what is none, and says where",
    arguments: [
      ("", 0), (" ", 1), ("nul", 3), ("nulL", 0), ("True", 0), ("[1,]", 3), ("[,1]", 1), ("[1 2]", 3), ("{\"a\"}", 4),
      ("{\"a\":1,}", 7), ("{a:1}", 1), ("'a'", 0), ("\"a", 2), ("\"\n\"", 1), (#""\x""#, 1), (#""\u12G4""#, 1),
      (#""\uD800""#, 1), (#""\uD800\u0041""#, 1), (#""\uDC00""#, 1), ("01", 0), ("-", 1), ("+1", 0), ("1.", 2),
      (".5", 0),
      ("1e", 2), ("1e+", 3), ("1 2", 2), ("[1}", 2), ("NaN", 0), ("\u{FEFF}1", 0), ("{\"a\":1,\"\\u0061\":2}", 16),
    ] as [(String, Int)])
  func bad(text: String, offset: Int) {
    let flaw = #expect(throws: JSONFlaw.self) { try parse(text) }
    #expect(flaw?.offset == offset, "\(text): \(String(describing: flaw))")
  }

  @Test(
    "refuses bytes that are not UTF-8",
    arguments: [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]])
  func encoding(bytes: [UInt8]) {
    #expect(throws: JSONFlaw("is not valid UTF-8")) { try JSONValue(parsing: bytes, maximumDepth: 1) }
  }

  @Test(
    "keeps a number's digits to 64 bits, and what kind it is",
    arguments: [
      ("0", 0), ("-0", 0), ("9223372036854775807", .max), ("-9223372036854775807", -.max), ("9223372036854775808", nil),
      ("18446744073709551616", nil), ("1.0", nil), ("1e2", nil), ("-1E-2", nil),
    ] as [(String, Int64?)])
  func numbers(text: String, value: Int64?) throws {
    guard case .number(let number) = try parse(text) else { return #expect(Bool(false), "no number") }
    #expect(number.value(in: Int64.min...Int64.max) == value)
  }

  @Test("reads unsigned numbers to their largest")
  func unsigned() throws {
    func unsigned(_ text: String) throws -> UInt64? {
      guard case .number(let number) = try parse(text) else { return nil }
      return number.unsigned
    }
    #expect(try unsigned("18446744073709551615") == .max)
    #expect(try unsigned("18446744073709551616") == nil)
    #expect(try unsigned("-0") == 0 && unsigned("-1") == nil && unsigned("1.0") == nil)
    #expect(try unsigned(String(repeating: "9", count: 100_000)) == nil)
  }

  @Test("reads nesting as deep as allowed and refuses a million brackets", arguments: ["[", "{\"a\":"])
  func nesting(opening: String) throws {
    let closing = opening == "[" ? "]" : "}"
    func nested(_ depth: Int) -> String {
      String(repeating: opening, count: depth) + "1" + String(repeating: closing, count: depth)
    }
    _ = try parse(nested(15))
    #expect(throws: JSONFlaw.self) { try parse(nested(16)) }
    let flaw = #expect(throws: JSONFlaw.self) { try parse(String(repeating: opening, count: 1_000_000)) }
    #expect(flaw?.what == "is nested too deeply")
  }

  @Test("says a place as the column of a line, or as the line of a file")
  func places() {
    let flaw = JSONFlaw("is wrong", at: 4)
    #expect(flaw.inLine == "column 5: is wrong" && flaw.within("lines[0]").inLine == "lines[0]: column 5: is wrong")
    #expect(flaw.inFile(Array("{\n\n\n1".utf8)) == "line 4: is wrong")
    let cut = JSONFlaw.cutOff(at: 2)
    #expect(cut.inLine == "the line ends in the middle: its JSON is cut off")
    #expect(cut.inFile(Array("{\n".utf8)) == "line 2: the file ends in the middle: its JSON is cut off")
  }

  @Test("reads a member's line and takes two spellings of a letter for two names")
  func members() throws {
    guard case .object(let members) = try parse("{\n\"e\u{301}\": [\n1],\n\n\"\u{E9}\":\n2}") else {
      return #expect(Bool(false), "no object")
    }
    #expect(members.map(\.line) == [2, 5])
  }

  @Test("reads back what the writer wrote", arguments: [false, true])
  func roundTrip(spellsOutControls: Bool) throws {
    let text = String(String.UnicodeScalarView((0..<0x300).compactMap { Unicode.Scalar($0) })) + "😀"
    var writer = JSONWriter(spellsOutControls: spellsOutControls)
    writer.object {
      $0.key(text: text)
      $0.string(text.utf8)
      $0.field("least", Int64.min + 1)
      $0.field("most", UInt64.max)
      $0.field("isTrue", true)
      $0.nullField("none")
    }
    let value = try JSONValue(parsing: writer.bytes, maximumDepth: 2)
    #expect(value[text] == .string(text) && value["isTrue"] == .bool(true) && value["none"] == .null)
    guard case .number(let least)? = value["least"], case .number(let most)? = value["most"] else {
      return #expect(Bool(false), "no numbers")
    }
    #expect(least.value(in: Int64.min...0) == Int64.min + 1 && most.unsigned == .max)
  }
}
