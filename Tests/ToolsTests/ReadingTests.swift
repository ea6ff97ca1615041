import Foundation
import TallyTestSupport
import Testing

@Suite("tally's questions and upkeep", .timeLimit(.minutes(60)))
struct ReadingTests {
  func sale() -> Tool {
    let tally = Tool.onNewLog()
    tally("receive", "tea=10", "cup@berlin=5")
    tally("reserve", "a", "tea=2", "--ttl", "1h")
    tally("commit", "a", "--key", "k")
    return tally
  }

  @Test("a stranger who adds up the exported changes gets the stock")
  func foldsExport() {
    let tally = sale()
    tally("adjust", "tea", "--to", "4", "--reason", "count")
    tally("transfer", "tea=1", "--from", "main", "--to", "berlin")
    tally("return", "cup@berlin=2")
    for arguments in [["events", "--json"], ["export", "--format", "jsonl"]] {
      var onHand: [String: Int] = [:]
      for event in tally.run(arguments).objects {
        for line in event["lines"] as? [[String: Any]] ?? [] {
          guard let sku = line["sku"] as? String, let location = line["location"] as? String,
            let change = line["on_hand"] as? Int
          else { continue }
          onHand["\(sku)@\(location)", default: 0] += change
        }
      }
      #expect(onHand == ["tea@main": 3, "tea@berlin": 1, "cup@berlin": 7])
    }
    #expect(tally.onHand("tea@berlin") == 1)
  }

  @Test("events come in the contract's form")
  func events() {
    let tally = sale()
    let events = tally("events", "--json").objects
    #expect(
      events.map { $0["type"] as? String } == [
        "item-registered", "item-registered", "received", "reserved", "committed",
      ])
    #expect(events.map { $0["seq"] as? Int } == [1, 2, 3, 4, 5])
    #expect(events.allSatisfy { $0["time_ms"] is Int })
    #expect(events[3]["id"] as? String == "a")
    let due = (events[3]["expires_ms"] as? Int ?? 0) - (events[3]["time_ms"] as? Int ?? 0)
    #expect(due == 3_600_000)
    #expect(tally("events").lines.count == 5)
    #expect(tally("export", "--format", "cloudevents").objects.allSatisfy { $0["specversion"] as? String == "1.0" })
    #expect(tally("export", "--format", "csv").lines.count > 5)
  }

  @Test("events are filtered by range, item and id")
  func filters() {
    let tally = sale()
    #expect(tally("events", "--json").objects.count == 5)
    #expect(tally("events", "--from", "2", "--to", "4", "--json").objects.count == 3)
    #expect(tally("events", "--sku", "cup", "--json").objects.count == 2)
    let types = tally("events", "--id", "a", "--json").objects.compactMap { $0["type"] as? String }
    #expect(types == ["reserved", "committed"])
    #expect(tally("events", "--id", "k", "--json").object["type"] as? String == "committed")
  }

  @Test(
    "--follow shows what another process appends, and ends well on Ctrl-C and SIGTERM", arguments: [SIGINT, SIGTERM])
  func follows(signal: Int32) throws {
    let tally = sale()
    let follower = try tally.start("events", "--follow", "--json", "--from", "5")
    #expect(follower.nextLine()?.contains(#""seq":5"#) == true)
    tally("receive", "tea=1")
    #expect(follower.nextLine()?.contains(#""seq":6"#) == true)
    follower.kill(signal)
    let end = follower.finish()
    #expect(end.status == 0 && end.errors.isEmpty)
  }

  @Test("a reader that has seen enough ends events without a word, and does not change a verdict")
  func closedPipe() throws {
    let tally = sale()
    tally("append", input: (1...5000).map { Lines.receive(1, key: "\($0)") }.joined())
    for command in ["$tally events --json", "$tally export --format csv", "$tally stock", "$verify $TALLY_LOG --json"] {
      let result = tally.shell("\(command) | head -c 1 >/dev/null; exit ${PIPESTATUS[0]}")
      #expect(result.status == 0 && result.errors.isEmpty, "\(command)")
    }
  }

  @Test("an item is shown once, however often and by whatever name it is asked for")
  func stockOnce() {
    let tally = Tool.onNewLog()
    tally("receive", "tea=1", "tea@berlin=2")
    for arguments in [["tea", "tea"], ["tea@berlin", "tea"], ["tea", "tea@main"]] {
      #expect(tally.run(["stock", "--json"] + arguments).objects.count == 2)
    }
  }

  @Test("there is no snapshot of a moment within the log's first step, and the reason is said")
  func snapshotWithinFirstStep() {
    let tally = Tool.onNewLog()
    #expect(tally("snapshot", "rebuild", "--at", "1").says("the log ends at event 0"))
    tally("receive", "tea=1", "cup=1")
    let result = tally("snapshot", "rebuild", "--at", "1")
    #expect(result.status == 64 && result.says("event 1 is within the log's first step"), "\(result)")
  }

  @Test("what a terminal would obey is spelt out in messages")
  func controlCharacters() {
    let tally = Tool()
    for result in [
      tally("stock", "--log", "\u{1B}[31mlog"), tally("\u{1B}[31mstock"), tally("stock", "--at", "\u{9B}1m"),
    ] {
      #expect(result.status != 0 && !result.errors.utf8.contains(0x1B) && result.errors.contains("\\u{"), "\(result)")
    }
  }

  @Test("stock at a time is the stock after the last event not later")
  func stockAtTime() {
    let tally = Tool.onNewLog()
    for (time, quantity) in [(1_000_000_000_123, 1), (1_000_000_000_124, 2)] {
      tally("append", input: #"{"op":"receive","lines":[{"sku":"t","qty":\#(quantity)}],"time_ms":\#(time)}"#)
    }
    func at(_ moment: String) -> Int? { tally("stock", "t", "--json", "--at", moment).object["on_hand"] as? Int }
    #expect(tally("stock", "t", "--at", "2001-09-09T01:46:40.122Z").status == 1)
    #expect(at("2001-09-09T01:46:40.123Z") == 1)
    #expect(at("2001-09-09T03:46:40.123+02:00") == 1)
    #expect(at("2001-09-09T01:46:40.124Z") == 3)
    #expect(at("2") == 1 && at("3") == 3)
    #expect(tally("stock", "--json", "--at", "0").output.isEmpty)
    #expect(tally("events").output.contains("2001-09-09T01:46:40.123Z"))
  }

  @Test("info names the log's vital figures, and the auditor finds the same")
  func info() {
    let tally = sale()
    let info = tally("info", "--json").object
    for key in [
      "log", "last_seq", "head_hash", "state_digest", "first_seq", "last_time_ms", "epoch", "segments", "snapshots",
      "items", "open_reservations", "bytes", "torn_bytes", "format_version", "segment_size", "snapshot_every",
    ] {
      #expect(info[key] != nil, "\(key)")
    }
    let audit = tally.end([Tool.verify, tally.log, "--json"]).object
    for key in ["log", "last_seq", "head_hash", "state_digest"] {
      #expect(info[key] as? String == audit[key] as? String && info[key] as? Int == audit[key] as? Int, "\(key)")
    }
    for key in [
      "verdict", "log", "first_seq", "last_seq", "events", "frames", "reservations", "items", "min_available",
      "head_hash", "state_digest", "violations", "seconds",
    ] {
      #expect(audit[key] != nil, "\(key)")
    }
    #expect(info["last_seq"] as? Int == 5)
    #expect(tally("info").output.contains("head hash"))
  }

  @Test("snapshots are rebuilt, listed and checked; a spoilt one is found out and answers stay right")
  func snapshots() throws {
    let tally = sale()
    let made = tally("snapshot", "rebuild", "--json").object
    #expect(made["seq"] as? Int == 5)
    #expect(tally("snapshot", "rebuild", "--at", "3").status == 0)
    #expect(tally("snapshot", "list", "--json").objects.count == 2)
    #expect(tally("snapshot", "list").lines.count == 3)
    #expect(tally("snapshot", "check").status == 0)
    let path = try #require(made["path"] as? String)
    var bytes = try tally.bytes(of: path)
    bytes[bytes.count / 2] ^= 1
    _ = try tally.file("spoilt", bytes)
    #expect(tally.shell("cp spoilt '\(path)'").status == 0)
    let check = tally("snapshot", "check", "--json")
    #expect(check.status == 1 && check.says(path) && check.objects.count(where: { $0["ok"] as? Bool == false }) == 1)
    #expect(tally.onHand("tea") == 8)
    #expect(tally.end([Tool.verify, tally.log, "--snapshots"]).status != 0)
    #expect(tally("receive", "tea=1").errors.contains("warning: the snapshot"))
    #expect(tally.onHand("tea") == 9)
  }

  @Test("snapshots made by several processes at once do not spoil each other")
  func snapshotsTogether() {
    let tally = Tool.onNewLog("--snapshot-every", "200")
    let input = Lines.receive(2000) + (1...2000).map { Lines.reserve("o-\($0)") }.joined()
    let result = tally.shell(
      """
      cat > orders.jsonl <<'END'
      \(input)END
      split -l 250 orders.jsonl part-
      $tally append part-aa >>answers || exit
      for n in 1 2 3; do
        (for i in 1 2 3 4 5 6 7 8; do $tally snapshot rebuild >/dev/null 2>>errors; echo $? >>codes; done) &
      done
      for part in part-*; do $tally append $part >>answers || exit; done
      wait
      sort -u codes | grep -v -e '^0$' -e '^75$' && cat errors
      exit 0
      """)
    #expect(result.status == 0 && result.output.isEmpty, "\(result)")
    #expect(tally("snapshot", "check").status == 0)
    #expect(tally.end([Tool.verify, tally.log, "--snapshots"]).status == 0)
    #expect(tally.shell("find shop.tally -name 'next-*'").output.isEmpty)
  }

  @Test("a torn tail is shown, cut, and gone")
  func repairs() throws {
    let tally = sale()
    let info = tally("info", "--json").object
    let segment = try #require((info["segments"] as? [[String: Any]])?.first)
    let offset = try #require(segment["used_bytes"] as? Int)
    #expect(
      tally.shell("printf UUUUUUUUUU | dd of='\(tally.firstSegment)' bs=1 seek=\(offset) conv=notrunc").status == 0)
    let seen = tally("repair", "--dry-run", "--json").object
    #expect(seen["torn_bytes"] as? Int == 10 && seen["truncated"] as? Bool == false)
    #expect(tally.end([Tool.verify, tally.log, "--json"]).object["torn_bytes"] as? Int == 10)
    #expect(tally("repair", "--truncate-torn-tail", "--json").object["truncated"] as? Bool == true)
    #expect(tally("repair", "--dry-run", "--json").object["torn_bytes"] as? Int == 0)
    #expect(tally("repair", "--truncate-torn-tail").status == 0)
    #expect(tally.onHand("tea") == 8)
  }

  @Test("a backup is a log with the same head; half of one is no log")
  func backup() throws {
    let tally = sale()
    let copy = tally.directory.path + "/copy.tally"
    #expect(tally("backup", copy, "--json").object["last_seq"] as? Int == 5)
    let here = tally("info", "--json").object
    let there = tally("info", "--json", "--log", copy).object
    #expect(here["head_hash"] as? String == there["head_hash"] as? String)
    #expect(here["state_digest"] as? String == there["state_digest"] as? String)
    #expect(tally("backup", copy).status == 64)
    // Damage in the middle ends the copying.
    var bytes = try tally.bytes(of: tally.firstSegment)
    bytes[200] ^= 1
    _ = try tally.file("spoilt", bytes)
    #expect(tally.shell("cp spoilt '\(tally.firstSegment)'").status == 0)
    #expect(tally("backup", tally.directory.path + "/half.tally").status == 65)
    let half = tally("stock", "--log", tally.directory.path + "/half.tally")
    #expect(half.status == 65 && half.says("is no log"))
  }

  @Test("an export to a file appears only when it is whole, and replaces nothing unasked")
  func exports() {
    let tally = sale()
    for format in ["jsonl", "csv", "cloudevents", "sqlite"] {
      let file = tally.directory.path + "/x.\(format)"
      #expect(tally("export", "--format", format, file, "--json").object["last_seq"] as? Int == 5)
      let again = tally("export", "--format", format, file)
      #expect(again.status == 64 && again.says(file))
      #expect(tally("export", "--format", format, file, "--force").status == 0)
    }
    #expect(tally.shell("ls | grep partial").output.isEmpty)
    #expect(tally("export", "--format", "csv", "/nowhere/x.csv").status == 74)
  }
}
