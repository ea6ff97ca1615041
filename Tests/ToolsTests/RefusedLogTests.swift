import Foundation
import TallyTestSupport
import Testing

@Suite("Directories that are no log of ours to write", .timeLimit(.minutes(60)))
struct RefusedLogTests {
  static let questions = [
    ["stock"], ["show", "a"], ["events"], ["info"], ["snapshot", "rebuild"], ["repair", "--dry-run"],
  ]
  static let writes = [["receive", "tea=1"], ["append"], ["repair", "--truncate-torn-tail"]]

  @Test("what is no log is refused with 65, what to do about it, and left as it is")
  func noLog() throws {
    let tally = Tool()
    _ = try tally.file("file", "tea\n")
    #expect(tally.shell("mkdir empty full; echo x > full/notes").status == 0)
    for place in ["nowhere", "file", "empty", "full", "file/x"] {
      let path = tally.directory.path + "/" + place
      for arguments in Self.questions + Self.writes {
        let result = tally.run(arguments + ["--log", path])
        #expect(result.status == 65 && result.says(path, "no log"), "\(place) \(arguments): \(result)")
      }
      let audit = tally.end([Tool.verify, path])
      #expect(audit.status == 65 && audit.says(path, "no log"))
    }
    #expect(tally.shell("cd full; ls -A ../empty; ls -A").output == "notes\n")
    #expect(tally.end(["env", "-u", "TALLY_LOG", Tool.tally, "stock"]).says("--log DIR", "TALLY_LOG"))
    #expect(tally.end(["env", "-u", "TALLY_LOG", Tool.tally, "stock"]).status == 64)
  }

  @Test("init refuses a directory that is not empty, and finishes one that was cut short")
  func initialising() {
    let tally = Tool.onNewLog()
    let again = tally("init")
    #expect(again.status == 64 && again.says(tally.log, "not empty"))
    #expect(tally.shell("mkdir full; echo x > full/notes; $tally init --log full").status == 64)
    #expect(tally.shell("mkdir e; $tally init --log e && $tally stock --log e").status == 0)
    #expect(tally.shell("mkdir -p cut/segments; echo x > cut/next-segment; $tally init --log cut").status == 0)
    #expect(tally.shell("$tally init --log a/b").status == 74)
    let json = tally.shell("$tally init --log j --json").object
    #expect(json["last_seq"] as? Int == 0 && (json["log"] as? String)?.count == 32)
  }

  @Test("of many that init one directory at once, one does")
  func initialisingTogether() {
    let tally = Tool()
    let result = tally.shell(
      "for n in 1 2 3 4 5 6 7 8; do ($tally init --log one >/dev/null 2>&1; echo $?) & done; wait")
    #expect(result.lines.sorted() == ["0"] + [String](repeating: "64", count: 7))
    #expect(tally.shell("$tally receive tea=1 --log one && ls one").lines.contains("segments"))
  }

  @Test("a log in use names the process that has it; questions are answered meanwhile")
  func inUse() throws {
    let tally = Tool.onNewLog()
    let writer = try tally.start("append")
    writer.send(Lines.receive(1))
    _ = writer.nextLine()
    for arguments in [["receive", "tea=1"], ["append"], ["repair", "--truncate-torn-tail"]] {
      let second = tally.run(arguments + ["--wait", "50ms"])
      #expect(second.status == 75 && second.says(tally.log, "in use", "process \(writer.id)", "--wait"))
    }
    #expect(tally.onHand("tea") == 1)
    #expect(tally.verdict() == "proven")
    // One that waits gets it.
    let patient = try tally.start("receive", "tea=1", "--wait", "2m")
    #expect(writer.finish().status == 0)
    #expect(patient.finish().status == 0)
    #expect(tally.onHand("tea") == 2)
  }

  @Test("a newer format version is refused by its number, by every command, and not as damage to be repaired")
  func newerVersion() throws {
    let tally = Tool.onNewLog()
    tally("receive", "tea=1")
    var bytes = try tally.bytes(of: tally.firstSegment)
    bytes[16] = 2
    _ = try tally.file("newer", bytes)
    #expect(tally.shell("cp newer '\(tally.firstSegment)'").status == 0)
    for arguments in Self.questions + Self.writes {
      let result = tally.run(arguments)
      #expect(result.status == 65 && result.says("format version 2"), "\(arguments): \(result)")
    }
    let audit = tally.end([Tool.verify, tally.log])
    #expect(audit.status == 65 && audit.errors.contains("format version 2"))
    #expect(try tally.bytes(of: tally.firstSegment) == bytes)
  }

  @Test("damage in the middle is refused with file, offset and event, and nothing is cut")
  func damage() throws {
    let tally = Tool.onNewLog()
    for number in 1...5 { tally("receive", "tea=\(number)") }
    var bytes = try tally.bytes(of: tally.firstSegment)
    bytes[220] ^= 1
    _ = try tally.file("spoilt", bytes)
    #expect(tally.shell("cp spoilt '\(tally.firstSegment)'").status == 0)
    for arguments in [["stock"], ["receive", "tea=1"], ["repair", "--truncate-torn-tail"], ["append"]] {
      let result = tally.run(arguments)
      #expect(result.status == 65, "\(arguments): \(result)")
      #expect(result.says("damaged", "00000000000000000001.lz4 at byte", "event", "tally-verify"), "\(result)")
    }
    let audit = tally.end([Tool.verify, tally.log, "--json"])
    #expect(audit.status == 65 && audit.object["verdict"] as? String == "damaged")
    #expect(try tally.bytes(of: tally.firstSegment) == bytes)
  }

  @Test("an older copy put back in place is recognised by its floor")
  func olderCopy() {
    let tally = Tool.onNewLog()
    tally("receive", "tea=1")
    #expect(tally.shell("cp -r shop.tally/segments old").status == 0)
    tally("receive", "tea=1")
    #expect(tally.shell("rm -r shop.tally/segments; mv old shop.tally/segments").status == 0)
    let result = tally("receive", "tea=1")
    #expect(result.status == 65 && result.says("event 3 was acknowledged", "ends at event 2"))
  }

  @Test("a directory copied while it is written is a log to some event, or is refused; it is never wrong")
  func copiedWhileWritten() throws {
    let tally = Tool.onNewLog("--segment-size", "64KiB", "--snapshot-every", "2000")
    let writer = try tally.start("append")
    writer.send(Lines.receive(1_000_000))
    _ = writer.nextLine()
    var orders = 0
    for copy in 1...8 {
      writer.send(
        (1...1000).map { Lines.reserve("order-\(orders + $0)-\(UInt64($0) &* 0x9E37_79B9_7F4A_7C15)") }.joined())
      orders += 1000
      writer.waitForLines(orders - 900)
      #expect(tally.shell("cp -r shop.tally copy-\(copy) 2>/dev/null; exit 0").status == 0)
    }
    #expect(writer.finish().status == 0)
    #expect(tally.verdict() == "proven")
    let original = tally("events", "--json").output
    for copy in 1...8 {
      let path = tally.directory.path + "/copy-\(copy)"
      let opened = tally("receive", "cup=1", "--log", path, "--json")
      let audit = tally.end([Tool.verify, path, "--json"])
      if opened.status == 0 {
        #expect(audit.object["verdict"] as? String == "proven", "\(audit)")
        let last = (opened.object["seq"] as? Int ?? 0) - 2
        let events = tally("events", "--json", "--to", "\(last)", "--log", path).output
        #expect(original.hasPrefix(events))
      } else {
        #expect(opened.status == 65 && opened.says(path), "\(opened)")
      }
    }
  }

  @Test("a clock that went backwards stops nothing: the log's time stands still until it is right again")
  func clockBackwards() {
    let tally = Tool.onNewLog()
    let ahead = Int(Date().timeIntervalSince1970 * 1000) + 50_000
    let dated = #"{"op":"receive","lines":[{"sku":"tea","qty":5}],"time_ms":\#(ahead)}"#
    #expect(tally("append", input: dated).status == 0)
    #expect(tally("reserve", "a", "tea=1", "--ttl", "1h").status == 0)
    let events = tally("events", "--json").objects
    #expect(events.last?["time_ms"] as? Int == ahead && events.last?["expires_ms"] as? Int == ahead + 3_600_000)
    // What is dated, and dated wrong, says so.
    for time in [ahead - 1, ahead + 100_000] {
      let wrong = #"{"op":"receive","lines":[{"sku":"tea","qty":5}],"time_ms":\#(time)}"#
      #expect(tally("append", input: wrong).object["reason"] as? String == "time")
    }
    #expect(tally.verdict() == "proven")
  }
}
