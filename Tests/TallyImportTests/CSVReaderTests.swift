import TallyImport
import Tallystick
import Testing

@Suite("CSV reader")
struct CSVReaderTests {
  /// All records as `line: field|field` or `line: what is wrong`.
  private func read(
    _ bytes: some Sequence<UInt8>, separator: UInt8 = UInt8(ascii: ","), maximum: Int = 1 << 16, chunk: Int = .max
  ) throws -> [String] {
    var reader = CSVReader(bytes: Array(bytes), separator: separator, maximumRecordBytes: maximum, chunk: chunk)
    var record = CSVRecord()
    var records = [String]()
    while try reader.next(into: &record) {
      let fields = (0..<record.count).map { String(decoding: record[$0], as: UTF8.self) }
      records.append("\(record.line): \(record.flaw?.description ?? fields.joined(separator: "|"))")
    }
    #expect(reader.offset == Array(bytes).count)
    return records
  }

  @Test(
    "reads what RFC 4180 says, in pieces of any size",
    arguments: [
      ("", []),
      ("a,b\n", ["1: a|b"]),
      ("a,b", ["1: a|b"]),
      ("a,b\r\nc,d\r\n", ["1: a|b", "2: c|d"]),
      ("a,\n,b\n,\n", ["1: a|", "2: |b", "3: |"]),
      ("\"a,b\",c\n", ["1: a,b|c"]),
      ("\"a\"\"b\",\"\"\n", ["1: a\"b|"]),
      ("\"\"\"\"\n", ["1: \""]),
      ("\"two\nlines\",x\nnext,y\n", ["1: two\nlines|x", "3: next|y"]),
      ("\"two\r\nlines\"\r\nz", ["1: two\r\nlines", "3: z"]),
      ("x,\"a\nb\",c,\"d\ne\"\nf\n", ["1: x|a\nb|c|d\ne", "4: f"]),
      ("5\" nail,x\n", ["1: 5\" nail|x"]),
      ("\u{FEFF}a,b\n", ["1: a|b"]),
      ("a\n\nb\n", ["1: a", "2: ", "3: b"]),
      ("é,日本\n", ["1: é|日本"]),
    ] as [(String, [String])])
  func table(text: String, expected: [String]) throws {
    for chunk in [1, 2, 3, 7, .max] { #expect(try read(text.utf8, chunk: chunk) == expected, "chunk \(chunk)") }
  }

  @Test("a record that is no CSV costs only its first line")
  func flaws() throws {
    let open = CSVRecord.Flaw.openQuote.description
    let after = CSVRecord.Flaw.textAfterQuote.description
    for chunk in [1, 5, .max] {
      #expect(try read("a\n\"b,c\nd,e\nf".utf8, chunk: chunk) == ["1: a", "2: \(open)", "3: d|e", "4: f"])
      #expect(try read("\"a\"b,c\nd\n".utf8, chunk: chunk) == ["1: \(after)", "2: d"])
      // The stray quote is closed by one two lines on, and yet only its own line is lost.
      #expect(try read("\"6 inch,1\nx,\"y\"\nz\n".utf8, chunk: chunk) == ["1: \(after)", "2: x|y", "3: z"])
    }
  }

  @Test("a record may not be longer than the largest, whether quoted or not, and the rest goes on")
  func tooLong() throws {
    let long = String(repeating: "x", count: 300_000)
    let flaw = CSVRecord.Flaw.tooLong(maximum: 1000).description
    #expect(try read("a\n\(long),b\nc\n".utf8, maximum: 1000) == ["1: a", "2: \(flaw)", "3: c"])
    let lines = String(repeating: "y,z\n", count: 50_000)
    let records = try read("\"open\n\(lines)".utf8, maximum: 1000)
    #expect(records.count == 50_001)
    #expect(records[0] == "1: \(CSVRecord.Flaw.openQuote.description)")
    #expect(records.last == "50001: y|z")
  }

  @Test("another separator, and commas stand for themselves")
  func separator() throws { #expect(try read("a;b,c\n".utf8, separator: UInt8(ascii: ";")) == ["1: a|b,c"]) }

  @Test("finds the field that is not UTF-8, also where two halves of a character stand in neighbouring fields")
  func notUTF8() throws {
    func field(_ bytes: [UInt8]) throws -> Int? {
      var reader = CSVReader(bytes: bytes)
      var record = CSVRecord()
      _ = try reader.next(into: &record)
      return record.firstFieldNotUTF8
    }
    #expect(try field(Array("a,é\n".utf8)) == nil)
    #expect(try field([0x61, 0x2C, 0xA3, 0x0A]) == 1)
    #expect(try field([0xC3, 0x2C, 0xA9, 0x0A]) == 0)
  }

  @Test("never traps on any bytes, and every line is read once", arguments: 0..<200 as Range<UInt64>)
  func noise(seed: UInt64) throws {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    let alphabet = Array("\",\r\na\u{FEFF}é".utf8)
    let bytes = (0..<200).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return alphabet[Int(state % UInt64(alphabet.count))]
    }
    let whole = try read(bytes, maximum: 64)
    #expect(try read(bytes, maximum: 64, chunk: 1).count == whole.count, "seed \(seed)")
  }
}
