import Testing

@Suite("tally, one command at a time")
struct OneShotTests {
  @Test("a small sale, from an empty log to its stock")
  func sale() {
    let tally = Tool()
    #expect(tally("init").code == 0)
    #expect(tally("receive", "tea=100", "cup@berlin=20", "--ref", "PO-7").output == "accepted, event 3\n")
    #expect(tally("reserve", "order-1", "tea=2", "cup@berlin=1", "--customer", "c-9", "--ttl", "15m").code == 0)
    #expect(tally("commit", "order-1", "tea=1").code == 0)
    #expect(tally("release", "order-1").code == 0)
    #expect(tally("return", "tea=1", "--ref", "RMA-3").code == 0)
    #expect(tally("adjust", "tea", "--by", "-3", "--reason", "broken").code == 0)
    #expect(tally("transfer", "tea=5", "--from", "main", "--to", "berlin").code == 0)
    #expect(tally("limit", "cup@berlin", "2").code == 0)
    #expect(
      tally("stock", "--json").lines == [
        #"{"sku":"cup","location":"berlin","on_hand":20,"held":0,"available":20,"limit":2,"seq":11}"#,
        #"{"sku":"tea","location":"berlin","on_hand":5,"held":0,"available":5,"seq":10}"#,
        #"{"sku":"tea","location":"main","on_hand":92,"held":0,"available":92,"seq":10}"#,
      ])
    #expect(tally("limit", "cup@berlin", "none").code == 0)
    #expect(tally("stock", "tea", "--at", "3", "--json").object["on_hand"] as? Int == 100)
    #expect(tally("show", "order-1", "--json").object["state"] as? String == "mixed")
  }

  @Test("a retry is a repeat, other content a conflict, and both say so in JSON")
  func repeats() {
    let tally = Tool.onNewLog()
    tally("receive", "tea=5", "--key", "k")
    let again = tally("receive", "tea=5", "--key", "k", "--json")
    #expect(again.code == 0 && again.output == #"{"status":"repeated","seq":2}"# + "\n")
    let conflict = tally("receive", "tea=6", "--key", "k", "--json")
    #expect(conflict.code == 1 && conflict.output == #"{"status":"rejected","reason":"conflict","at_seq":2}"# + "\n")
    #expect(conflict.errors.contains("conflict"))
  }

  @Test("a rejection exits 1 and names what was short")
  func rejection() {
    let tally = Tool.onNewLog()
    tally("receive", "tea=1")
    let answer = tally("reserve", "a", "tea=2", "--json")
    #expect(answer.code == 1)
    #expect(
      answer.output == #"{"status":"rejected","reason":"insufficient","at_seq":2,"#
        + #""short":[{"sku":"tea","location":"main","asked":2,"available":1}]}"# + "\n")
    #expect(tally("reserve", "a", "tea=2").errors.contains("tea asked 2, available 1"))
    #expect(tally("commit", "a").code == 1)
    #expect(tally("reserve", "b", "tea=1", "--expect-seq", "1").code == 1)
  }

  static let misuse: [[String]] = [
    ["receive"], ["receive", "tea"], ["receive", "tea=0"], ["receive", "tea=-1"], ["receive", "tea=1.5"],
    ["receive", "tea="], ["receive", "=1"], ["receive", "tea@=1"], ["receive", "tea=9007199254740992"],
    ["receive", "t\na=1"], ["receive", String(repeating: "s", count: 65) + "=1"], ["receive", "tea=1", "--wait", "5"],
    ["receive", "tea=1", "--expect-seq", "-1"], ["receive", "tea=1", "--key", ""],
    ["reserve", "a", "tea=1", "--ttl", "0s"],
    ["reserve", "a", "tea=1", "--key", "k"], ["reserve", "", "tea=1"], ["adjust", "tea", "--to", "5"],
    ["adjust", "tea", "--reason", "r"], ["adjust", "tea", "--to", "-1", "--reason", "r"],
    ["adjust", "tea", "--by", "0", "--reason", "r"], ["adjust", "tea", "--to", "1", "--by", "1", "--reason", "r"],
    ["adjust", "tea", "--to", "1", "--reason", "r", "--release", "all"], ["limit", "tea", "-1"], ["limit", "tea", "x"],
    ["transfer", "tea=1", "--from", "main", "--to", "main"], ["stock", "--at", "yesterday"], ["repair"],
    ["stock", "--at", "2026-02-30T00:00:00Z"], ["stock", "--log", ""], ["init"], ["nonsense"],
  ]

  @Test("misuse exits 64 with one line and leaves the log as it was", arguments: misuse)
  func usage(arguments: [String]) {
    let tally = Tool.onNewLog()
    let result = tally.run(arguments)
    #expect(result.code == 64 && result.output.isEmpty)
    #expect(result.errors.hasPrefix("tally: ") && result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    #expect(tally("events").output.isEmpty)
  }

  @Test("no log, no such log, and a log in use have exit codes of their own")
  func noLog() {
    let tally = Tool()
    #expect(tally("stock").code == 65)
    #expect(tally("receive", "tea=1").code == 65)
    #expect(Tool.Running(["stock"], log: "").finish().code == 64)
    tally("init")
    let writer = tally.start(["append"])
    writer.send(#"{"op":"receive","lines":[{"sku":"tea","qty":1}]}"#)
    _ = writer.nextLine()
    let second = tally("receive", "tea=1", "--wait", "50ms")
    #expect(second.code == 75 && second.errors.contains("\(writer.process.processIdentifier)"))
    #expect(tally("stock", "--json").object["on_hand"] as? Int == 1)
    try? writer.input.fileHandleForWriting.close()
    #expect(writer.finish().code == 0)
  }

  @Test("what does not exist exits 1")
  func unknown() {
    let tally = Tool.onNewLog()
    tally("receive", "tea=1")
    #expect(tally("stock", "cup").code == 1)
    #expect(tally("show", "nobody").code == 1)
    #expect(tally("stock", "tea", "cup", "--json").objects.count == 1)
  }

  @Test("names are bytes: composed and decomposed letters are two items, and other bytes are refused")
  func names() {
    let tally = Tool.onNewLog()
    tally("receive", "caf\u{E9}=1", "cafe\u{301}=2", "a=b@x=3")
    #expect(tally("stock", "caf\u{E9}", "--json").object["on_hand"] as? Int == 1)
    #expect(tally("stock", "cafe\u{301}", "--json").object["on_hand"] as? Int == 2)
    #expect(tally("stock", "a=b", "--json").object["location"] as? String == "x")
  }

  @Test("every command's help has an example")
  func help() {
    let commands = [
      "receive", "reserve", "commit", "release", "return", "adjust", "transfer", "limit", "append", "stock", "show",
      "events", "init", "info", "snapshot", "repair", "backup", "snapshot rebuild", "snapshot list", "snapshot check",
    ]
    for command in commands {
      let help = Tool().run(command.split(separator: " ").map(String.init) + ["--help"])
      #expect(
        help.code == 0 && help.output.contains("xample:") && help.output.contains("tally \(command)"), "\(command)")
    }
  }
}
