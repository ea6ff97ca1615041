import TallyAudit
import TallyFormat
import TallyTestSupport
import Testing

@testable import Tallystick

@Suite("However many threads share an audit")
struct JobsTests {
  /// The report but for the time that it took.
  private func audit(_ path: String, jobs: Int) throws -> AuditReport {
    var options = AuditOptions()
    options.jobs = jobs
    options.itemLimit = 10
    options.requiresIntactSnapshots = true
    var report = try Auditor(LogDirectory(path), options: options).run()
    report.duration = .zero
    return report
  }

  private func expectSameReports(_ path: String, _ comment: Comment? = nil) throws -> AuditReport {
    let alone = try audit(path, jobs: 1)
    for jobs in [2, 4] {
      let shared = try audit(path, jobs: jobs)
      #expect(shared.json == alone.json, comment)
      #expect(shared.timeline == alone.timeline, comment)
      #expect(shared.lowest == alone.lowest, comment)
    }
    return alone
  }

  @Test("a forged log gives the same report", arguments: Forgery.all)
  func forged(_ forgery: Forgery) throws {
    let log = try ForgedLog()
    log.stock()
    try forgery.forge(log)
    try log.frame()
    #expect(try expectSameReports(log.path).verdict == .violated)
  }

  @Test("ids used twice are found, however far apart and in whichever thread's frames")
  func repeatedIDs() throws {
    let log = try ForgedLog()
    log.stock()
    log.receive([(0, 1_000_000)])
    try log.frame()
    for frame in 0..<40 {
      for number in 0..<500 { log.reserve(Name("order-\(frame * 500 + number)"), [(0, 1)]) }
      if frame == 39 { log.reserve("order-7", [(0, 1)]) }
      try log.frame()
    }
    let report = try expectSameReports(log.path)
    #expect(report.violationCount == 1)
    #expect(report.violations.first?.rule == .idReused)
    let repeated: UInt64 = 4 + 20_000 + 1
    #expect(report.violations.first?.sequence == repeated)
    #expect(report.violations.first?.detail.contains("event 12") == true)
  }

  @Test("a random history gives the same report, and the writer's digest", arguments: Seeds.few(4))
  func random(seed: UInt64) throws {
    let comment = Comment(rawValue: Seeds.replay(seed, of: "JobsTests"))
    let directory = TemporaryDirectory()
    let path = directory.path + "/log"
    try TallyLog.create(path, settings: LogSettings(segmentSize: 64 << 10, snapshotEvery: 300))
    let log = try TallyLog(path)
    var shopper = RandomShopper(seed: seed)
    for _ in 0..<1_200 { _ = log.append(shopper.next()) }
    log.close()
    _ = try SnapshotStore(path).rebuild()
    let report = try expectSameReports(path, comment)
    #expect(report.verdict == .proven, comment)
    #expect(report.stateDigest == (try LogReader(path).info().stateDigest), comment)
    #expect(report.snapshots.allSatisfy { $0.status == .consistent }, comment)
    #expect(!report.snapshots.isEmpty, comment)
  }

  @Test("a snapshot with any byte changed or added is damaged")
  func snapshotFlips() throws {
    let directory = TemporaryDirectory()
    let path = directory.path + "/log"
    try TallyLog.create(path)
    let log = try TallyLog(path)
    _ = log.append(Command(.receive([Line(sku: "tea", 9)])))
    _ = log.append(Command(.reserve(id: "order-1", [Line(sku: "tea", 2)], customer: "c")))
    log.close()
    _ = try SnapshotStore(path).rebuild()
    let files = LocalFileSystem()
    let place = LogDirectory(path).snapshot(3)
    let bytes = try #require(try files.contents(of: place, maximum: 1 << 20))
    let file = try files.open(place, .readWrite)
    for offset in bytes.indices {
      try file.write([bytes[offset] ^ 0x41], at: offset)
      let report = try audit(path, jobs: 1 + offset % 2)
      #expect(report.verdict == .damaged, "byte \(offset)")
      #expect(report.snapshots.map(\.status) == [.damaged], "byte \(offset)")
      try file.write([bytes[offset]], at: offset)
    }
    #expect(try audit(path, jobs: 1).verdict == .proven)
    try file.write([0], at: bytes.count)
    #expect(try audit(path, jobs: 1).verdict == .damaged)
  }
}
