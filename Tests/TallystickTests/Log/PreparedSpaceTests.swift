import TallyAudit
import Testing

@testable import TallyFormat
@testable import Tallystick

@Suite("Space that is prepared ahead")
struct PreparedSpaceTests {
  private let files = LocalFileSystem()

  private func size(_ path: String) throws -> Int? {
    guard try files.identity(of: path) != nil else { return nil }
    let file = try files.open(path, .read)
    defer { file.close() }
    return try file.size()
  }

  /// Reservations, one a frame, until `isEnough`.
  private func sell(_ log: TallyLog, from first: Int = 0, until isEnough: () throws -> Bool) throws -> Int {
    var number = first
    while try !isEnough() {
      guard log.reserve(Name("order-\(number)"), "tea", 1).isAccepted else { return number }
      number += 1
    }
    return number
  }

  @Test("is the next segment, whole, when the present one is half full, and goes with a writer that is closed")
  func nextSegment() throws {
    let test = try TestLog()
    let directory = LogDirectory(test.path)
    let log = try test.open { $0.runsInline = true }
    log.receive("tea", 1 << 40)
    let spared = try sell(log) { try files.identity(of: directory.spareSegment) != nil }
    #expect(spared > 100 && spared < 500)
    #expect(try size(directory.spareSegment) == 64 << 10)
    let spare = try files.identity(of: directory.spareSegment)
    _ = try sell(log, from: spared) { try directory.listSegments(files).count > 1 }
    let second = try #require(try directory.listSegments(files).last)
    #expect(try files.identity(of: directory.segment(second)) == spare, "the spare file became the segment")
    #expect(try size(directory.segment(second)) == 64 << 10)
    _ = try sell(log, from: 10_000) { try files.identity(of: directory.spareSegment) != nil }
    log.close()
    #expect(try files.identity(of: directory.spareSegment) == nil)
    #expect(try test.audit().verdict == .proven)
  }

  @Test("is more of a segment that is half full, while commits go on", arguments: [true, false])
  func extensions(runsInline: Bool) throws {
    let test = try TestLog(segmentSize: 1 << 20)
    let directory = LogDirectory(test.path)
    let log = try test.open { $0.runsInline = runsInline }
    log.receive("tea", 1 << 40)
    var sizes = Set<Int>()
    _ = try sell(log) {
      sizes.insert(try size(directory.segment(1)) ?? 0)
      return try directory.listSegments(files).count > 1
    }
    // Sealed, it ends where its last frame ends; before, it grew in doubling steps.
    #expect(sizes.contains(64 << 10) && sizes.contains(1 << 20))
    log.close()
    #expect(try test.audit().verdict == .proven)
  }

  @Test(
    "that another process has put a file of its own in the place of is not written to: nothing is acknowledged there")
  func replacedSpare() throws {
    let test = try TestLog()
    let directory = LogDirectory(test.path)
    let log = try test.open { $0.runsInline = true }
    log.receive("tea", 1 << 40)
    let sold = try sell(log) { try files.identity(of: directory.spareSegment) != nil }
    try files.remove(directory.spareSegment)
    try files.open(directory.spareSegment, .create).write([1, 2, 3], at: 0)
    let last = try sell(log, from: sold) { try directory.listSegments(files).count > 2 }
    #expect(last > sold && last < 2_000)
    guard case .failed(.deposed(let reason)) = log.reserve("late", "tea", 1) else {
      return #expect(Bool(false), "the writer went on, or does not say who has the log")
    }
    #expect(reason.contains("another writer has the log"), "\(reason)")
    log.close()
  }

  @Test("and left behind by a writer that was killed is cleared away by the next")
  func leftBehind() throws {
    let test = try TestLog()
    let directory = LogDirectory(test.path)
    try files.open(directory.spareSegment, .create).write([1, 2, 3], at: 0)
    try test.write { _ = $0.receive("tea", 1) }
    #expect(try files.identity(of: directory.spareSegment) == nil)
  }
}
