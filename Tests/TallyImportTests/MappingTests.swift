import TallyImport
import Tallystick
import Testing

@Suite("Mapping file")
struct MappingTests {
  private let columns = #""columns":{"document":"d","sku":"s","quantity":"q","time":"t"}"#
  private let rest = #""time_format":"%Y-%m-%d","documents":[{"positive":"order"}]"#

  @Test("the examples in data/ are read", arguments: ["online-retail.map.json", "shop-week.map.json"])
  func examples(name: String) throws {
    let mapping = try ImportMapping(path: packageRoot.appendingPathComponent("data/\(name)").path)
    #expect(mapping.commitsOrders)
  }

  @Test("every key is read")
  func everyKey() throws {
    let json = """
      {"columns":{"document":"d","sku":"s","quantity":"q","time":"t","customer":"c","location":"l"},
       "separator":"\\t","time_format":"%d/%m/%Y","location":"berlin","only_codes":["#*"],"skip_codes":["9?"],
       "documents":[{"prefix":"\\u0043","positive":"skip","negative":"return"},{"positive":"receive"}],
       "write_off_reason":"lost","commit":false,"late":"record","opening":{"percent_of_demand":60,"key":"o"}}
      """
    let mapping = try ImportMapping(json: Array(json.utf8))
    #expect(mapping.columns.customer == "c")
    #expect(mapping.columns.location == "l")
    #expect(mapping.separator == 0x09)
    #expect(mapping.location == "berlin")
    #expect(mapping.onlyCodes == [CodePattern("#*")])
    #expect(mapping.skippedCodes == [CodePattern("9?")])
    #expect(
      mapping.rules == [
        .init(prefix: "C", positive: .skip, negative: .returned), .init(positive: .receive, negative: .refuse),
      ])
    #expect(mapping.writeOffReason == "lost")
    #expect(!mapping.commitsOrders)
    #expect(mapping.late == .record)
    #expect(mapping.opening == .percentOfDemand(60))
    #expect(mapping.openingKey == "o")
  }

  @Test("what is wrong with one is said")
  func mistakes() {
    let cases: [(String, String)] = [
      ("", "line 1: the file ends where a value should be"),
      ("{", "line 1: the file ends in the middle: its JSON is cut off"),
      ("{1", "line 1: this is no JSON; expected a field's name in double quotes"),
      ("[]", "the mapping must be an object, not a list"),
      ("{\n\"a\":1\n\"b\"", "line 3: this is no JSON; expected a comma or the end"),
      ("{\"a\":1,\"a\":2}", "line 1: \"a\" stands here twice"),
      ("{\"a\":1.}", "line 1: this is no JSON; expected a digit"),
      ("{\(columns),\(rest),\"opening\":{\"quantity\":1.5}}", "\"quantity\" must be a whole number from 0"),
      ("{\(rest)}", "\"columns\" lacks \"document\""),
      ("{\(columns),\(rest),\n\"lates\":1}", "line 2: the mapping has no key \"lates\""),
      ("{\(columns),\(rest),\"late\":\"sort\"}", "\"late\" is \"sort\"; it may be \"reject\", \"record\""),
      ("{\(columns),\(rest),\"commit\":1}", "\"commit\" must be true or false, not a number"),
      ("{\(columns),\(rest),\"location\":\"\"}", "\"location\" is empty"),
      ("{\(columns),\(rest),\"separator\":\"::\"}", "\"separator\" must be one ASCII character"),
      ("{\(columns),\(rest),\"opening\":{\"quantity\":-1}}", "\"quantity\" must be a whole number from 0"),
      ("{\(columns),\(rest),\"opening\":{\"quantity\":1,\"percent_of_demand\":1}}", "not both"),
      ("{\(columns),\"time_format\":\"%Y-%m\",\"documents\":[{}]}", "needs %Y, %m and %d"),
      ("{\(columns),\"time_format\":\"%Y-%m-%d %p\",\"documents\":[{}]}", "needs %p with %I"),
      ("{\(columns),\"time_format\":\"%Y-%m-%d %q\",\"documents\":[{}]}", "has %q"),
      ("{\(columns),\"time_format\":\"%Y-%m-%d\"}", "the mapping lacks \"documents\""),
      ("{\(columns),\(rest)} x", "line 1: something follows the end"),
      (String(repeating: "[", count: 100), "nested too deeply"),
    ]
    for (json, message) in cases {
      let error = #expect(throws: ImportError.self) { try ImportMapping(json: Array(json.utf8)) }
      #expect(error?.description.contains(message) ?? false, "\(json): \(String(describing: error))")
    }
  }

  @Test("a file that is not there, or is no UTF-8, is named")
  func files() throws {
    let scratch = try Scratch()
    #expect(throws: ImportError.file("there is no mapping file \(scratch.path)/x")) {
      try ImportMapping(path: "\(scratch.path)/x")
    }
    let path = try scratch.file("bad.json", [0x7B, 0xFF])
    #expect(throws: ImportError.mapping("\(path): is not valid UTF-8")) { try ImportMapping(path: path) }
  }

  @Test("dates are read as the pattern says, and nothing that is no date")
  func times() throws {
    let pattern = try TimePattern("%d/%m/%Y %H:%M")
    func parse(_ text: String) -> Int64? { pattern.parse(Array(text.utf8)[...]) }
    #expect(parse("01/12/2010 08:26") == 1_291_191_960_000)
    #expect(parse("1/12/2010 8:26") == 1_291_191_960_000)
    #expect(parse("29/02/2024 00:00") == 1_709_164_800_000)
    #expect(parse("01/01/1970 00:00") == 0)
    #expect(parse("31/12/9999 23:59") == 253_402_300_740_000)
    for text in [
      "29/02/2023 00:00", "31/04/2024 00:00", "01/13/2024 00:00", "01/12/2010 24:00", "01/12/2010",
      "01/12/2010 08:26:00",
      "", "01-12-2010 08:26", "01/12/10 08:26", "01/12/1969 00:00", "x",
    ] {
      #expect(parse(text) == nil, "\(text)")
    }
    let exact = try TimePattern("%Y-%m-%dT%H:%M:%S.%LZ%%")
    #expect(exact.parse(Array("2024-02-29T12:34:56.789Z%".utf8)[...]) == 1_709_210_096_789)
  }

  @Test("code patterns")
  func codes() {
    func matches(_ pattern: String, _ code: String) -> Bool { CodePattern(pattern).matches(Array(code.utf8)[...]) }
    for (pattern, code) in [("#####*", "85123A"), ("*", ""), ("a*b*c", "aXbbYc"), ("?", "x"), ("POST", "POST")] {
      #expect(matches(pattern, code), "\(pattern) \(code)")
    }
    for (pattern, code) in [
      ("#####*", "8512"), ("#####*", "POST"), ("POST", "POSTAGE"), ("a*b", "abc"), ("", "x"), ("?", ""),
    ] {
      #expect(!matches(pattern, code), "\(pattern) \(code)")
    }
  }
}
