import Foundation
import TallyTestSupport
import Testing

@Suite("Processes that are told to stop, and that are killed", .timeLimit(.minutes(60)))
struct InterruptTests {
  @Test(
    "an interrupt while append waits keeps what was answered, says how far it came, and a second run continues",
    arguments: [SIGINT, SIGTERM])
  func waiting(signal: Int32) throws {
    let tally = Tool.onNewLog()
    let running = try tally.start("append")
    running.send(Lines.receive(3, key: "po"))
    _ = running.nextLine()
    running.kill(signal)
    let end = running.finish()
    #expect(end.status == 128 + signal)
    #expect(end.says("stopped after line 1", "last event 2", "Run it again"), "\(end.errors)")
    #expect(tally("append", input: Lines.receive(3, key: "po")).lines == [#"{"line":1,"status":"repeated","seq":2}"#])
  }

  @Test(
    "an interrupt in the middle of a load stops it at a line it names; the same command finishes it",
    arguments: [SIGINT, SIGTERM])
  func loading(signal: Int32) throws {
    let tally = Tool.onNewLog("--segment-size", "64KiB", "--snapshot-every", "1000")
    var load = Load(4000, seed: 3)
    let running = try tally.start("append")
    // Through a pipe it comes in many frames.
    running.send(load.text)
    running.waitForLines(1)
    running.kill(signal)
    let end = running.finish()
    load.note(end)
    #expect(end.status == 128 + signal && end.lines.count < load.count)
    #expect(end.says("stopped after line \(end.lines.count)", "last event"), "\(end.errors)")
    #expect(tally.verdict() == "proven")
    load.complete(on: tally)
  }

  @Test("an interrupted import says how far it came, and the same command finishes it")
  func importing() throws {
    let tally = Tool.onNewLog()
    let map = try tally.file("map.json", ImportCommandTests.map)
    var rows = "D0,tea,10000,2026-01-01 10:00,\n"
    for number in 1...10_000 { rows += "\(number),tea,1,2026-01-02 10:00,\n" }
    let file = try tally.file("shop.csv", ImportCommandTests.csv(rows))
    let running = try tally.start("import", file, "--map", map, "--json")
    // It has begun when the segment is no longer as it was made.
    let made = try tally.bytes(of: tally.firstSegment).prefix(65_536)
    while try tally.bytes(of: tally.firstSegment).prefix(65_536) == made { sched_yield() }
    running.kill(SIGINT)
    let end = running.finish()
    #expect(end.status == 130 && end.says("stopped after line", "run it again"), "\(end)")
    let rest = tally("import", file, "--map", map, "--json")
    #expect(rest.status == 0 && rest.object["rows"] as? Int == 10_001, "\(rest)")
    #expect(tally.onHand("tea") == 0 && tally.verdict() == "proven")
  }

  @Test("a second signal after a while ends a command that its reader keeps from stopping")
  func secondSignal() throws {
    let tally = Tool.onNewLog()
    var load = Load(4000, seed: 5)
    // Nobody reads its answers, and those to what is in the log by now are more than its output holds.
    let running = try tally.start("append", try tally.file("load.jsonl", load.text))
    running.narrowOutput()
    while tally.lastSequence ?? 0 < 400 { sched_yield() }
    running.kill(SIGINT)
    // Within half a second a second one counts as the first.
    running.kill(SIGTERM)
    #expect(!running.ends(within: 0.6), "it ended although its answers were not read")
    running.kill(SIGTERM)
    #expect(running.ends(within: RunningProgram.patience))
    let end = running.finish()
    #expect(end.status == 128 + SIGTERM && end.errors.isEmpty, "\(end.errors)")
    load.note(end)
    load.complete(on: tally)
  }

  /// How many kills: `TALLY_KILLS=500 swift test --filter InterruptTests.killed`.
  static let kills = getenv("TALLY_KILLS").flatMap { Int(String(cString: $0)) } ?? 30

  @Test("a load killed at random moments, again and again, loses nothing that it acknowledged")
  func killed() throws {
    let seed = Seeds.few(1)[0]
    var random = SplitMix64(seed: seed)
    var kills = 0
    while kills < Self.kills {
      let tally = Tool.onNewLog("--segment-size", "64KiB", "--snapshot-every", "400")
      var load = Load(3000, seed: seed &+ UInt64(kills))
      for _ in 0..<10 where kills < Self.kills && load.acknowledged.count < load.count {
        kills += 1
        let first = load.resume
        let running = try tally.start("append")
        running.send(load.text(from: first))
        running.waitForLines(min(load.count - first, Int(random.next() % 600)))
        if random.next() % 2 == 0 { usleep(UInt32(random.next() % 20_000)) }
        running.kill(SIGKILL)
        load.note(running.finish(), from: first)
        if kills % 5 == 0 {
          #expect(tally.verdict() == "proven", "kill \(kills), \(Seeds.replay(seed, of: "InterruptTests.killed"))")
        }
      }
      load.complete(on: tally)
    }
  }

  @Test("snapshot rebuild, backup, export and init, killed at random moments, harm nothing and work the next time")
  func upkeepKilled() throws {
    let seed = Seeds.few(1)[0]
    var random = SplitMix64(seed: seed)
    let tally = Tool.onNewLog()
    var load = Load(3000, seed: seed)
    load.complete(on: tally)
    let head = tally("info", "--json").object["head_hash"] as? String
    for (number, arguments) in [
      ["snapshot", "rebuild"], ["backup", "copy"], ["export", "--format", "csv", "x.csv", "--force"],
      ["export", "--format", "sqlite", "x.db", "--force"], ["init", "--log", "new"],
    ].enumerated() {
      for attempt in 0..<4 {
        let arguments = arguments.map {
          ["copy", "new"].contains($0) ? "\(tally.directory.path)/\($0)-\(attempt)" : $0
        }
        .map { $0.hasPrefix("x.") ? "\(tally.directory.path)/\($0)" : $0 }
        let running = try #require(RunningProgram([Tool.tally] + arguments, environment: ["TALLY_LOG": tally.log]))
        usleep(UInt32(random.next() % 10_000))
        running.kill(SIGKILL)
        let killed = running.finish().status != 0
        if number == 1 || number == 4 {
          let path = arguments.last ?? ""
          let opened = tally("info", "--json", "--log", path)
          // Whole, or no log at all.
          if number == 1, opened.status == 0 { #expect(opened.object["head_hash"] as? String == head) }
          #expect(opened.status == 0 || killed && opened.status == 65, "\(opened)")
          if number == 4, opened.status != 0 { #expect(tally("init", "--log", path).status == 0) }
        } else {
          let again = tally.run(arguments)
          #expect(again.status == 0, "\(again)")
        }
      }
    }
    #expect(tally("snapshot", "check").status == 0)
    #expect(tally.verdict() == "proven")
    #expect(tally("info", "--json").object["head_hash"] as? String == head)
  }
}
