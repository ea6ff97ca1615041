import TallyTestSupport
import Tallystick
import Testing

@Suite("tally-verify --from-checkpoint --tiles: the first frame that differs", .timeLimit(.minutes(60)))
struct FirstDifferenceTests {
  private static let id = LogID(bytes: [UInt8](repeating: 0x5A, count: 16))
  private let tally = Tool()

  private func path(_ name: String) -> String { tally.directory.path + "/" + name }

  private func make(_ name: String) throws {
    var options = LogOptions()
    options.isDurable = false
    try TallyLog.create(path(name), settings: LogSettings(), log: try #require(Self.id), options: options)
  }

  /// Each order in a frame of its own.
  private func sell(_ name: String, _ orders: Range<Int>, of buyer: String) throws {
    var options = LogOptions()
    options.isDurable = false
    let log = try TallyLog(path(name), options: options)
    if orders.lowerBound == 0 { _ = log.append(Command(.receive([Line(sku: "tea", 1_000)]), time: 1_000)) }
    for order in orders { _ = log.append(Command(.reserve(id: Name("\(buyer)-\(order)"), [Line(sku: "tea", 1)]))) }
    log.close()
  }

  private func hashes(_ name: String) throws -> [(hash: Digest, firstSequence: UInt64)] {
    let source = try LocalFrameSource(LogDirectory(path(name)), files: LocalFileSystem())
    let reader = try source.frames(from: .beginning, showsUnsynced: false)
    var found = [(hash: Digest, firstSequence: UInt64)]()
    while case .frame(let frame, _) = try reader.next() { found.append((frame.hash, frame.firstSequence)) }
    return found
  }

  /// 700 orders, with copies of the log from before some of them; a checkpoint of it all, and its tiles.
  private func shop(copiesAt moments: [Int]) throws {
    try make("honest.tally")
    var sold = 0
    for moment in moments + [700] {
      if moment > sold { try sell("honest.tally", sold..<moment, of: "honest") }
      sold = moment
      if moment < 700 { #expect(tally.shell("cp -r honest.tally copy-\(moment).tally").status == 0) }
    }
    let made = tally.shell(
      """
      $tally key generate --origin shop.example/log --out key && \
      $tally checkpoint --key key --log honest.tally > kept.checkpoint && $tally tiles mirror --log honest.tally
      """)
    #expect(made.status == 0, "\(made.errors)")
  }

  private func verify(_ name: String, tiles: String = "mirror") -> RunningProgram.Ended {
    tally.end([
      Tool.verify, path(name), "--json", "--from-checkpoint", path("kept.checkpoint"), "--key", path("key.pub"),
      "--tiles",
      path(tiles),
    ])
  }

  private func expect(_ name: String, differsAt frame: Int, _ words: String) {
    let found = verify(name)
    let first = (found.object["contradictions"] as? [[String: Any]])?.first
    #expect(found.status == 1 && found.object["verdict"] as? String == "inconsistent", "\(found.errors)")
    #expect(first?["frame"] as? Int == frame, "\(name): \(found.output)")
    #expect((first?["detail"] as? String)?.contains(words) == true, "\(found.output)")
  }

  @Test("is found wherever the past was rewritten: at its first frame, in its midst, at its last, and where it was cut")
  func everywhere() throws {
    try shop(copiesAt: [0, 1, 233, 540, 699])
    let honest = try hashes("honest.tally")
    #expect(honest.count > 700)
    for moment in [0, 1, 233, 540, 699] {
      let name = "copy-\(moment).tally"
      if moment > 0 {
        let there = try hashes(name).count
        expect(name, differsAt: there, "the first frame that is missing is number \(there)")
      }
      try sell(name, moment..<700, of: "other")
      let forged = try hashes(name)
      let first = try #require(
        zip(honest, forged).enumerated().first { $0.element.0.hash != $0.element.1.hash }?.offset)
      expect(name, differsAt: first, "number \(first), which begins with event \(forged[first].firstSequence), at")
    }
    #expect(verify("honest.tally").status == 0)
    // What came later than the checkpoint is no difference; nor are tiles of a later day.
    try sell("honest.tally", 700..<710, of: "late")
    #expect(verify("honest.tally").status == 0)
    #expect(tally.shell("$tally tiles mirror --key key --log honest.tally").status == 0)
    let forged = try hashes("copy-233.tally")
    let first = zip(honest, forged).enumerated().first { $0.element.0.hash != $0.element.1.hash }?.offset
    expect("copy-233.tally", differsAt: first ?? 0, "the first frame that differs")
  }

  @Test("is not named by tiles that were altered or are missing: they are, and nothing is said about the log")
  func alteredTiles() throws {
    try shop(copiesAt: [233])
    try sell("copy-233.tally", 233..<700, of: "other")
    for (change, words) in [
      (
        "printf x | dd of=tile/0/000 bs=1 seek=7450 conv=notrunc status=none",
        "tile/0/000 does not lead to the tile above it"
      ),
      ("printf x | dd of=$(echo tile/1/000.p/*) bs=1 seek=7 conv=notrunc status=none", "not of the tree"),
      ("rm tile/0/000", "it has no tile/0/000"), ("truncate -s -1 tile/0/000", "tile/0/000 has 8191 bytes"),
      ("rm checkpoint", "it has no checkpoint"), ("rm -r tile", "it has no tile/"),
      ("sed -i 2s/.*/99/ checkpoint", "not of the tree"),
    ] {
      #expect(tally.shell("rm -rf altered && cp -r mirror altered && cd altered && \(change)").status == 0)
      let refused = verify("copy-233.tally", tiles: "altered")
      #expect(refused.status == 65 && refused.errors.contains(words), "\(change): \(refused.errors)")
      #expect(refused.output.isEmpty && !refused.errors.contains("delete"))
    }
    #expect(verify("copy-233.tally", tiles: "nowhere").status == 65)
  }
}
