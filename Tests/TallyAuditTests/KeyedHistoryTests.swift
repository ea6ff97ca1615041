import TallyAudit
import TallyFormat
import TallyTestSupport
import Testing

@testable import Tallystick

/// What honest writers do with keys, batches and release policies keeps the rules about them.
@Suite("An honest history with keys")
struct KeyedHistoryTests {
  @Test("by hand: every sort of keyed command, and holds that a policy need not release, are proven")
  func byHand() throws {
    let log = try ForgedLog()
    log.stock()
    log.receive([(0, 1), (1, 1)], key: "k1", reference: "PO-7")
    log.receive([(1, 2)], key: "k2", isReturn: true)
    log.limit(0, 9, key: "k3")
    log.limit(0, nil, key: "k4")
    log.item("tea", "berlin")
    log.transfer(0, 2, 1, key: "k5")
    log.adjust(0, by: -2, key: "k6")
    log.adjust(0, by: 0, to: 8, key: "k7")
    // 12: older than what is released. 13: holds cups only. 14: tea of it is committed. 15: is released.
    try log.frame()
    log.reserve("a", [(0, 1)])
    log.reserve("b", [(1, 1)], customer: "c", timeToLive: 9)
    log.reserve("d", [(0, 1), (1, 1)])
    log.reserve("e", [(0, 6)])
    log.settle(.committed, 14, [(0, 1)], key: "k8")
    log.release(15, byAdjust: true, more: true)
    log.adjust(0, by: -1, to: 6, policy: 1, key: "k9")
    log.settle(.released, 12, key: "k10")
    try log.frame()
    let report = try log.audit()
    #expect(report.violations.map(\.detail) == [])
    #expect(report.verdict == .proven)
    #expect(try SnapshotStore(log.path).rebuild().sequence == report.lastSequence)
  }

  @Test("by hand: what is closed, or holds nothing more of the item, need not be released before what is older")
  func newerHolds() throws {
    let log = try ForgedLog()
    log.stock()
    log.reserve("a", [(0, 6)])
    log.reserve("b", [(0, 1), (1, 1)])
    log.reserve("c", [(0, 1)])
    log.reserve("d", [(0, 1)])
    log.settle(.committed, 5, [(0, 1)])
    log.settle(.released, 6)
    log.settle(.committed, 7, [(0, 1)])
    log.release(4, byAdjust: true, more: true)
    log.adjust(0, by: -5, policy: 1)
    try log.frame()
    let report = try log.audit()
    #expect(report.violations.map(\.detail) == [])
    #expect(report.verdict == .proven)
    #expect(try SnapshotStore(log.path).rebuild().sequence == report.lastSequence)
  }

  @Test("by hand: a batch that repeats a reservation, a whole commit, and one of its own, is proven")
  func repeats() throws {
    let log = try ForgedLog()
    log.stock()
    log.reserve("a", [(0, 1)])
    log.settle(.committed, 4)
    log.reserve("b", [(0, 1)])
    log.settle(.released, 6, key: "k")
    try log.frame()
    log.reserve("c", [(0, 1)])
    log.goesOn()
    log.batch("batch", [(4, true), (8, false), (5, true), (8, true), (7, true)])
    try log.frame()
    let report = try log.audit()
    #expect(report.violations.map(\.detail) == [])
    #expect(try SnapshotStore(log.path).rebuild().sequence == 9)
  }

  @Test("at random: keyed commands and batches are proven, and end in the writer's state", arguments: Seeds.few(3))
  func random(seed: UInt64) throws {
    let comment = Comment(rawValue: Seeds.replay(seed, of: "KeyedHistoryTests"))
    let directory = TemporaryDirectory()
    let path = directory.path + "/log"
    try TallyLog.create(path, settings: LogSettings(segmentSize: 64 << 10, snapshotEvery: 0))
    let log = try TallyLog(path, options: .clockOf(seed: seed))
    var random = SplitMix64(seed: seed ^ 0x6B65_7973)
    var shopper = RandomShopper(seed: seed)
    var asked: [Operation] = []
    var batches = 0
    for number in 0..<2_500 {
      var command = shopper.next()
      if random.one(in: 4) {
        let again = asked.isEmpty ? [] : (0..<random.number(0...2)).map { _ in random.pick(asked) }
        command = Command(.batch(again + (0..<random.number(1...4)).map { _ in shopper.next().operation } + again))
      } else {
        asked.append(command.operation)
      }
      if command.operation.reservationID == nil, !random.one(in: 4) { command.key = Name("key-\(number)") }
      let outcome = log.append(command)
      if case .batch = command.operation, case .accepted = outcome { batches += 1 }
    }
    log.close()
    let report = try Auditor(LogDirectory(path)).run()
    #expect(report.violations.map(\.detail) == [], comment)
    #expect(report.verdict == .proven, comment)
    #expect(try SnapshotStore(path).rebuild().stateDigest == report.stateDigest, comment)
    #expect(batches > 20, comment)
  }
}
