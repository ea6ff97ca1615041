import Tallystick
import Testing

@testable import TallyImport

@Suite("How files write numbers and times")
struct PatternTests {
  private func bytes(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }

  @Test("whole numbers, however they are written, and nothing that is none")
  func numbers() {
    var pattern = NumberPattern()
    for (text, value) in [
      ("0", 0), ("+7", 7), ("-1.0", -1), ("5.0000", 5), ("\u{2212}3", -3), ("9223372036854775807", .max), ("007", 7),
    ] as [(String, Int64)] { #expect(pattern.parse(bytes(text)) == value, "\(text)") }
    for text in ["", "-", ".", "1.", ".0", "2.5", "1,000", "1 000", "1e3", "9223372036854775808", "--1", "1-", "0x1"] {
      #expect(pattern.parse(bytes(text)) == nil, "\(text)")
    }
    pattern.decimal = UInt8(ascii: ",")
    pattern.thousands = UInt8(ascii: " ")
    for (text, value) in [("1 234,00", 1234), ("12\u{A0}345\u{202F}678", 12_345_678), ("999", 999)] as [(String, Int64)]
    {
      #expect(pattern.parse(bytes(text)) == value, "\(text)")
    }
    for text in ["1 23", "1234 567", " 123", "1 234 ", "1 234,5", "1.0", "12 34,0"] {
      #expect(pattern.parse(bytes(text)) == nil, "\(text)")
    }
  }

  @Test("ISO 8601, with and without time, fraction and offset")
  func iso() throws {
    let pattern = try TimePattern("iso8601")
    for (text, value) in [
      ("2026-01-02", 1_767_312_000_000), ("20260102", 1_767_312_000_000), ("2026-01-02T03:04", 1_767_323_040_000),
      ("2026-01-02 03:04:05", 1_767_323_045_000), ("2026-01-02T03:04:05.6789Z", 1_767_323_045_678),
      ("2026-01-02T03:04:05,6+01:00", 1_767_319_445_600), ("20260102T030405Z", 1_767_323_045_000),
      ("2026-01-02 03:04:05 UTC", 1_767_323_045_000), ("2026-01-02T03:04:05-0330", 1_767_335_645_000),
    ] as [(String, Int64)] { #expect(pattern.parse(bytes(text)) == value, "\(text)") }
    for text in ["2026-1-2", "2026-01-02T", "2026-01-02T25:00", "2026-02-30", "2026-01-02T03:04:05+1", "26-01-02", ""] {
      #expect(pattern.parse(bytes(text)) == nil, "\(text)")
    }
  }

  @Test("names of months and days, halves of the day, fractions")
  func names() throws {
    for (format, text, value) in [
      ("%d %B %Y", "2 January 2026", 1_767_312_000_000), ("%b. %d, %Y", "jan. 2, 2026", 1_767_312_000_000),
      ("%a, %d %b %Y %I:%M %p", "Fri, 02 Jan 2026 12:30 AM", 1_767_313_800_000),
      ("%d-%b-%y %I.%M%p", "02-JAN-26 12.30p.m.", 1_767_357_000_000), ("%s.%f", "1767312000.25", 1_767_312_000_250),
      ("%m/%d/%y", "1/2/70", 86_400_000),
    ] as [(String, String, Int64)] {
      #expect(try TimePattern(format).parse(bytes(text)) == value, "\(format) \(text)")
    }
    for format in ["%Y", "%Y-%m-%d %I", "%Y-%y-%m-%d", "%s %Y", "%", "%Y%m%d%d", "%H"] {
      #expect(throws: ImportError.self, "\(format)") { try TimePattern(format) }
    }
  }

  @Test("zones: fixed ones, those of the system, summers far ahead, and hours that are skipped or shown twice")
  func zones() throws {
    let hour: Int64 = 3_600_000
    #expect(try ZoneRules(named: "UTC").universal(5) == 5)
    #expect(try ZoneRules(named: "+02:00").universal(2 * hour) == 0)
    #expect(try ZoneRules(named: "-0330").universal(0) == 3 * hour + hour / 2)
    let berlin = try ZoneRules(named: "Europe/Berlin")
    func local(_ text: String) throws -> Int64 { try #require(TimePattern("iso8601").parse(bytes(text))) }
    for (text, offset) in [
      ("2026-01-15T12:00", 1), ("2026-07-15T12:00", 2), ("2060-07-15T12:00", 2), ("2060-12-15T12:00", 1),
    ] as [(String, Int64)] {
      #expect(try berlin.universal(local(text)) == local(text) - offset * hour, "\(text)")
    }
    let twice = try local("2026-10-25T02:30")
    #expect(berlin.universal(twice) == twice - 2 * hour)
    #expect(berlin.universal(twice, after: twice - 2 * hour + 1) == twice - hour)
    let skipped = try local("2026-03-29T02:30")
    #expect(berlin.universal(skipped) == skipped - hour)
    for name in ["Europe/Atlantis", "../passwd", "", "/etc/passwd", "+2", "Europe/"] {
      #expect(throws: ImportError.self, "\(name)") { try ZoneRules(named: name) }
    }
  }

  @Test("a zone file of any bytes is read or refused, and never traps", arguments: 0..<50 as Range<UInt64>)
  func zoneNoise(seed: UInt64) throws {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
    guard var bytes = try LocalFileSystem().contents(of: "/usr/share/zoneinfo/Europe/Berlin", maximum: 1 << 16) else {
      return
    }
    for _ in 0..<(next() % 20 + 1) { bytes[Int(next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: next()) }
    bytes.removeLast(Int(next() % 200))
    _ = ZoneFile.read(bytes)
  }

  @Test("long names are cut at a character, and those that differ stay two")
  func longNames() {
    let name = String(repeating: "é", count: 40)
    let short = NameShortening.shortened(Array(name.utf8)[...])
    #expect(short.flaw() == nil && short.bytes.count <= 64)
    #expect(short != NameShortening.shortened(Array((name + "x").utf8)[...]))
    #expect(NameShortening.shortened(Array("tea".utf8)[...]) == "tea")
  }

  @Test("pseudonyms are the HMAC of RFC 4231, as 64 digits")
  func pseudonyms() {
    let pseudonyms = Pseudonyms(key: Array("Jefe".utf8))
    #expect(
      pseudonyms.pseudonym(of: "what do ya want for nothing?")
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  }
}
