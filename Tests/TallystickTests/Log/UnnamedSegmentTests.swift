import TallyAudit
import Testing

@testable import TallyFormat
@testable import Tallystick

/// What a crash in the middle of a change of segments leaves, and what may not be taken for it.
@Suite("A change of segments that a crash has cut short")
struct UnnamedSegmentTests {
  private let files = LocalFileSystem()

  /// A closed log of three segments.
  private func log() throws -> (test: TestLog, directory: LogDirectory, segments: [UInt64]) {
    let test = try TestLog()
    let directory = LogDirectory(test.path)
    try test.write { log in
      log.receive("tea", 1 << 40)
      var number = 0
      while try directory.listSegments(files).count < 3 {
        log.reserve(Name("order-\(number)"), "tea", 1)
        number += 1
      }
    }
    return (test, directory, try directory.listSegments(files))
  }

  private func size(_ path: String) throws -> Int { try read(path).count }

  private func expectDamaged(_ test: TestLog, _ saying: String, sourceLocation: SourceLocation = #_sourceLocation)
    throws
  {
    let error = #expect(throws: TallyError.self, sourceLocation: sourceLocation) { try test.open().close() }
    guard case .log(.damaged)? = error else {
      return #expect(Bool(false), "the writer says \(String(describing: error))", sourceLocation: sourceLocation)
    }
    #expect("\(String(describing: error))".contains(saying), sourceLocation: sourceLocation)
    #expect(throws: TallyError.self, sourceLocation: sourceLocation) { try LogReader(test.path).stock() }
    do {
      #expect(try test.audit().verdict == .damaged, sourceLocation: sourceLocation)
    } catch {
      guard case .damaged = error as? LogError else { throw error }
    }
  }

  @Test("shows all that was acknowledged in the segment without a name, to readers, the auditor and the next writer")
  func unnamed() throws {
    let (test, directory, segments) = try log()
    let before = try test.audit()
    let last = directory.segment(try #require(segments.last))
    try files.rename(last, to: directory.spareSegment)
    #expect(try directory.listSegments(files) == segments)
    let after = try test.audit()
    #expect(after.verdict == .proven && after.head == before.head)
    #expect(try LogReader(test.path).stock().sequence == before.lastSequence)
    try test.write { log in
      #expect(log.lastSequence == before.lastSequence)
      #expect(log.reserve("late", "tea", 1).isAccepted)
    }
    #expect(try files.identity(of: directory.spareSegment) == nil)
    #expect(try files.identity(of: last) != nil)
    #expect(try test.audit().verdict == .proven)
  }

  @Test("shows a segment with two names once, and the next writer takes one away")
  func twoNames() throws {
    let (test, directory, segments) = try log()
    let before = try test.audit()
    try files.link(directory.segment(try #require(segments.last)), to: directory.spareSegment)
    #expect(try test.audit().head.hash == before.head.hash)
    try test.write { log in #expect(log.lastSequence == before.lastSequence) }
    #expect(try files.identity(of: directory.spareSegment) == nil)
    #expect(try directory.listSegments(files) == segments)
  }

  @Test("leaves a sealed segment with zeros behind its last frame, and the next writer cuts it")
  func uncut() throws {
    let (test, directory, segments) = try log()
    let sealed = directory.segment(segments[segments.count - 2])
    let whole = try size(sealed)
    try overwrite(sealed, [UInt8](repeating: 0, count: 5_000), at: whole)
    #expect(try test.audit().verdict == .proven)
    #expect(try LogReader(test.path).stock().sequence == test.audit().lastSequence)
    try test.write { log in #expect(log.reserve("late", "tea", 1).isAccepted) }
    #expect(try size(sealed) == whole)
    #expect(try test.audit().verdict == .proven)
  }

  @Test("leaves nothing but zeros there: any other byte is damage, and so are zeros as long as the largest frame")
  func notZeros() throws {
    for excess in [[UInt8](repeating: 0, count: 4_999) + [1], [UInt8](repeating: 0, count: Limits.maxFrameBytes)] {
      let (test, directory, segments) = try log()
      let sealed = directory.segment(segments[0])
      try overwrite(sealed, excess, at: try size(sealed))
      try expectDamaged(test, "in a sealed segment")
    }
  }

  @Test("leaves no frames without a header: they are damage, not space")
  func headless() throws {
    let (test, directory, segments) = try log()
    let last = directory.segment(try #require(segments.last))
    try files.rename(last, to: directory.spareSegment)
    try overwrite(directory.spareSegment, [UInt8](repeating: 0, count: Limits.segmentHeaderBytes))
    try expectDamaged(test, "has no whole header")
  }

  @Test("may leave a torn header with nothing behind it: never acknowledged")
  func tornHeader() throws {
    let (test, directory, segments) = try log()
    let before = try test.audit()
    try overwrite(directory.spareSegment, Array(try read(directory.segment(segments[0])).prefix(100)))
    try overwrite(directory.spareSegment, [UInt8](repeating: 0, count: 4_096), at: 100)
    #expect(try test.audit().head.hash == before.head.hash)
    try test.write { log in #expect(log.lastSequence == before.lastSequence) }
    #expect(try files.identity(of: directory.spareSegment) == nil)
  }
}
