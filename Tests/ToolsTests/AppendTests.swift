import Foundation
import Testing

@Suite("tally append")
struct AppendTests {
  static let tea = #"{"op":"receive","lines":[{"sku":"tea","qty":3}],"key":"po"}"#

  @Test("answers come in order, a line each, and bad lines do not stop the rest")
  func mixed() {
    let tally = Tool.onNewLog()
    let result = tally(
      "append",
      input: """
        \(Self.tea)

        {"op":"reserve","id":"a","lines":[{"sku":"tea","qty":1},{"sku":"tea","qty":1}]}
        {"op":"reserve","id":"a","lines":[{"sku":"tea","qty":2}]}
        {"op":"reserve","id":"b","lines":[{"sku":"tea","qty":2}]}
        {"op":"reserve","id":"c","lines":[{"sku":"tea","qty":1}],"ttl":5}
        {"op":"batch","commands":[{"op":"commit","id":"a"},{"op":"reserve","id":"d","lines":[{"sku":"tea","qty":1}]}]}
        {"op":"batch","commands":[{"op":"commit","id":"d"},{"op":"commit","id":"e"}]}
        {"op":"commit","id":"d"}
        """)
    #expect(result.code == 65)
    #expect(
      result.lines == [
        #"{"line":1,"status":"accepted","seq":2}"#,
        #"{"line":3,"status":"accepted","seq":3}"#,
        #"{"line":4,"status":"repeated","seq":3,"state":"open"}"#,
        #"{"line":5,"status":"rejected","reason":"insufficient","at_seq":3,"#
          + #""short":[{"sku":"tea","location":"main","asked":2,"available":1}]}"#,
        #"{"line":6,"status":"invalid","message":"there is no field \"ttl\"; a mistyped one must not be ignored"}"#,
        #"{"line":7,"status":"accepted","seq":5,"#
          + #""results":[{"status":"accepted","seq":4},{"status":"accepted","seq":5}]}"#,
        #"{"line":8,"status":"rejected","reason":"unknown-reservation","at_seq":5,"index":1}"#,
        #"{"line":9,"status":"accepted","seq":6}"#,
      ])
    #expect(result.errors.contains("4 accepted, 1 repeated, 2 rejected"))
  }

  @Test("it exits 1 if the worst was a rejection, and 0 if it was a repeat")
  func exitCodes() {
    let tally = Tool.onNewLog()
    #expect(tally("append", input: Self.tea).code == 0)
    #expect(tally("append", input: Self.tea + "\n" + Self.tea).code == 0)
    #expect(tally("append", input: #"{"op":"commit","id":"x"}"#).code == 1)
    #expect(tally("append", input: "").code == 0)
    #expect(tally("append", "/nowhere/x.jsonl").code == 74)
  }

  @Test("--stop-on-error submits what came before the bad line and nothing after it")
  func stopOnError() {
    let tally = Tool.onNewLog()
    let result = tally(
      "append", "--stop-on-error", input: Self.tea + "\nnonsense\n" + Self.tea.replacing("po", with: "p2"))
    #expect(result.code == 65 && result.lines.count == 2)
    #expect(tally("stock", "--json").object["on_hand"] as? Int == 3)
  }

  @Test("each answer comes before the next command is sent")
  func dialogue() {
    let tally = Tool.onNewLog()
    let running = tally.start(["append"])
    running.send(Self.tea)
    #expect(running.nextLine() == #"{"line":1,"status":"accepted","seq":2}"#)
    running.send("nonsense")
    #expect(running.nextLine()?.contains("invalid") == true)
    running.send(Self.tea)
    #expect(running.nextLine() == #"{"line":3,"status":"repeated","seq":2}"#)
    try? running.input.fileHandleForWriting.close()
    #expect(running.finish().code == 65)
  }

  @Test(
    "an interrupt keeps what was answered, says how far it came, and a second run continues",
    arguments: [SIGINT, SIGTERM])
  func interrupt(signal: Int32) {
    let tally = Tool.onNewLog()
    let running = tally.start(["append"])
    running.send(Self.tea)
    _ = running.nextLine()
    kill(running.process.processIdentifier, signal)
    let result = running.finish()
    #expect(
      result.code == 128 + signal && result.errors.contains("stopped after line 1") && result.errors.contains("event 2")
    )
    #expect(tally("append", input: Self.tea).lines == [#"{"line":1,"status":"repeated","seq":2}"#])
  }

  @Test("thousands of lines in one go, some cut by the reader's buffer, are all answered")
  func bulk() throws {
    let tally = Tool.onNewLog()
    var lines = [#"{"op":"receive","lines":[{"sku":"tea","qty":20000}]}"#]
    for index in 1...20_000 { lines.append(#"{"op":"reserve","id":"o-\#(index)","lines":[{"sku":"tea","qty":1}]}"#) }
    let file = tally.directory.path + "/orders.jsonl"
    try lines.joined(separator: "\r\n").write(toFile: file, atomically: true, encoding: .utf8)
    let result = tally("append", file)
    #expect(result.code == 0 && result.lines.count == 20_001)
    #expect(result.lines.last == #"{"line":20001,"status":"accepted","seq":20002}"#)
    #expect(tally("stock", "--json").object["available"] as? Int == 0)
  }

  @Test("a line longer than 64 MiB is invalid and the next is read")
  func longLine() throws {
    let tally = Tool.onNewLog()
    let file = tally.directory.path + "/long.jsonl"
    var bytes = Data(repeating: UInt8(ascii: " "), count: (64 << 20) + (3 << 19))
    bytes.append(contentsOf: ("\n" + Self.tea).utf8)
    try bytes.write(to: URL(fileURLWithPath: file))
    let result = tally("append", file)
    #expect(result.code == 65 && result.lines.count == 2)
    #expect(result.lines.last == #"{"line":2,"status":"accepted","seq":2}"#)
  }
}
