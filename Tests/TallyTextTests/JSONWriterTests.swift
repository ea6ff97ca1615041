import TallyText
import Testing

@Suite("The JSON writer")
struct JSONWriterTests {
  @Test("spells every control character out where it is asked to, and nothing else")
  func spellsOut() {
    for value in UInt32(0)...0x2FF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      var writer = JSONWriter(spellsOutControls: true)
      writer.string("a\(scalar)b".utf8)
      let hex = String(value, radix: 16)
      let written =
        switch value {
        case 0..<0x20, 0x7F...0x9F: "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        case 0x22, 0x5C: "\\\(scalar)"
        default: "\(scalar)"
        }
      #expect(writer.text == "\"a\(written)b\"", "U+\(hex)")
    }
  }

  @Test("escapes only what RFC 8259 asks for otherwise")
  func escapes() {
    var writer = JSONWriter()
    writer.string("\"\\/\n\r\t\u{0}\u{1F}\u{7F}\u{80}é🍵".utf8)
    #expect(writer.text == #""\"\\/\n\r\t\u0000\u001f"# + "\u{7F}\u{80}é🍵\"")
  }

  @Test("puts commas between fields and elements, and none elsewhere")
  func nesting() {
    var writer = JSONWriter()
    writer.object {
      $0.field("a", 1)
      $0.array("b", [[1, 2], []]) { out, inner in
        out.object { $0.array("c", inner) { $0.number($1) } }
      }
      $0.array("d", [Int]()) { $0.number($1) }
      $0.field("e", orNull: String?.none)
      $0.field("f", orNull: Int?.some(-3))
      $0.field("g", true)
    }
    #expect(writer.text == #"{"a":1,"b":[{"c":[1,2]},{"c":[]}],"d":[],"e":null,"f":-3,"g":true}"#)
  }

  @Test(
    "writes a number that is not whole to six places",
    arguments: [(0, "0.000000"), (0.0000005, "0.000001"), (1.25, "1.250000"), (59.9999996, "60.000000")])
  func places(_ value: Double, _ text: String) {
    var writer = JSONWriter()
    writer.object { $0.field("s", sixPlaces: value) }
    #expect(writer.text == "{\"s\":\(text)}")
  }

  @Test("writes the largest and smallest numbers")
  func extremes() {
    var writer = JSONWriter()
    writer.beginArray()
    writer.number(UInt64.max)
    writer.number(Int64.min)
    writer.endArray()
    #expect(writer.text == "[18446744073709551615,-9223372036854775808]")
  }

  @Test("writes U+FFFD for what is not UTF-8")
  func notUTF8() {
    var writer = JSONWriter()
    writer.string([0x61, 0xFF, 0x62])
    #expect(writer.text == "\"a\u{FFFD}b\"")
  }
}
