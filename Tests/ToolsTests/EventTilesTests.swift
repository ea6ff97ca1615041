import TallyTestSupport
import Tallystick
import Testing

@Suite("tally tiles, of the tree over events", .timeLimit(.minutes(60)))
struct EventTilesTests {
  private static let monitor = StrangerTests.script.replacing("verify.py", with: "monitor.py")
  private let tally = Tool()

  private func path(_ name: String) -> String { tally.directory.path + "/" + name }

  private func run(_ script: String) {
    let ended = tally.shell(script)
    #expect(ended.status == 0, "\(script): \(ended.output)\(ended.errors)")
  }

  private func monitor(_ arguments: String...) -> RunningProgram.Ended {
    tally.end(["python3", "-B", Self.monitor] + arguments)
  }

  /// Folders that have become empty do not count.
  private func sums(_ folder: String) -> String { "cd \(folder) && find . -type f -exec sha256sum {} + | sort -k 2" }

  /// Each order in a frame of its own.
  private func sell(_ orders: Range<Int>) throws {
    var options = LogOptions()
    options.isDurable = false
    if orders.lowerBound == 0 {
      let id = try #require(LogID(bytes: [UInt8](repeating: 7, count: 16)))
      try TallyLog.create(tally.log, settings: LogSettings(), log: id, options: options)
    }
    let log = try TallyLog(tally.log, options: options)
    if orders.lowerBound == 0 { _ = log.append(Command(.receive([Line(sku: "oolong", 1_000)]))) }
    for order in orders { _ = log.append(Command(.reserve(id: Name("order-\(order)"), [Line(sku: "oolong", 1)]))) }
    log.close()
  }

  @Test("they are a tree of their own, with a checkpoint of the same key, and without anybody's names")
  func publishes() throws {
    try sell(0..<3)
    run(
      "$tally key generate --origin shop.example/log --out key && $tally checkpoint --key key > plain && $tally tiles public"
    )
    #expect(tally.shell("ls public/events").status != 0)
    run("$tally checkpoint --key key --events > first && $tally tiles public && cmp first public/checkpoint")
    let files = tally.shell("cd public && find . -type f | sort").lines
    let size = try #require(tally.shell("sed -n 2p first").lines.first)
    #expect(
      files == [
        "./checkpoint", "./events/checkpoint", "./events/tile/0/000.p/\(size)", "./events/tile/entries/000.p/\(size)",
        "./tile/0/000.p/\(size)", "./tile/entries/000.p/\(size)", "./tree-lock", "./tree-state",
      ])
    #expect(tally.shell("grep -r oolong public").status == 1)
    let lines = tally.shell("cat public/events/checkpoint").lines
    let root = tally.shell("grep ^events first").lines.first?.split(separator: " ").last.map { String($0) }
    #expect(lines[0] == "shop.example/log/events" && lines[1] == size && lines[2] == root)
    #expect(lines[3].hasPrefix("tallystick-events ") && lines.last?.hasPrefix("— shop.example/log/events ") == true)
    // The log's own key has not signed it, and nobody takes it for a checkpoint of the log.
    let key = try #require(tally("key", "events", path("key.pub")).lines.first)
    #expect(key.hasPrefix("shop.example/log/events+"))
    let taken = tally.end([Tool.verify, tally.log, "--from-checkpoint", path("public/events/checkpoint")])
    #expect(taken.status == 65 && taken.errors.contains("another tree"))
    // A witness that knows nothing of this program's trees cosigns it as any log.
    run("$tally key generate --witness --origin witness.example/w --out w")
    let cosigned = tally(
      "witness", "--key", path("w"), "--state", path("w.state"), "--log-key", key, "--once", path("public/events"))
    #expect(cosigned.status == 0, "\(cosigned.errors)")
    #expect(tally("key", "events", path("w.pub")).status == 65 && tally("key", "events", "nonsense").status == 65)
  }

  @Test("they are added to, over full tiles, and come to the same as published at once; an older checkpoint is refused")
  func grows() throws {
    try sell(0..<100)
    run("$tally key generate --origin shop.example/log --out key && $tally checkpoint --key key --events > first")
    run("$tally tiles public && cp -r public early")
    try sell(100..<300)
    run("$tally tiles public --key key && test -f public/events/tile/0/000 && test ! -e public/events/tile/0/000.p/*")
    run("touch -d 2001-01-01 public/events/tile/0/000 public/events/tile/entries/000")
    try sell(300..<520)
    run("$tally tiles public --key key && $tally tiles fresh && diff <(\(sums("public"))) <(\(sums("fresh")))")
    #expect(tally.shell("find public/events -newermt 2002-01-01 -name 000").lines.isEmpty)
    // Once more changes nothing.
    run("$tally tiles public && diff <(\(sums("public"))) <(\(sums("fresh")))")
    // What is published was not of this log, or is ahead of it.
    run("cp -r fresh ahead && cp -r early/checkpoint shop.tally/tree/checkpoint")
    #expect(tally("tiles", path("ahead")).status == 1)
    run(
      "$tally checkpoint --key key > again && cp -r fresh forged && sed -i '3s/^A/B/;t;3s/^./A/' forged/events/checkpoint"
    )
    let refused = tally("tiles", path("forged"))
    #expect(refused.status == 1 && refused.errors.contains("leaves are others"), "\(refused.errors)")
    run("rm shop.tally/tree/events/checkpoint")
    #expect(tally("tiles", path("public")).errors.contains("tally checkpoint --key"))
  }

  @Test("who alters the log's own tree over events gets no checkpoint that says otherwise than the last one")
  func forgedTree() throws {
    try sell(0..<20)
    run("$tally key generate --origin shop.example/log --out key && $tally checkpoint --key key --events > first")
    run("printf x | dd of=$(echo shop.tally/tree/events/tile/0/000.p/*) bs=1 seek=70 conv=notrunc status=none")
    try sell(20..<30)
    let refused = tally("checkpoint", "--key", path("key"))
    #expect(refused.status == 65 && refused.says("the log is not", "events/tile", "The tree is derived"))
    // Made anew from the log, it is what it was.
    run("$tally checkpoint --key key --events > second")
    #expect(tally.end([Tool.verify, tally.log, "--from-checkpoint", path("second")]).status == 0)
  }

  @Test(
    "a monitor makes an event's proof from the tiles and a copy of the segments, and carries an old one on from the tiles alone",
    .enabled(if: StrangerTests.canRun, "python3 or liblz4 is missing"))
  func monitors() throws {
    try sell(0..<290)
    run("$tally key generate --origin shop.example/log --out key && $tally checkpoint --key key --events > first")
    run("$tally prove order-7 --out old && $tally tiles public")
    try sell(290..<600)
    run("$tally tiles public --key key && mkdir copy && cp -r shop.tally/segments copy/")
    run("mv shop.tally away")
    let key = try String(decoding: tally.bytes(of: path("key.pub")), as: UTF8.self)
    let every = monitor("leaves", path("copy"), path("public"), key)
    #expect(every.status == 0, "\(every.errors)")
    #expect(every.lines.contains("kinds=1,2,3") && every.lines.contains("leaves=602"))
    let made = monitor("prove", path("copy"), path("public"), "3", "10", "259", "602")
    let renewed = monitor("renew", path("public"), path("old"))
    #expect(made.status == 0 && renewed.status == 0, "\(made.errors)\(renewed.errors)")
    #expect(made.lines.count == 4)
    let proofs = made.lines + renewed.lines
    #expect(try ProofStranger.judge(proofs, of: tally, key: path("key.pub")) == 5)
    let found = tally.check(proof: try tally.file("proof", renewed.output), key: path("key.pub"))
    #expect(found.object["id"] as? String == "order-7" && found.object["frames"] as? Int ?? 0 > 600)
    // Of tiles that were altered no proof comes that holds.
    for tile in ["public/events/tile/0/000", "public/events/tile/1/000.p/2"] {
      run(
        "cp -r public kept && for at in $(seq 8 32 $(stat -c %s \(tile))); do printf x | dd of=\(tile) bs=1 seek=$at conv=notrunc status=none; done"
      )
      let forged = monitor("renew", path("public"), path("old"))
      #expect(try ProofStranger.judge(forged.lines, of: tally, key: path("key.pub")) == 0)
      #expect(monitor("leaves", path("copy"), path("public"), key).status == 1)
      run("rm -r public && mv kept public")
    }
  }

  @Test(
    "every kind of event has a leaf of its own, which a stranger makes from the document, and a proof that holds",
    .enabled(if: StrangerTests.canRun, "python3 or liblz4 is missing"))
  func everyKind() throws {
    try EveryKind.make(tally.log)
    run("$tally key generate --origin shop.example/log --out key && $tally checkpoint --key key --events > first")
    run("$tally tiles public")
    let key = try String(decoding: tally.bytes(of: path("key.pub")), as: UTF8.self)
    let every = monitor("leaves", tally.log, path("public"), key)
    let kinds = EventKind.allCases.map { "\($0.rawValue)" }.joined(separator: ",")
    #expect(every.status == 0 && every.lines.first == "kinds=\(kinds)", "\(every.output)\(every.errors)")
    let reader = try LogReader(tally.log)
    var firsts = [(sequence: UInt64, kind: EventKind)]()
    try reader.events(EventFilter()) { event in
      if !firsts.contains(where: { $0.kind == event.kind }) { firsts.append((event.sequence, event.kind)) }
      return true
    }
    #expect(Set(firsts.map(\.kind)) == Set(EventKind.allCases))
    // The stranger's proofs, and ours, say the same, and hold for both.
    let made = tally.end(
      ["python3", "-B", Self.monitor, "prove", tally.log, path("public")] + firsts.map { "\($0.sequence)" })
    #expect(made.status == 0, "\(made.errors)")
    #expect(try ProofStranger.judge(made.lines, of: tally, key: path("key.pub")) == firsts.count)
    for (first, theirs) in zip(firsts, made.lines) {
      let ours = tally("prove", "--event", "\(first.sequence)").object
      for name in ["event", "frame", "index", "count", "inner", "outer", "checkpoint"] {
        #expect("\(ours[name] ?? "none")" == "\(JSON.object(theirs)?[name] ?? "?")", "\(name) of \(first.kind)")
      }
      #expect((ours["event"] as? String)?.contains(" \(first.kind.name)\n") == true)
    }
  }
}
