import TallyAudit
import TallyFormat
import TallyTestSupport
import Testing

@testable import Tallystick

@Suite("A forged log with a valid chain")
struct ForgedRuleTests {
  @Test("is violated, by the rule's name, at the event and its frame", arguments: Forgery.all)
  func named(_ forgery: Forgery) throws {
    let log = try ForgedLog()
    log.stock()
    try forgery.forge(log)
    let offset = try log.frame()
    let report = try log.audit()
    #expect(report.verdict == .violated)
    let violation = try #require(report.violations.first)
    #expect(violation.rule == forgery.rule)
    #expect(violation.sequence == forgery.sequence)
    #expect(violation.position == LogPosition(segment: 1, offset: offset))
    #expect(report.json.contains("\"rule\":\"\(forgery.rule.rawValue)\""))
  }

  @Test(
    "is refused by a writer's recovery and a snapshot's follower, by the same name at the same place",
    arguments: Forgery.all)
  func refused(_ forgery: Forgery) throws {
    let log = try ForgedLog()
    log.stock()
    try forgery.forge(log)
    let offset = try log.frame()
    #expect { try TallyLog(log.path) } throws: { error in
      guard case .ruleBroken(let rule, let sequence, let position) = error as? TallyError else { return false }
      return rule == forgery.rule && sequence == forgery.sequence && position.offset == offset
    }
    #expect { try SnapshotStore(log.path).rebuild() } throws: { error in
      guard case .ruleBroken(let rule, let sequence, _) = error as? TallyError else { return false }
      return rule == forgery.rule && sequence == forgery.sequence
    }
  }

  @Test("there is one for every rule")
  func complete() {
    // What an item holds is the sum of what its reservations have open, so it cannot fall below 0 but by an event that
    // settles more than is open; then the auditor names both.
    #expect(Set(Rule.allCases).subtracting(Forgery.all.map(\.rule)) == [.negativeHeld])
  }

  @Test("more settled than is open is named for what it does to the item, too")
  func negativeHeld() throws {
    let log = try ForgedLog()
    log.stock()
    log.reserve("a", [(0, 1)])
    log.settle(.released, 4, [(0, 2)])
    let offset = try log.frame()
    let report = try log.audit()
    #expect(report.violations.map(\.rule) == [.settledBeyondOpen, .negativeHeld])
    #expect(report.violations.allSatisfy { $0.sequence == 5 && $0.position.offset == offset })
  }

  @Test("more committed than is there is named for both")
  func negativeOnHand() throws {
    let log = try ForgedLog()
    log.stock()
    log.reserve("a", [(1, 1)])
    log.settle(.committed, 4, [(1, 6)])
    try log.frame()
    let report = try log.audit()
    #expect(report.violations.map(\.rule) == [.settledBeyondOpen, .negativeHeld, .negativeOnHand])
    #expect(report.violations.allSatisfy { $0.sequence == 5 })
  }

  @Test("whose snapshot says otherwise is inconsistent, and the store names the snapshot")
  func snapshot() throws {
    let log = try ForgedLog()
    log.stock()
    try log.frame()
    let made = try SnapshotStore(log.path).rebuild()
    let files = LocalFileSystem()
    var file = try SnapshotFile.read(made.path, files: files)
    // One more tea on hand: the first quantity behind the name of the first item.
    let onHand = try #require(file.state.indices.first { file.state[$0...].starts(with: Array("main".utf8)) }) + 4
    file.state[onHand] += 1
    let forged = SnapshotFile(
      log: file.log, sequence: file.sequence, frame: file.frame, framePosition: file.framePosition,
      state: file.state)
    let descriptor = try files.open(made.path, .readWrite)
    try descriptor.truncate(to: 0)
    try descriptor.write(forged.encoded, at: 0)
    let report = try log.audit()
    #expect(report.verdict == .inconsistent)
    #expect(report.contradictions.first?.sequence == 3)
    let checked = try SnapshotStore(log.path).check()
    #expect(checked.first?.flaw?.contains("does not equal the fold") == true)
  }

  @Test("honest events are proven, with the same state digest as the writer's fold")
  func honest() throws {
    let log = try ForgedLog()
    log.stock()
    log.limit(0, 3)
    log.reserve("a", [(0, 2), (1, 1)], customer: "c", timeToLive: 50)
    log.settle(.committed, 5, [(0, 1)])
    try log.frame()
    log.time += 50
    log.expire(5)
    log.item("tea", "berlin")
    log.transfer(0, 2, 2)
    log.receive([(1, 1)], isReturn: true)
    log.item("pot")
    log.item("pan", more: false)
    log.floor(1, 2, key: "floor")
    log.floor(0, 3)
    log.floor(0, 0)
    log.receive([(3, 1)], key: "late", effective: 5)
    log.item("set")
    log.recipe(5, [(0, 1), (1, 2)], key: "recipe")
    log.reserve("s", [(0, 1), (1, 2)], customer: "c", asked: [(5, 1)])
    log.settle(.committed, 19, [(1, 2)])
    log.settle(.released, 19)
    log.reserve("again", [(0, 2)], customer: "c", timeToLive: 9)
    log.settle(.released, 22, [(0, 1)])
    log.settle(.released, 22)
    log.reopen(22, [(0, 2)], customer: "c", timeToLive: 60, key: "once more")
    log.settle(.released, 22)
    log.reopen(22, [(0, 2)], customer: "c", timeToLive: 60)
    log.item("bag")
    log.recipe(6, [(3, 1)])
    log.recipe(6, [])
    log.prefer(2, [(0, 2), (2, 1)], key: "order")
    log.prefer(1, [(1, 1)])
    log.prefer(3, [(3, 1)])
    log.prefer(3, [])
    log.acknowledge("orders", 0)
    log.acknowledge("search", 20)
    log.acknowledge("orders", 31)
    log.receive([(0, 1)])
    log.acknowledge("mail", 20)
    log.forget("mail")
    try log.frame(epoch: 2)
    let report = try log.audit()
    #expect(report.verdict == .proven)
    let info = try LogReader(log.path).info()
    #expect(report.violations == [])
    #expect(report.stateDigest == info.stateDigest)
    #expect(report.head == info.head)
    #expect(report.minAvailable == 4)
  }

  @Test("who waits for less counts for less against a limit: the rest may be waited for again")
  func waitsForLess() throws {
    let log = try ForgedLog()
    log.stock()
    log.reserve("all", [(0, 10)])
    log.limit(0, 3)
    log.wait("w", [(0, 3)], customer: "c")
    log.amend(6, [(0, 1)])
    log.wait("v", [(0, 2)], customer: "c")
    try log.frame()
    let report = try log.audit()
    #expect(report.violations == [])
    #expect(try report.stateDigest == LogReader(log.path).info().stateDigest)
  }

  @Test("consumers that were all forgotten leave nothing behind, as if there had been none")
  func forgottenConsumers() throws {
    let log = try ForgedLog()
    log.stock()
    log.acknowledge("orders", 1)
    log.forget("orders")
    // Directly behind: it does not belong to the events about the one that is gone.
    log.acknowledge("search", 2)
    try log.frame()
    let report = try log.audit()
    #expect(report.verdict == .proven)
    #expect(try report.stateDigest == LogReader(log.path).info().stateDigest)
  }

  @Test("a line that was settled before is not touched when the rest is, nor is what was moved meanwhile mistaken")
  func settledInParts() throws {
    let log = try ForgedLog()
    log.stock()
    log.reserve("a", [(0, 1), (1, 1)])
    log.settle(.committed, 4, [(0, 1)])
    log.settle(.released, 4)
    try log.frame()
    #expect(try log.audit().stateDigest == LogReader(log.path).info().stateDigest)
    // More than one block of reservations, of which most are closed: then the others move closer together.
    log.receive([(0, 1_000_000), (1, 1_000_000)])
    let first = log.events.nextSequence
    for number in 0..<40_000 { log.reserve(Name("order-\(number)"), [(UInt32(number % 2), Int64(number % 7 + 1))]) }
    try log.frame()
    for number in 0..<30_000 { log.settle(number % 3 == 0 ? .released : .committed, first + UInt64(number)) }
    try log.frame()
    let report = try log.audit()
    #expect(report.violations == [])
    #expect(report.stateDigest == (try LogReader(log.path).info().stateDigest))
  }

  @Test("what is wrong with one step is not laid to the next")
  func nextStep() throws {
    let log = try ForgedLog()
    log.stock()
    log.reserve("a", [(0, 8)])
    log.release(4, byAdjust: true)
    log.adjust(0, by: -1)
    try log.frame()
    #expect(try log.audit().violations.map(\.sequence) == [5])
  }

  @Test("all violations are counted and the first ones listed")
  func many() throws {
    let log = try ForgedLog()
    log.stock()
    for number in 0..<150 { log.reserve(Name("order-\(number)"), [(0, 11)]) }
    try log.frame()
    let report = try log.audit()
    #expect(report.violationCount >= 150)
    #expect(report.violations.count == 100)
  }

  @Test("the last floor, a snapshot and a checkpoint that disagree are told apart")
  func witnesses() throws {
    let log = try ForgedLog()
    log.stock()
    try log.frame()
    var options = AuditOptions()
    let head = try log.audit().head
    options.checkpoint = Checkpoint(log: log.id.description, head: head)
    #expect(try Auditor(LogDirectory(log.path), options: options).run().verdict == .proven)
    options.checkpoint?.head.nextFrame += 1
    #expect(try Auditor(LogDirectory(log.path), options: options).run().verdict == .inconsistent)
    options.checkpoint?.head = ChainHead(nextFrame: 0, lastSequence: head.lastSequence, hash: head.hash, epoch: 0)
    #expect(try Auditor(LogDirectory(log.path), options: options).run().verdict == .proven)
    options.checkpoint?.head.hash = .zero
    #expect(try Auditor(LogDirectory(log.path), options: options).run().verdict == .inconsistent)
    let floor = FloorFile(
      Floor(
        log: log.id, head: ChainHead(nextFrame: head.nextFrame, lastSequence: 9, hash: head.hash, epoch: 1), epoch: 1))
    let file = try LocalFileSystem().open(LogDirectory(log.path).floor, .create)
    try file.write(floor.encoded, at: 0)
    #expect(try log.audit().verdict == .damaged)
  }

  @Test("a hold that nobody expires is found, however many are settled before they are due", arguments: [true, false])
  func manySettled(isExpired: Bool) throws {
    let log = try ForgedLog()
    log.stock()
    log.reserve("first", [(0, 1)], timeToLive: 1_000)
    for number in 0..<3_000 {
      log.reserve(Name("order-\(number)"), [(0, 1)], timeToLive: 10_000)
      log.settle(.released, UInt64(5 + 2 * number))
    }
    log.time += 1_000
    if isExpired { log.expire(4) }
    log.receive([(0, 1)])
    try log.frame()
    let report = try log.audit()
    #expect(report.violations.map(\.rule) == (isExpired ? [] : [.expiryLate]))
    #expect(report.violations.allSatisfy { $0.sequence == 6_005 })
  }

  @Test("where sequence numbers repeat, what is settled is the latest event of the number, wherever frames begin")
  func repeatedNumbers() throws {
    func audit(eachInItsFrame: Bool) throws -> AuditReport {
      let log = try ForgedLog()
      log.item("tea")
      log.receive([(0, 100)])
      log.reserve("a", [(0, 1)])
      log.reserve("b", [(0, 2)])
      try log.frame(next: 2)
      log.settle(.committed, 4)
      if eachInItsFrame { try log.frame() }
      // The second event 3.
      log.reserve("c", [(0, 5)])
      if eachInItsFrame { try log.frame() }
      log.settle(.committed, 3)
      try log.frame()
      return try log.audit()
    }
    let report = try audit(eachInItsFrame: false)
    #expect(report.violations.map(\.rule) == [.sequenceGap])
    #expect(report.timeline.last?.onHand == 93)
    #expect(report.stateDigest == (try audit(eachInItsFrame: true).stateDigest))
  }
}
