import TallyAudit
import TallyFormat
import TallyTestSupport
import Testing

@testable import Tallystick

/// One broken rule: how to forge it, its name, and the event that breaks it.
struct Forgery: Sendable, CustomTestStringConvertible {
  let rule: Rule
  let sequence: UInt64
  let forge: @Sendable (ForgedLog) throws -> Void
  var testDescription: String { "\(rule.rawValue) at event \(sequence)" }

  init(_ rule: Rule, at sequence: UInt64, _ forge: @escaping @Sendable (ForgedLog) throws -> Void) {
    self.rule = rule
    self.sequence = sequence
    self.forge = forge
  }

  static let all: [Forgery] = [
    Forgery(.oversold, at: 4) { $0.reserve("a", [(0, 11)]) },
    Forgery(.oversold, at: 5) {
      $0.reserve("a", [(0, 10)])
      $0.reserve("b", [(0, 1)])
    },
    Forgery(.oversold, at: 5) {
      $0.reserve("a", [(0, 8)])
      $0.adjust(0, by: -3)
    },
    Forgery(.negativeOnHand, at: 4) { $0.adjust(0, by: -11) },
    Forgery(.overflow, at: 4) { $0.receive([(0, Limits.maxQuantity)]) },
    Forgery(.quantityRange, at: 4) { $0.reserve("a", [(0, 0)]) },
    Forgery(.lineOrder, at: 4) { $0.reserve("a", [(1, 1), (0, 1)]) },
    Forgery(.unknownItem, at: 4) { $0.receive([(7, 1)]) },
    Forgery(.unknownItem, at: 4) { $0.reserve("a", [(7, 1)]) },
    Forgery(.itemRegisteredTwice, at: 4) {
      $0.item("tea")
      $0.receive([(0, 1)])
    },
    Forgery(.stepForm, at: 4) { $0.transfer(0, 1, 1) },
    Forgery(.transferToItself, at: 4) { $0.transfer(0, 0, 1) },
    Forgery(.idReused, at: 5) {
      $0.reserve("a", [(0, 1)])
      $0.reserve("a", [(0, 1)])
    },
    Forgery(.idReused, at: 5) {
      $0.reserve("a", [(0, 1)])
      $0.receive([(0, 1)], key: "a")
    },
    Forgery(.settledTwice, at: 6) {
      $0.reserve("a", [(0, 1)])
      $0.settle(.committed, 4)
      $0.settle(.committed, 4)
    },
    Forgery(.settledBeyondOpen, at: 5) {
      $0.reserve("a", [(0, 1)])
      $0.settle(.released, 4, [(0, 2)])
    },
    Forgery(.settledBeyondOpen, at: 5) {
      $0.reserve("a", [(0, 1)])
      $0.settle(.committed, 4, [(1, 1)])
    },
    Forgery(.expiryEarly, at: 5) {
      $0.reserve("a", [(0, 1)], timeToLive: 100)
      $0.expire(4)
    },
    Forgery(.expiryLate, at: 5) {
      $0.reserve("a", [(0, 1)], timeToLive: 100)
      $0.time += 100
      $0.receive([(0, 1)])
    },
    Forgery(.limitExceeded, at: 5) {
      $0.limit(0, 2)
      $0.reserve("a", [(0, 3)], customer: "c")
    },
    Forgery(.limitWithoutCustomer, at: 5) {
      $0.limit(0, 2)
      $0.reserve("a", [(0, 1)])
    },
    Forgery(.nameForm, at: 4) { $0.reserve("a\u{7}", [(0, 1)]) },
    Forgery(.sequenceGap, at: 5) {
      try $0.frame(next: 5)
      $0.receive([(0, 1)])
    },
    Forgery(.epochBackwards, at: 4) {
      try $0.frame(epoch: 3)
      $0.receive([(0, 1)])
    },
    Forgery(.timeBackwards, at: 4) {
      try $0.frame()
      $0.time -= 1
      $0.receive([(0, 1)])
    },
  ]
}

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

  @Test("is refused by a writer's recovery and a snapshot's follower, by the same name", arguments: Forgery.all)
  func refused(_ forgery: Forgery) throws {
    let log = try ForgedLog()
    log.stock()
    try forgery.forge(log)
    try log.frame()
    #expect { try TallyLog(log.path) } throws: { error in
      guard case .ruleBroken(let rule, let sequence, _) = error as? TallyError else { return false }
      return rule == forgery.rule && sequence == forgery.sequence
    }
    // Names are the judge's and the auditor's business: a follower's fold does not keep them.
    if [.idReused, .nameForm].contains(forgery.rule) { return }
    #expect { try SnapshotStore(log.path).rebuild() } throws: { "\($0)".contains(forgery.rule.rawValue) }
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
    log.events.appendRegistration(sku: "tea", location: "berlin", time: log.time, more: true)
    log.transfer(0, 2, 2)
    log.receive([(1, 1)], isReturn: true)
    try log.frame(epoch: 2)
    let report = try log.audit()
    #expect(report.verdict == .proven)
    let info = try LogReader(log.path).info()
    #expect(report.violations == [])
    #expect(report.stateDigest == info.stateDigest)
    #expect(report.headHash == info.headHash)
    #expect(report.minAvailable == 4)
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
    let head = try log.audit().headHash
    options.checkpoint = Checkpoint(log: log.id.description, lastSequence: 3, headHash: head.description)
    #expect(try Auditor(LogDirectory(log.path), options: options).run().verdict == .proven)
    options.checkpoint?.headHash = String(repeating: "0", count: 64)
    #expect(try Auditor(LogDirectory(log.path), options: options).run().verdict == .inconsistent)
    let floor = FloorFile(log: log.id, sequence: 9, hash: head, epoch: 1)
    let file = try LocalFileSystem().open(LogDirectory(log.path).floor, .create)
    try file.write(floor.encoded, at: 0)
    #expect(try log.audit().verdict == .damaged)
  }
}
