import TallyAudit
import TallyFormat
import TallyTestSupport
import Testing

@testable import Tallystick

@Suite("An audit that follows")
struct FollowingAuditTests {
  @Test("ends in the same state as the writer's fold, wherever it stopped on its way", arguments: Seeds.few(3))
  func states(seed: UInt64) throws {
    let directory = TemporaryDirectory()
    let path = directory.path + "/log"
    try TallyLog.create(path)
    let log = try TallyLog(path)
    defer { log.close() }
    let tea = ItemName(sku: "tea")
    var random = SplitMix64(seed: seed)
    let audit = try FollowingAudit(LocalLog(LogDirectory(path)))
    #expect(try audit.advance(through: 0))
    for round in 0..<20 {
      let commands = (0..<random.number(1...9)).map { number in
        random.one(in: 3)
          ? Command(.receive([Line(tea, 9)]))
          : random.one(in: 4)
            ? Command(.acknowledge(consumer: "orders", through: log.lastSequence))
            : Command(.reserve(id: Name("o-\(round)-\(number)"), [Line(tea, 1)]))
      }
      _ = log.append(commands)
      let said = try log.stateDigest()
      // Not always to the end: the middle of a frame is a place to stop at, too.
      if random.one(in: 2), said.sequence > audit.lastSequence {
        let place = audit.lastSequence + UInt64(random.number(1...Int(said.sequence - audit.lastSequence)))
        #expect(try audit.advance(through: place))
        #expect(audit.lastSequence == place)
      }
      while try !audit.advance(through: said.sequence, atMost: 3) {}
      #expect(audit.stateDigest() == said.digest, "\(Seeds.replay(seed, of: "FollowingAuditTests"))")
    }
    #expect(audit.violationCount == 0)
    #expect(try !audit.advance(through: log.lastSequence + 1))
  }

  @Test("finds what the auditor finds, and has no digest then", arguments: Forgery.all)
  func violations(forgery: Forgery) throws {
    let log = try ForgedLog()
    log.stock()
    try forgery.forge(log)
    try log.frame()
    // What takes a second reading is the auditor's alone.
    let needsSecondReading: Set<Rule> = [.idReused, .returnedBeyondSold, .reopenedOtherwise]
    func found(_ violations: [Violation]) -> [Violation] {
      violations.filter { !needsSecondReading.contains($0.rule) }
    }
    let audit = try FollowingAudit(LocalLog(LogDirectory(log.path)))
    _ = try audit.advance(through: .max)
    #expect(found(audit.violations) == found(try log.audit().violations))
    #expect((audit.stateDigest() == nil) == (audit.violationCount > 0))
  }

  @Test("throws where bytes cannot be trusted")
  func damage() throws {
    let log = try ForgedLog()
    log.stock()
    let place = try log.frame()
    log.receive([(0, 1)])
    try log.frame()
    let file = try LocalFileSystem().open(LogDirectory(log.path).segment(1), .readWrite)
    try file.write([0xFF], at: place + 90)
    let audit = try FollowingAudit(LocalLog(LogDirectory(log.path)))
    #expect(throws: LogError.self) { _ = try audit.advance(through: 4) }
  }
}
