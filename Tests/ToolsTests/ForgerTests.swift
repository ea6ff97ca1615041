import TallyTestSupport
import Tallystick
import Testing

/// Who notices what, of somebody who has the disk and the writer's code, but not the keys. The table of the article on
/// proofs is this one's.
@Suite("A forger", .timeLimit(.minutes(60)))
struct ForgerTests {
  /// What a watcher answers: the exit code, and words on standard error.
  typealias Notice = (status: Int32, words: String)

  struct Attack: CustomTestStringConvertible, Sendable {
    var name: String
    var commit: @Sendable (AttackedShop) throws -> Void
    /// Who is not named does not notice.
    var noticed: @Sendable () -> [AttackedShop.Watcher: Notice]
    var testDescription: String { name }
  }

  @Test("is noticed by those who can, with the words and exit codes of the table", arguments: attacks)
  func noticed(_ attack: Attack) throws {
    let shop = try AttackedShop()
    try attack.commit(shop)
    let expected = attack.noticed()
    for watcher in AttackedShop.Watcher.allCases {
      let answer = shop.ask(watcher)
      let notice = expected[watcher] ?? (0, "")
      #expect(
        answer.status == notice.status && (notice.words.isEmpty || answer.errors.contains(notice.words)),
        "\(watcher): \(answer.status) \(answer.errors)")
    }
  }

  /// Bytes before the newest snapshot, before what the auditor remembers and before the tree's edge: these three do not
  /// read them again.
  private static let changed: [AttackedShop.Watcher: Notice] = [
    .auditor: (65, "is damaged at byte"), .holder: (65, "is damaged at byte"), .witness: (65, "damaged"),
  ]
  /// What stands behind is not where it was.
  private static var displaced: [AttackedShop.Watcher: Notice] {
    changed.merging([.writer: (65, "damaged"), .memory: (1, "no intact frame"), .signer: (1, "contradicts")]) { $1 }
  }
  @Test("cannot have an id sold twice by a forged index, nor stock that is not there proven by a forged snapshot")
  func afterwards() throws {
    let shop = try AttackedShop()
    #expect(
      shop.tally.shell("rm -rf shop.tally/index && mkdir shop.tally/index && echo x > shop.tally/index/x").status == 0)
    #expect(shop.tally("reserve", "order-3", "tea=2").status == 1)
    #expect(shop.tally("reserve", "order-3", "tea=1", "--json").object["status"] as? String == "repeated")
    // A writer believes a snapshot whose digests are right; what it then sells is not proven.
    try ForgerTests.forgeSnapshot(shop)
    let sold = shop.tally("reserve", "too-much", "tea=80")
    let audit = shop.tally.end([Tool.verify, shop.tally.log, "--json"])
    #expect(audit.status == 1)
    if sold.status == 0 {
      #expect(audit.object["violation_count"] as? Int != 0)
    }
  }

  private static let segment = "shop.tally/segments/00000000000000000001.lz4"

  static let attacks = [
    Attack(
      name: "nobody: all is as it was", commit: { _ in }, noticed: { [:] }),
    Attack(
      name: "edits a byte of a sale",
      commit: { shop in
        let place = try shop.frames()[5] + 150
        try shop.change(segment) { $0[place] ^= 1 }
      }, noticed: { changed }),
    Attack(
      name: "drops a sale",
      commit: { shop in
        let frames = try shop.frames()
        try shop.change(segment) { $0.removeSubrange(frames[5]..<frames[6]) }
      }, noticed: { displaced }),
    Attack(
      name: "reorders two sales",
      commit: { shop in
        let frames = try shop.frames()
        try shop.change(segment) { bytes in
          let second = bytes[frames[6]..<frames[7]]
          bytes.removeSubrange(frames[6]..<frames[7])
          bytes.insert(contentsOf: second, at: frames[5])
        }
      }, noticed: { changed }),
    Attack(
      name: "splices in a sale of another log",
      commit: { shop in
        #expect(
          shop.tally.shell(
            "$tally init --log other.tally && $tally receive tea=100 --log other.tally && $tally reserve order-3 tea=1 --log other.tally"
          ).status == 0)
        let (from, own) = (try shop.frames("other.tally"), try shop.frames())
        let other = try shop.tally.bytes(of: shop.path("other.tally/segments/00000000000000000001.lz4"))
        try shop.change(segment) { $0.replaceSubrange(own[5]..<own[6], with: other[from[1]..<from[2]]) }
      }, noticed: { displaced }),
    Attack(
      name: "cuts off the last sales",
      commit: { shop in try cut(shop, at: 24) },
      noticed: {
        [
          .writer: (65, ""), .auditor: (65, "was cut"), .holder: (65, "was cut"), .memory: (1, "audit before"),
          .signer: (1, "contradicts"), .witness: (1, "fewer frames"),
        ]
      }),
    Attack(
      name: "cuts off the last sales, and what the log's own folder tells of them",
      commit: { shop in
        try cut(shop, at: 24)
        #expect(shop.tally.shell("rm -r shop.tally/floor shop.tally/snapshots shop.tally/tree").status == 0)
      },
      noticed: {
        [.holder: (1, "the log ends after"), .memory: (1, "audit before"), .witness: (1, "fewer frames")]
      }),
    Attack(
      name: "cuts off, with what tells of them, sales that nobody outside has seen",
      commit: { shop in
        try cut(shop, at: 38)
        #expect(shop.tally.shell("rm -r shop.tally/floor shop.tally/snapshots shop.tally/tree").status == 0)
      }, noticed: { [:] }),
    Attack(
      name: "puts an old copy in the log's place",
      commit: { shop in
        #expect(shop.tally.shell("rm -r shop.tally && cp -r old.tally shop.tally").status == 0)
      },
      noticed: {
        [.holder: (1, "the log ends after"), .memory: (1, "audit before"), .witness: (1, "fewer frames")]
      }),
    Attack(
      name: "goes on from an old copy with other sales",
      commit: { shop in
        #expect(shop.tally.shell("rm -r shop.tally && cp -r old.tally shop.tally").status == 0)
        try shop.sell("shop.tally", orders: (0..<20).map { "other-\($0)" })
      },
      noticed: {
        [
          .holder: (1, "the history differs"), .memory: (1, "audit before"), .witness: (1, "does not begin with"),
        ]
      }),
    Attack(
      name: "writes the whole history anew, without one sale",
      commit: { shop in
        let orders = (0..<35).filter { $0 != 3 }.map { "order-\($0)" }
        #expect(shop.tally.shell("mv shop.tally honest.tally").status == 0)
        try shop.make("shop.tally", orders: orders)
        #expect(shop.tally.shell("cp -r honest.tally/tree shop.tally/tree").status == 0)
      },
      noticed: {
        [
          .holder: (1, "history differs"), .memory: (1, "audit before"), .signer: (1, "contradicts"),
          .witness: (1, "does not begin with"),
        ]
      }),
    Attack(
      name: "forges a snapshot that has more in stock",
      commit: { shop in try forgeSnapshot(shop) },
      noticed: { [.auditor: (1, "snapshots/"), .holder: (1, "snapshots/"), .memory: (1, "snapshots/")] }),
    Attack(
      name: "puts rubbish in the place of the index of ids",
      commit: { shop in
        #expect(
          shop.tally.shell(
            "rm -rf shop.tally/index && mkdir shop.tally/index && head -c 4096 /dev/urandom > shop.tally/index/forged"
          )
          .status == 0)
      }, noticed: { [:] }),
  ]

  /// Takes away the frames from this one on.
  private static func cut(_ shop: AttackedShop, at frame: Int) throws {
    let place = try shop.frames()[frame]
    try shop.change(segment) { $0.removeLast($0.count - place) }
  }

  /// Of the last event, with its digests right.
  static func forgeSnapshot(_ shop: AttackedShop) throws {
    #expect(shop.tally.shell("$tally snapshot rebuild --log shop.tally").status == 0)
    let files = LocalFileSystem()
    let directory = LogDirectory(shop.path("shop.tally"))
    let last = try #require(try directory.listSnapshots(files).max())
    let honest = try SnapshotFile.read(directory.snapshot(last), files: files)
    var state = honest.state
    let tea = Array("\u{3}tea\u{4}main".utf8)
    let place = try #require(state.indices.first { state[$0...].starts(with: tea) }) + tea.count
    #expect(state[place] == 100)
    state[place] = 127
    let forged = SnapshotFile(
      log: honest.log, sequence: honest.sequence, frame: honest.frame, framePosition: honest.framePosition,
      state: state)
    let file = try files.open(directory.snapshot(last), .readWrite)
    defer { file.close() }
    try file.truncate(to: 0)
    try file.write(forged.encoded, at: 0)
  }
}
