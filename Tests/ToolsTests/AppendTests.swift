import Foundation
import TallyTestSupport
import Testing

@Suite("tally append", .timeLimit(.minutes(60)))
struct AppendTests {
  static let tea = Lines.receive(3, key: "po")

  @Test("answers come in order, a line each, and bad lines do not stop the rest")
  func mixed() {
    let tally = Tool.onNewLog()
    let result = tally(
      "append",
      input: Self.tea + """

        {"op":"reserve","id":"a","lines":[{"sku":"tea","qty":1},{"sku":"tea","qty":1}]}
        {"op":"reserve","id":"a","lines":[{"sku":"tea","qty":2}]}
        {"op":"reserve","id":"b","lines":[{"sku":"tea","qty":2}]}
        {"op":"reserve","id":"c","lines":[{"sku":"tea","qty":1}],"ttl":5}
        {"op":"batch","commands":[{"op":"commit","id":"a"},{"op":"reserve","id":"d","lines":[{"sku":"tea","qty":1}]}]}
        {"op":"batch","commands":[{"op":"commit","id":"d"},{"op":"commit","id":"e"}]}
        {"op":"commit","id":"d"}
        """)
    #expect(result.status == 65)
    #expect(
      result.lines == [
        #"{"line":1,"status":"accepted","seq":2}"#,
        #"{"line":3,"status":"accepted","seq":3}"#,
        #"{"line":4,"status":"repeated","seq":3,"state":"open","holds":true}"#,
        #"{"line":5,"status":"rejected","reason":"insufficient","at_seq":3,"#
          + #""short":[{"sku":"tea","location":"main","asked":2,"available":1}]}"#,
        #"{"line":6,"status":"invalid","message":"there is no field \"ttl\"; a mistyped one must not be ignored"}"#,
        #"{"line":7,"status":"accepted","seq":5,"#
          + #""results":[{"status":"accepted","seq":4},{"status":"accepted","seq":5}]}"#,
        #"{"line":8,"status":"rejected","reason":"unknown-reservation","at_seq":5,"index":1}"#,
        #"{"line":9,"status":"accepted","seq":6}"#,
      ])
    #expect(result.says("4 accepted, 1 repeated, 2 rejected", "1 invalid", "last event 6"))
  }

  /// What is no command.
  static let invalid: [(String, says: String)] = [
    (#"{"op":"receive","lines":[{"sku":"tea","qty":0}]}"#, "qty"),
    (#"{"op":"receive","lines":[{"sku":"tea","qty":-1}]}"#, "qty"),
    (#"{"op":"receive","lines":[{"sku":"tea","qty":1.5}]}"#, "fraction"),
    (#"{"op":"receive","lines":[{"sku":"tea","qty":1e2}]}"#, "exponent"),
    (#"{"op":"receive","lines":[{"sku":"tea","qty":"1"}]}"#, "whole number"),
    (#"{"op":"receive","lines":[{"sku":"tea","qty":9007199254740992}]}"#, "9007199254740991"),
    (#"{"op":"receive","lines":[{"sku":"tea","qty":1\#(String(repeating: "0", count: 400))}]}"#, "9007199254740991"),
    (#"{"op":"receive","lines":[{"sku":"","qty":1}]}"#, "empty"),
    (#"{"op":"receive","lines":[{"sku":"\#(String(repeating: "x", count: 65))","qty":1}]}"#, "65 bytes"),
    (#"{"op":"receive","lines":[{"sku":"a\u0000b","qty":1}]}"#, "control character"),
    (#"{"op":"receive","lines":[{"sku":"a\u009fb","qty":1}]}"#, "control character"),
    (#"{"op":"receive","lines":[{"sku":"\ud800","qty":1}]}"#, "surrogate"),
    (#"{"op":"receive","lines":[{"sku":"tea","qty":1,"qty":2}]}"#, "twice"),
    (#"{"op":"receive","lines":[]}"#, "at least one line"), (#"{"op":"receive"}"#, "lines is missing"),
    (#"{"op":"recieve","lines":[{"sku":"tea","qty":1}]}"#, "op must be one of"),
    (#"{"op":"receive","lines":[{"sku":"tea","qty":1}]"#, "cut off"),
    (#"{"op":"receive","lines":[{"sku":"tea","qty":1}]} {}"#, "nothing more"), ("[]", "object"), ("null", "object"),
    ("{", "cut off"), (String(repeating: "[", count: 100_000), "object"), ("\u{0}", "no JSON"), ("tea=1", "no JSON"),
    (#"{"op":"reserve","id":"a","lines":[{"sku":"tea","qty":1}],"key":"k"}"#, "key"),
    (#"{"op":"reserve","id":"a","lines":[{"sku":"tea","qty":1}],"ttl":5}"#, "ttl"),
    (#"{"op":"reserve","id":"a","lines":[{"sku":"tea","qty":1}],"ttl_ms":0}"#, "ttl_ms"),
    (#"{"op":"transfer","sku":"tea","qty":1,"from":"main","to":"main"}"#, "same location"),
    (#"{"op":"adjust","sku":"tea","to":1,"by":1,"reason":"r"}"#, "exclude"),
    (#"{"op":"adjust","sku":"tea","by":0,"reason":"r"}"#, "must not be 0"),
    (#"{"op":"limit","sku":"tea"}"#, "qty is missing"),
    (#"{"op":"batch","commands":[{"op":"batch","commands":[]}]}"#, "batch"),
    (#"{"op":"batch","commands":[{"op":"commit","id":"a","key":"k"}]}"#, "whole batch"),
    (#"{"op":"batch","commands":[]}"#, "at least one command"),
  ]

  @Test("a line that is no command is invalid, by number and with what is wrong; the rest goes on")
  func invalidLines() {
    let tally = Tool.onNewLog()
    let result = tally(
      "append", input: Self.invalid.map(\.0).joined(separator: "\n") + "\n" + Self.tea)
    #expect(result.status == 65)
    let answers = result.objects
    #expect(answers.count == Self.invalid.count + 1)
    for (number, (answer, (line, text))) in zip(answers, Self.invalid).enumerated() {
      #expect(answer["line"] as? Int == number + 1 && answer["status"] as? String == "invalid", "\(line.prefix(80))")
      let message = answer["message"] as? String ?? ""
      #expect(message.contains(text), "\(line.prefix(80)): \(message)")
    }
    #expect(answers.last?["status"] as? String == "accepted")
    #expect(tally.lastSequence == 2)
  }

  @Test("bytes that are not UTF-8 are invalid, and no answer ever holds any")
  func notUTF8() {
    let tally = Tool.onNewLog()
    for bytes in [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xC0, 0x80]] as [[UInt8]] {
      let line = Array(#"{"op":"receive","lines":[{"sku":"t"#.utf8) + bytes + Array(#"","qty":1}]}"#.utf8)
      let result = tally.end([Tool.tally, "append"], input: line + [0x0A] + Array(#"{"\#("x")"#.utf8) + bytes)
      #expect(result.status == 65 && result.objects.count == 2)
      #expect(result.objects.allSatisfy { $0["status"] as? String == "invalid" })
    }
    #expect(tally.lastSequence == 0)
  }

  @Test("it exits 65 for an invalid line, else 1 for a rejection, else 0; repeats are 0")
  func exitCodes() {
    let tally = Tool.onNewLog()
    #expect(tally("append", input: Self.tea).status == 0)
    #expect(tally("append", "-", "--json", input: Self.tea + Self.tea).status == 0)
    #expect(tally("append", input: #"{"op":"commit","id":"x"}"#).status == 1)
    #expect(tally("append", input: #"{"op":"commit","id":"x"}"# + "\nx\n").status == 65)
    #expect(tally("append", input: "").status == 0)
    let missing = tally("append", "/nowhere/x.jsonl")
    #expect(missing.status == 74 && missing.says("/nowhere/x.jsonl", "No such file"))
    #expect(tally("append", tally.directory.path).status == 74)
  }

  @Test("--stop-on-error submits what came before the bad line and nothing after it")
  func stopOnError() {
    let tally = Tool.onNewLog()
    let result = tally("append", "--stop-on-error", input: Self.tea + "nonsense\n" + Lines.receive(3, key: "p2"))
    #expect(result.status == 65 && result.lines.count == 2 && result.says("line 2"))
    #expect(tally.onHand("tea") == 3)
  }

  @Test("each answer comes before the next command is sent")
  func dialogue() throws {
    let tally = Tool.onNewLog()
    let running = try tally.start("append")
    running.send(Self.tea)
    #expect(running.nextLine() == #"{"line":1,"status":"accepted","seq":2}"#)
    running.send("nonsense\n")
    #expect(running.nextLine()?.contains("invalid") == true)
    running.send(Self.tea)
    #expect(running.nextLine() == #"{"line":3,"status":"repeated","seq":2}"#)
    // A last line without an end counts.
    running.send(#"{"op":"reserve","id":"a","lines":[{"sku":"tea","qty":1}]}"#)
    let end = running.finish()
    #expect(end.status == 65 && end.lines.last == #"{"line":4,"status":"accepted","seq":3}"#)
  }

  @Test("thousands of lines in one go, some cut by the reader's buffer, are all answered")
  func bulk() throws {
    let tally = Tool.onNewLog()
    var text = Lines.receive(9000)
    for index in 1...9000 { text += Lines.reserve("o-\(index)").dropLast() + "\r\n" }
    let result = tally("append", try tally.file("orders.jsonl", text))
    #expect(result.status == 0 && result.lines.count == 9001)
    #expect(result.lines.last == #"{"line":9001,"status":"accepted","seq":9002}"#)
    #expect(tally("stock", "--json").object["available"] as? Int == 0)
    #expect(tally.verdict() == "proven")
  }

  @Test("a byte order mark before the first line is passed over; before another it is invalid")
  func byteOrderMark() throws {
    let tally = Tool.onNewLog()
    let result = tally("append", input: "\u{FEFF}" + Self.tea + "\u{FEFF}" + Self.tea)
    #expect(result.status == 65 && result.lines.count == 2)
    #expect(result.lines.first == #"{"line":1,"status":"accepted","seq":2}"#)
    #expect(result.lines.last?.contains("invalid") == true)
  }

  @Test("a line longer than 64 MiB is invalid and the next is read")
  func longLine() throws {
    let tally = Tool.onNewLog()
    let blank = [UInt8](repeating: 0x20, count: (64 << 20) + (3 << 19))
    let result = tally("append", try tally.file("long.jsonl", blank + Array(("\n" + Self.tea).utf8)))
    #expect(result.status == 65 && result.lines.count == 2)
    #expect(result.lines.last == #"{"line":2,"status":"accepted","seq":2}"#)
  }

  @Test("when nobody reads the answers any more it stops, says how far it came, and keeps what it acknowledged")
  func closedOutput() throws {
    let tally = Tool.onNewLog()
    let running = try tally.start("append")
    running.send(Self.tea)
    _ = running.nextLine()
    running.closeOutput()
    running.send(Lines.reserve("a"))
    let end = running.finish()
    #expect(end.status == 74 && end.says("after line 2"))
    #expect(
      tally("append", input: Lines.reserve("a")).lines == [
        #"{"line":1,"status":"repeated","seq":3,"state":"open","holds":true}"#
      ])
  }
}
