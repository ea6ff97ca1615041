import Tallystick
import Testing

@testable import TallyJSON

@Suite("Commands in JSON")
struct CommandParserTests {
  static let accepted: [(String, Command)] = [
    (
      #"{"op":"receive","lines":[{"sku":"tea","qty":100}],"ref":"PO-7"}"#,
      Command(.receive([Line(sku: "tea", 100)], reference: "PO-7"))
    ),
    (
      #"{"op":"reserve","id":"order-1","lines":[{"sku":"tea","qty":2},{"sku":"cup","location":"berlin","qty":1}],"#
        + #""customer":"c-9","ttl_ms":900000}"#,
      Command(
        .reserve(
          id: "order-1", [Line(sku: "tea", 2), Line(sku: "cup", location: "berlin", 1)], customer: "c-9",
          timeToLive: 900_000))
    ),
    (
      #"{"op":"reserve","id":"order-2","lines":[{"sku":"tea","qty":2}],"wait_ms":3600000}"#,
      Command(.reserve(id: "order-2", [Line(sku: "tea", 2)], wait: .milliseconds(3_600_000)))
    ),
    (
      #"{"op":"reserve","id":"order-2","lines":[{"sku":"tea","qty":2}],"wait":true}"#,
      Command(.reserve(id: "order-2", [Line(sku: "tea", 2)], wait: .forever))
    ),
    (
      #"{"op":"reserve","id":"order-2","lines":[{"sku":"tea","qty":2}],"wait":false}"#,
      Command(.reserve(id: "order-2", [Line(sku: "tea", 2)]))
    ),
    (#"{"op":"commit","id":"order-1"}"#, Command(.commit(id: "order-1"))),
    (
      #"{"op":"acknowledge","consumer":"orders","seq":90210}"#,
      Command(.acknowledge(consumer: "orders", through: 90_210))
    ),
    (
      #"{"seq":0,"consumer":"orders","op":"acknowledge","time_ms":7}"#,
      Command(.acknowledge(consumer: "orders", through: 0), time: 7)
    ),
    (#"{"op":"forget-consumer","consumer":"orders"}"#, Command(.forgetConsumer("orders"))),
    (
      #"{"op":"release","id":"order-1","lines":[{"sku":"tea","qty":1}]}"#,
      Command(.release(id: "order-1", [Line(sku: "tea", 1)]))
    ),
    (
      #"{"op":"return","lines":[{"sku":"tea","qty":1}],"ref":"RMA-3"}"#,
      Command(.returned([Line(sku: "tea", 1)], reference: "RMA-3"))
    ),
    (
      #"{"op":"return","lines":[{"sku":"tea","qty":1}],"order":"order-1","effective_ms":7,"key":"rma"}"#,
      Command(.dated(.returnedOf(order: "order-1", [Line(sku: "tea", 1)]), effective: 7), key: "rma")
    ),
    (
      #"{"op":"adjust","sku":"tea","to":90,"reason":"count","release":"newest"}"#,
      Command(.adjust(ItemName(sku: "tea"), .to(90), reason: "count", release: .newest))
    ),
    (
      #"{"op":"adjust","sku":"tea","location":"b","by":-3,"reason":"broken","key":"k"}"#,
      Command(.adjust(ItemName(sku: "tea", location: "b"), .by(-3), reason: "broken"), key: "k")
    ),
    (
      #"{"op":"transfer","sku":"tea","qty":5,"from":"main","to":"berlin"}"#,
      Command(.transfer(sku: "tea", quantity: 5, from: "main", to: "berlin"))
    ),
    (
      #"{"op":"limit","sku":"tea","location":"berlin","qty":2}"#,
      Command(.limit(ItemName(sku: "tea", location: "berlin"), 2))
    ),
    (#"{"op":"limit","sku":"tea","qty":null}"#, Command(.limit(ItemName(sku: "tea"), nil))),
    (#"{"op":"limit","sku":"tea","qty":0}"#, Command(.limit(ItemName(sku: "tea"), 0))),
    (
      #" { "time_ms" : 5 , "expect_seq":0,"id":"a" ,"key":"k","op":"commit" } "# + "\r",
      Command(.commit(id: "a"), key: "k", time: 5, expectedSequence: 0)
    ),
    (
      #"{"op":"batch","key":"k","time_ms":7,"commands":[{"id":"a","op":"commit"},{"op":"limit","sku":"t","qty":1}]}"#,
      Command(.batch([.commit(id: "a"), .limit(ItemName(sku: "t"), 1)]), key: "k", time: 7)
    ),
    (
      #"{"op":"receive","lines":[{"sku":"t","qty":9007199254740991}],"ref":""}"#,
      Command(.receive([Line(sku: "t", Limits.maxQuantity)], reference: ""))
    ),
    (#"{"\u006fp":"comm\u0069t","id":"\ud83c\udf75\/\\\""}"#, Command(.commit(id: "🍵/\\\""))),
    (#"{"op":"commit","id":"a=b@c"}"#, Command(.commit(id: "a=b@c"))),
    (
      #"{"op":"recipe","sku":"set","parts":[{"sku":"tea","qty":2},{"sku":"cup","qty":1}]}"#,
      Command(.recipe(ItemName(sku: "set"), [Line(sku: "tea", 2), Line(sku: "cup", 1)]))
    ),
    (
      #"{"parts":[{"sku":"tea","qty":2},{"sku":"cup","location":"main","qty":1}],"sku":"set","location":"b","op":"recipe"}"#,
      Command(
        .recipe(ItemName(sku: "set", location: "b"), [Line(sku: "tea", location: "b", 2), Line(sku: "cup", 1)]))
    ),
    (#"{"op":"recipe","sku":"set","parts":null,"key":"k"}"#, Command(.recipe(ItemName(sku: "set"), []), key: "k")),
    (#"{"op":"prefer","sku":"tea","locations":["berlin","main"]}"#, Command(.prefer("tea", ["berlin", "main"]))),
    (#"{"op":"prefer","sku":"tea","locations":null,"key":"k"}"#, Command(.prefer("tea", []), key: "k")),
    (#"{"op":"reopen","id":"order-1","ttl_ms":900000}"#, Command(.reopen(id: "order-1", timeToLive: 900_000))),
    (#"{"op":"reopen","id":"order-1","ttl_ms":null}"#, Command(.reopen(id: "order-1"))),
    (#"{"op":"reopen","id":"order-1","key":"k"}"#, Command(.reopen(id: "order-1"), key: "k")),
  ]

  @Test("every operation of the contract is read", arguments: accepted.indices)
  func accepts(index: Int) throws {
    let (json, command) = Self.accepted[index]
    #expect(try CommandParser.parse(Array(json.utf8)) == command)
  }

  static let line = #""lines":[{"sku":"tea","qty":1}]"#
  static let refused: [(String, String)] = [
    ("", "the line is empty"),
    ("{", "cut off"),
    (#"{"op":"comm"#, "cut off"),
    (#"{"op":"commit","id":"a"#, "cut off"),
    (#"{"op":"commit","id":"a\"#, "cut off"),
    ("nonsense", "column 1: this is no JSON"),
    ("[]", "a command must be an object"),
    ("null", "a command must be an object"),
    (#"{"op":"commit","id":"a"} x"#, "column 26"),
    (#"{"op":"commit","id":"a"}{}"#, "column 25"),
    (#"{"op":"commit","id":"a",}"#, "something after the comma"),
    (#"{"op":"commit" "id":"a"}"#, "a comma or the end"),
    (#"{"op":"commit","id" "a"}"#, "a colon"),
    (#"{op:"commit"}"#, "double quotes"),
    (#"{}"#, "op is missing"),
    (#"{"id":"a"}"#, "op is missing"),
    (#"{"op":"sell","id":"a"}"#, "op must be one of"),
    (#"{"op":7}"#, "op must be a string"),
    (#"{"op":"commit"}"#, "id is missing"),
    (#"{"op":"expire","key":"k"}"#, "expire has no field key"),
    (#"{"op":"expire","expect_seq":1}"#, "expire has no field expect_seq"),
    (#"{"op":"commit","id":7}"#, "id must be a string"),
    (#"{"op":"commit","id":null}"#, "id must be a string"),
    (#"{"op":"commit","id":""}"#, "id is empty"),
    (#"{"op":"commit","id":"a","id":"a"}"#, "id stands there twice"),
    (#"{"op":"commit","id":"a","\u0069d":"a"}"#, "id stands there twice"),
    (#"{"op":"commit","id":"a","ttl":5}"#, #"no field "ttl""#),
    (#"{"op":"commit","id":"a","customer":"c"}"#, "commit has no field customer"),
    (#"{"op":"commit","id":"a\nb"}"#, "id has a control character"),
    (#"{"op":"commit","id":"\u0000"}"#, "id has a control character"),
    (#"{"op":"commit","id":"\u0085"}"#, "id has a control character"),
    ("{\"op\":\"commit\",\"id\":\"a\tb\"}", "column 23: a control character"),
    (#"{"op":"commit","id":"\ud83c"}"#, "surrogate"),
    (#"{"op":"commit","id":"\udf75\ud83c"}"#, "surrogate"),
    (#"{"op":"commit","id":"\ud83cx"}"#, "surrogate"),
    (#"{"op":"commit","id":"\u12g4"}"#, "hexadecimal"),
    (#"{"op":"commit","id":"\u12"}"#, "hexadecimal"),
    (#"{"op":"commit","id":"\x"}"#, "no such escape"),
    (#"{"op":"commit","id":"a","lines":[]}"#, "at least one line"),
    (#"{"op":"commit","id":"a","lines":{}}"#, "lines must be an array"),
    (#"{"op":"commit","id":"a","lines":null}"#, "lines must be an array"),
    (#"{"op":"commit","id":"a","lines":[7]}"#, "lines[0]: a line must be an object"),
    (#"{"op":"recipe","sku":"set"}"#, "parts is missing; null drops the recipe"),
    (#"{"op":"recipe","sku":"set","parts":[]}"#, "null drops the recipe"),
    (#"{"op":"recipe","sku":"set","parts":[{"sku":"tea"}]}"#, "parts[0]: qty is missing"),
    (#"{"op":"recipe","sku":"set","parts":[{"sku":"tea","qty":0}]}"#, "parts[0]: qty must be"),
    (#"{"op":"recipe","sku":"set","lines":[{"sku":"tea","qty":1}]}"#, "recipe has no field lines"),
    (#"{"op":"reopen"}"#, "id is missing"),
    (#"{"op":"reopen","id":"a","ttl_ms":0}"#, "ttl_ms must be"),
    (#"{"op":"receive"}"#, "lines is missing"),
    (#"{"op":"receive","lines":[{"sku":"tea"}]}"#, "lines[0]: qty is missing"),
    (#"{"op":"receive","lines":[{"qty":1}]}"#, "lines[0]: sku is missing"),
    (#"{"op":"receive","lines":[{"sku":"a","qty":1},{"sku":"a","qty":0}]}"#, "lines[1]: qty must be"),
    (#"{"op":"receive","lines":[{"sku":"a","qty":-1}]}"#, "lines[0]: qty must be a whole number from 1"),
    (#"{"op":"receive","lines":[{"sku":"a","qty":1.5}]}"#, "without fraction"),
    (#"{"op":"receive","lines":[{"sku":"a","qty":1.0}]}"#, "without fraction"),
    (#"{"op":"receive","lines":[{"sku":"a","qty":1e3}]}"#, "without fraction"),
    (#"{"op":"receive","lines":[{"sku":"a","qty":01}]}"#, "begin with a zero"),
    (#"{"op":"receive","lines":[{"sku":"a","qty":+1}]}"#, "expected a number"),
    (#"{"op":"receive","lines":[{"sku":"a","qty":1.}]}"#, "a digit"),
    (#"{"op":"receive","lines":[{"sku":"a","qty":-}]}"#, "a digit"),
    (#"{"op":"receive","lines":[{"sku":"a","qty":1x}]}"#, "a comma or the end"),
    (#"{"op":"receive","lines":[{"sku":"a","qty":NaN}]}"#, "expected a number"),
    (#"{"op":"receive","lines":[{"sku":"a","qty":"1"}]}"#, "qty must be a whole number"),
    (#"{"op":"receive","lines":[{"sku":"a","qty":null}]}"#, "qty must be a whole number"),
    (#"{"op":"receive","lines":[{"sku":"a","qty":true}]}"#, "qty must be a whole number"),
    (#"{"op":"receive","lines":[{"sku":"a","qty":9007199254740992}]}"#, "to 9007199254740991"),
    (#"{"op":"receive","lines":[{"sku":"a","qty":18446744073709551617}]}"#, "to 9007199254740991"),
    (#"{"op":"receive","lines":[{"sku":"a","qty":99999999999999999999999999999}]}"#, "to 9007199254740991"),
    (#"{"op":"receive","lines":[{"sku":"a","sku":"a","qty":1}]}"#, "sku stands there twice"),
    (#"{"op":"receive","lines":[{"sku":"a","qty":1,"note":"x"}]}"#, "no other"),
    (#"{"op":"reserve","id":"a",\#(line),"key":"k"}"#, "its id is its key"),
    (#"{"op":"reserve",\#(line)}"#, "id is missing"),
    (#"{"op":"reserve","id":"a",\#(line),"ttl_ms":0}"#, "ttl_ms must be"),
    (#"{"op":"reserve","id":"a",\#(line),"ttl_ms":1.5}"#, "ttl_ms must be"),
    (#"{"op":"reserve","id":"a",\#(line),"wait_ms":0}"#, "wait_ms must be"),
    (#"{"op":"reserve","id":"a",\#(line),"wait":1}"#, "wait must be true or false"),
    (#"{"op":"reserve","id":"a",\#(line),"wait":true,"wait_ms":5}"#, "exclude each other"),
    (#"{"op":"commit","id":"a","wait":true}"#, "commit has no field wait"),
    (#"{"op":"reserve","id":"a",\#(line),"time_ms":-1}"#, "time_ms must be"),
    (#"{"op":"reserve","id":"a",\#(line),"expect_seq":-1}"#, "expect_seq must be"),
    (#"{"op":"reserve","id":"a",\#(line),"customer":""}"#, "customer is empty"),
    (#"{"op":"adjust","sku":"tea","reason":"r"}"#, "to or by is missing"),
    (#"{"op":"adjust","sku":"tea","to":1,"by":1,"reason":"r"}"#, "exclude each other"),
    (#"{"op":"adjust","sku":"tea","to":1}"#, "reason is missing"),
    (#"{"op":"adjust","sku":"tea","to":-1,"reason":"r"}"#, "to must be a whole number from 0"),
    (#"{"op":"adjust","sku":"tea","to":"main","reason":"r"}"#, "to must be a whole number"),
    (#"{"op":"adjust","sku":"tea","by":0,"reason":"r"}"#, "by must not be 0"),
    (#"{"op":"adjust","sku":"tea","by":-9007199254740992,"reason":"r"}"#, "by must be"),
    (#"{"op":"adjust","sku":"tea","to":1,"reason":"r","release":"all"}"#, "newest or oldest"),
    (#"{"op":"transfer","sku":"tea","qty":5,"from":"main","to":"main"}"#, "the same location"),
    (#"{"op":"transfer","sku":"tea","qty":5,"from":"main"}"#, "to is missing"),
    (#"{"op":"transfer","sku":"tea","qty":5,"from":"main","to":7}"#, "to must be a string"),
    (#"{"op":"transfer","sku":"tea","qty":null,"from":"main","to":"b"}"#, "qty must be"),
    (#"{"op":"limit","sku":"tea"}"#, "qty is missing; null means no limit"),
    (#"{"op":"limit","sku":"tea","qty":-1}"#, "qty must be a whole number from 0"),
    (#"{"op":"limit","sku":"tea","qty":nul}"#, "expected a value"),
    (#"{"op":"batch"}"#, "commands is missing"),
    (#"{"op":"batch","commands":[]}"#, "at least one command"),
    (#"{"op":"batch","commands":[{"op":"commit","id":"a"},{"op":"commit"}]}"#, "commands[1]: id is missing"),
    (#"{"op":"batch","commands":[{"op":"batch","commands":[]}]}"#, "cannot hold a batch"),
    (#"{"op":"batch","commands":[{"op":"commit","id":"a","key":"k"}]}"#, "belongs to the whole batch"),
    (#"{"op":"batch","commands":[{"op":"commit","id":"a","time_ms":1}]}"#, "belongs to the whole batch"),
    (#"{"op":"batch","commands":[{"op":"commit","id":"a","expect_seq":1}]}"#, "belongs to the whole batch"),
    (#"{"op":"batch","commands":[{"op":"sell"}]}"#, "commands[0]: op must be"),
  ]

  @Test("what is no command is refused with a reason", arguments: refused.indices)
  func refuses(index: Int) {
    let (json, reason) = Self.refused[index]
    let flaw = #expect(throws: InvalidCommand.self) { try CommandParser.parse(Array(json.utf8)) }
    #expect(flaw?.message.contains(reason) == true, "\(json): \(flaw?.message ?? "accepted")")
  }

  @Test("of too many lines or commands none is read beyond the most, so that they take no memory")
  func readsNoMoreThanTheMost() {
    let lines = Array(repeating: #"{"sku":"s","qty":1}"#, count: 4_096).joined(separator: ",")
    let flaw = #expect(throws: InvalidCommand.self) {
      try CommandParser.parse(Array("{\"op\":\"receive\",\"lines\":[\(lines),7".utf8))
    }
    #expect(flaw?.message.contains("more than \(Limits.maxLinesPerEvent)") == true, "\(flaw?.message ?? "accepted")")
    let commands = Array(repeating: #"{"op":"commit","id":"a"}"#, count: 8_192).joined(separator: ",")
    let batch = #expect(throws: InvalidCommand.self) {
      try CommandParser.parse(Array("{\"op\":\"batch\",\"commands\":[\(commands),7".utf8))
    }
    #expect(batch?.message.contains("more than \(Limits.maxBatchCommands)") == true, "\(batch?.message ?? "accepted")")
  }

  @Test("bytes that are not UTF-8 are refused", arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82]])
  func refusesInvalidUTF8(bytes: [UInt8]) {
    let head = Array(#"{"op":"commit","id":""#.utf8)
    #expect(throws: InvalidCommand("id is not valid UTF-8")) {
      try CommandParser.parse(head + bytes + Array("\"}".utf8))
    }
    #expect(throws: InvalidCommand.self) { try CommandParser.parse(bytes) }
    #expect(throws: InvalidCommand.self) { try CommandParser.parse(Array("{\"".utf8) + bytes + Array("\":1}".utf8)) }
  }

  @Test("names have 1 to 64 bytes and texts up to 256")
  func refusesLongNames() throws {
    func receive(sku: Int, ref: Int) throws -> Command {
      let sku = String(repeating: "s", count: sku)
      let ref = String(repeating: "r", count: ref)
      let json = #"{"op":"receive","lines":[{"sku":"\#(sku)","qty":1}],"ref":"\#(ref)"}"#
      return try CommandParser.parse(Array(json.utf8))
    }
    _ = try receive(sku: 64, ref: 256)
    #expect(throws: InvalidCommand.self) { try receive(sku: 65, ref: 0) }
    #expect(throws: InvalidCommand.self) { try receive(sku: 1, ref: 257) }
  }

  @Test("composed and decomposed letters are different names")
  func doesNotNormalise() throws {
    let composed = try CommandParser.parse(Array("{\"op\":\"commit\",\"id\":\"\u{E9}\"}".utf8))
    let decomposed = try CommandParser.parse(Array("{\"op\":\"commit\",\"id\":\"e\u{301}\"}".utf8))
    #expect(composed != decomposed)
  }

  @Test("a cart has at most 4,096 lines and a batch at most 8,192 commands")
  func limitsCounts() throws {
    func receive(_ count: Int) throws -> Command {
      let lines = Array(repeating: #"{"sku":"a","qty":1}"#, count: count).joined(separator: ",")
      return try CommandParser.parse(Array(#"{"op":"receive","lines":[\#(lines)]}"#.utf8))
    }
    func batch(_ count: Int) throws -> Command {
      let commands = Array(repeating: #"{"op":"commit","id":"a"}"#, count: count).joined(separator: ",")
      return try CommandParser.parse(Array(#"{"op":"batch","commands":[\#(commands)]}"#.utf8))
    }
    _ = try receive(4096)
    _ = try batch(8192)
    #expect(throws: InvalidCommand("lines are more than 4096")) { try receive(4097) }
    #expect(throws: InvalidCommand("commands are more than 8192")) { try batch(8193) }
  }

  @Test(
    "a million brackets do no harm",
    arguments: ["[", #"{"commands":["#, #"{"op":"batch","commands":[{"lines":["#])
  func survivesDepth(opening: String) {
    let bomb = Array(String(repeating: opening, count: 1_000_000).utf8)
    #expect(throws: InvalidCommand.self) { try CommandParser.parse(bomb) }
  }

  @Test("every cut and every changed byte of a command is answered, never a crash")
  func survivesMutation() {
    for (json, _) in Self.accepted {
      let bytes = Array(json.utf8)
      for index in bytes.indices {
        _ = try? CommandParser.parse(Array(bytes[..<index]))
        for byte in [0, 0x22, 0x5C, 0x7B, 0x2C, 0x65, 0xFF] as [UInt8] {
          var changed = bytes
          changed[index] = byte
          _ = try? CommandParser.parse(changed)
        }
      }
    }
  }
}
