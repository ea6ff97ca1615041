import TallyTestSupport
import Testing

@Suite("tally, one command at a time", .timeLimit(.minutes(60)))
struct OneShotTests {
  @Test("a small sale, from an empty log to its stock")
  func sale() {
    let tally = Tool()
    #expect(tally("init").output == "made the log \(tally.log)\n")
    #expect(tally("receive", "tea=100", "cup@berlin=20", "--ref", "PO-7").output == "accepted, event 3\n")
    #expect(tally("reserve", "order-1", "tea=2", "cup@berlin=1", "--customer", "c-9", "--ttl", "15m").status == 0)
    #expect(tally("commit", "order-1", "tea=1").status == 0)
    #expect(tally("release", "order-1").status == 0)
    #expect(tally("return", "tea=1", "--ref", "RMA-3").status == 0)
    #expect(tally("adjust", "tea", "--by", "-3", "--reason", "broken").status == 0)
    #expect(tally("transfer", "tea=5", "--from", "main", "--to", "berlin").status == 0)
    #expect(tally("limit", "cup@berlin", "2").status == 0)
    #expect(
      tally("stock", "--json").lines == [
        #"{"sku":"cup","location":"berlin","on_hand":20,"held":0,"available":20,"limit":2,"seq":11}"#,
        #"{"sku":"tea","location":"berlin","on_hand":5,"held":0,"available":5,"seq":10}"#,
        #"{"sku":"tea","location":"main","on_hand":92,"held":0,"available":92,"seq":10}"#,
      ])
    #expect(tally("limit", "cup@berlin", "none").status == 0)
    #expect(tally("stock", "tea", "--at", "3", "--json").object["on_hand"] as? Int == 100)
    #expect(tally("stock", "tea", "--json").objects.count == 2)
    #expect(tally("show", "order-1", "--json").object["state"] as? String == "mixed")
    #expect(tally.verdict() == "proven")
  }

  /// What writes, and what it says for people.
  static let writing: [([String], String)] = [
    (["receive", "tea=10"], "accepted, event 4\n"), (["reserve", "b", "tea=1"], "accepted, event 4\n"),
    (["commit", "a"], "accepted, event 4\n"), (["release", "a", "tea=1"], "accepted, event 4\n"),
    (["return", "tea=1"], "accepted, event 4\n"),
    (["adjust", "tea", "--to", "7", "--reason", "count"], "accepted, event 4\n"),
    (["transfer", "tea=1", "--from", "main", "--to", "x"], "accepted, event 5; tea@x is new\n"),
    (["floor", "tea", "3"], "accepted, event 4\n"), (["register", "tea", "pot"], "accepted, event 4; pot is new\n"),
    (["limit", "tea", "none"], "accepted, event 4\n"), (["expire"], "accepted, event 3\n"),
  ]

  @Test(
    "every command that writes answers with its event, as a line for people or as one JSON object", arguments: writing)
  func answers(arguments: [String], expected: String) {
    for json in [false, true] {
      let tally = Tool.onNewLog()
      tally("receive", "tea=10")
      tally("reserve", "a", "tea=2")
      let answer = tally.run(arguments + (json ? ["--json"] : []))
      #expect(answer.status == 0 && answer.errors.isEmpty)
      if json {
        #expect(answer.object["status"] as? String == "accepted")
        let new = (answer.object["new"] as? [[String: String]] ?? []).map { line in
          let location = line["location"] == "main" ? "" : "@\(line["location"] ?? "")"
          return "; \(line["sku"] ?? "")\(location) is new"
        }
        #expect("accepted, event \(answer.object["seq"] as? Int ?? 0)\(new.joined())\n" == expected)
      } else {
        #expect(answer.output == expected)
      }
    }
  }

  @Test("stock and show say what is overdue, until expire gives it back")
  func overdue() {
    let tally = Tool.onNewLog()
    tally("receive", "tea=5", "cup=1")
    // It is over before another process has begun.
    tally("reserve", "o1", "tea=5", "--ttl", "1ms")
    #expect(tally("stock").output.contains("5 (5 due)"))
    #expect(tally("stock", "tea", "--json").object["due"] as? Int == 5)
    #expect(tally("stock", "cup", "--json").object["due"] == nil)
    #expect(tally("show", "o1").output.contains("(due: the next command expires it)"))
    #expect(tally("show", "o1", "--json").object["due"] as? Bool == true)
    let early = tally("expire", "--time", "2020-01-01T00:00:00Z", "--json")
    #expect(early.status == 1 && early.object["reason"] as? String == "time")
    #expect(tally("expire").output == "accepted, event 5\n")
    #expect(tally("stock", "tea", "--json").object["held"] as? Int == 0)
    #expect(!tally("show", "o1").output.contains("due") && !tally("stock").output.contains("due"))
    #expect(tally("expire", "--time", "tomorrow").status == 64)
    #expect(tally.verdict() == "proven")
  }

  @Test("a retry is a repeat, other content a conflict, and both say so in JSON")
  func repeats() {
    let tally = Tool.onNewLog()
    tally("receive", "tea=5", "--key", "k")
    let again = tally("receive", "tea=5", "--key", "k", "--json")
    #expect(again.status == 0 && again.output == #"{"status":"repeated","seq":2}"# + "\n")
    let conflict = tally("receive", "tea=6", "--key", "k", "--json")
    #expect(conflict.status == 1 && conflict.output == #"{"status":"rejected","reason":"conflict","at_seq":2}"# + "\n")
    #expect(conflict.says("conflict"))
    tally("reserve", "a", "tea=1")
    tally("commit", "a")
    #expect(tally("reserve", "a", "tea=1", "--json").object["state"] as? String == "committed")
    #expect(tally("commit", "a").output == "repeated, event 4 (now committed)\n")
  }

  @Test("a rejection exits 1 and names what was short")
  func rejection() {
    let tally = Tool.onNewLog()
    tally("receive", "tea=1", "cup@berlin=1")
    let answer = tally("reserve", "a", "tea=2", "cup@berlin=3", "--json")
    #expect(answer.status == 1)
    #expect(
      answer.output == #"{"status":"rejected","reason":"insufficient","at_seq":3,"short":["#
        + #"{"sku":"tea","location":"main","asked":2,"available":1},"#
        + #"{"sku":"cup","location":"berlin","asked":3,"available":1}]}"# + "\n")
    #expect(answer.says("tea asked 2, available 1", "cup@berlin asked 3, available 1"))
    #expect(tally("reserve", "b", "tea=1", "--expect-seq", "1").says("changed"))
    #expect(tally("reserve", "b", "tea=1", "--expect-seq", "3").status == 0)
  }

  @Test("what does not exist exits 1 and is named")
  func unknown() {
    let tally = Tool.onNewLog()
    tally("receive", "tea=1")
    for (arguments, name) in [
      (["stock", "cup"], "cup"), (["show", "nobody"], "nobody"), (["commit", "nobody"], "nobody"),
      (["release", "nobody", "tea=1"], "nobody"), (["reserve", "a", "cup=1"], "cup"),
      (["adjust", "cup@x", "--to", "1", "--reason", "r"], "cup@x"), (["limit", "cup", "1"], "cup"),
      (["transfer", "cup=1", "--from", "main", "--to", "x"], "cup"),
    ] {
      let answer = tally.run(arguments)
      #expect(answer.status == 1 && answer.says(name), "\(arguments): \(answer)")
    }
    // What there is of the rest is told.
    #expect(tally("stock", "tea", "cup", "--json").objects.count == 1)
    #expect(tally.lastSequence == 2)
  }

  static let misuse: [[String]] = [
    ["receive"], ["receive", "tea"], ["receive", "tea=0"], ["receive", "tea=-1"], ["receive", "tea=1.5"],
    ["receive", "tea=1e3"], ["receive", "tea="], ["receive", "=1"], ["receive", "tea@=1"],
    ["receive", "tea=9007199254740992"], ["receive", "tea=99999999999999999999999"], ["receive", "tea=0x10"],
    ["receive", "tea= 1"], ["receive", "tea=١"], ["receive", "t\na=1"], ["receive", "t\u{85}a=1"],
    ["receive", String(repeating: "s", count: 65) + "=1"], ["receive", String(repeating: "é", count: 33) + "=1"],
    ["receive", "tea=1", "--wait", "5"], ["receive", "tea=1", "--expect-seq", "-1"], ["receive", "tea=1", "--key", ""],
    ["receive", "tea=1", "--key", String(repeating: "k", count: 65)],
    ["receive", "tea=1", "--ref", String(repeating: "r", count: 257)], ["receive", "tea=1", "--nonsense"],
    ["reserve", "a", "tea=1", "--ttl", "0s"], ["reserve", "a", "tea=1", "--ttl", "15"],
    ["reserve", "a", "tea=1", "--ttl", "-5s"], ["reserve", "a", "tea=1", "--ttl", "99999999999999d"],
    ["reserve", "a", "tea=1", "--key", "k"], ["reserve", "", "tea=1"], ["reserve", "a"],
    ["reserve", "a\u{7F}", "tea=1"], ["reserve", "a", "tea=1", "--customer", ""], ["adjust", "tea", "--to", "5"],
    ["adjust", "tea", "--reason", "r"], ["adjust", "tea", "--to", "-1", "--reason", "r"],
    ["adjust", "tea", "--by", "0", "--reason", "r"], ["adjust", "tea", "--to", "1", "--by", "1", "--reason", "r"],
    ["adjust", "tea", "--to", "1", "--reason", ""], ["adjust", "tea", "--by", "1.5", "--reason", "r"],
    ["adjust", "tea", "--to", "1", "--reason", "r", "--release", "all"], ["limit", "tea", "-1"], ["limit", "tea", "x"],
    ["transfer", "tea=1", "--from", "main", "--to", "main"], ["transfer", "tea@x=1", "--from", "x", "--to", "main"],
    ["stock", "--at", "yesterday"], ["stock", "--at", "2026-02-30T00:00:00Z"], ["stock", "--at", "99"],
    ["stock", "--log", ""], ["show", ""], ["events", "--from", "x"], ["repair"],
    ["repair", "--dry-run", "--truncate-torn-tail"], ["export"], ["export", "--format", "xml"],
    ["export", "--format", "sqlite"], ["init"], ["init", "--log", "/tmp/tally-x", "--segment-size", "1"],
    ["snapshot", "rebuild", "--at", "99"], ["nonsense"],
  ]

  @Test("misuse exits 64 with one line and leaves the log as it was", arguments: misuse)
  func usage(arguments: [String]) {
    let tally = Tool.onNewLog()
    let result = tally.run(arguments)
    #expect(result.status == 64 && result.output.isEmpty)
    #expect(result.errors.hasPrefix("tally: ") && result.says(), "\(result.errors)")
    #expect(tally("events").output.isEmpty)
  }

  @Test("the largest quantity is exact, and what would pass it is rejected")
  func overflow() {
    let tally = Tool.onNewLog()
    #expect(tally("receive", "tea=9007199254740991").status == 0)
    let more = tally("receive", "tea=1", "--json")
    #expect(more.status == 1 && more.object["reason"] as? String == "overflow" && more.says("tea"))
    #expect(tally.onHand("tea") == 9_007_199_254_740_991)
  }

  @Test("a time that would pass the last one there is is called that, and no item is blamed")
  func timeOverflow() {
    let tally = Tool.onNewLog()
    tally("receive", "tea=5")
    tally("reserve", "order-0", "tea=1")
    let longest = "9007199254740991ms"
    for arguments in [
      ["reserve", "order-1", "tea=1", "--ttl", longest], ["extend", "order-0", "--ttl", longest],
      ["reserve", "order-1", "tea=9", "--wait=\(longest)"],
    ] {
      let refused = tally.run(arguments)
      #expect(refused.status == 1 && refused.says("overflow", "after 1970", "name a shorter time"), "\(refused.errors)")
      #expect(!refused.errors.contains("item"), "\(refused.errors)")
    }
  }

  @Test("names are bytes: composed and decomposed letters are two items; = and @ split at the last")
  func names() {
    let tally = Tool.onNewLog()
    tally("receive", "caf\u{E9}=1", "cafe\u{301}=2", "a=b@x=3", "p@q@r=4")
    #expect(tally.onHand("caf\u{E9}") == 1)
    #expect(tally.onHand("cafe\u{301}") == 2)
    #expect(tally("stock", "a=b", "--json").object["location"] as? String == "x")
    #expect(tally("stock", "p@q", "--json").object["location"] as? String == "r")
    #expect(tally("stock", "p@q@r", "--json").object["on_hand"] as? Int == 4)
  }

  @Test("an argument that is not UTF-8 is refused")
  func bytes() {
    let tally = Tool.onNewLog()
    for command in [#"$tally receive $'t\xffa=1'"#, #"$tally reserve $'\xc3' tea=1"#, #"$tally show $'a\xed\xa0\x80'"#]
    {
      let result = tally.shell(command)
      #expect(result.status == 64 && result.says("not valid UTF-8"))
    }
    #expect(tally.lastSequence == 0)
  }

  @Test("every command's help has an example")
  func help() {
    let commands = [
      "receive", "reserve", "commit", "release", "return", "adjust", "transfer", "limit", "append", "import", "export",
      "stock", "show", "events", "init", "info", "snapshot", "repair", "backup", "snapshot rebuild", "snapshot list",
      "snapshot check",
    ]
    let tally = Tool()
    for command in commands {
      let help = tally.run(command.split(separator: " ").map(String.init) + ["--help"])
      #expect(
        help.status == 0 && help.output.contains("xample:") && help.output.contains("tally \(command)"), "\(command)")
    }
    #expect(tally.end([Tool.verify, "--help"]).output.contains("tally-verify shop.tally"))
  }
}
