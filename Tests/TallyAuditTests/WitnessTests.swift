import TallyAudit
import TallyFormat
import TallyTestSupport
import Testing

@testable import Tallystick

/// What somebody else wrote down about a log, and how the log may contradict it: each way by its own words.
@Suite("What contradicts a log")
struct WitnessTests {
  /// Two frames: events 1 to 3, one step, and event 4.
  private let log: ForgedLog
  private let first: ChainHead
  private let head: ChainHead
  /// Where the second frame begins.
  private let offset: Int

  init() throws {
    log = try ForgedLog()
    log.stock()
    try log.frame()
    first = try log.audit().head
    log.reserve("a", [(0, 1)])
    offset = try log.frame()
    head = try log.audit().head
  }

  private func put(_ bytes: [UInt8], at path: String) throws {
    let file = try LocalFileSystem().open(path, .readWriteOrCreate)
    defer { file.close() }
    try file.truncate(to: 0)
    try file.write(bytes, at: 0)
  }

  // MARK: Floors

  private func audit(floor: [UInt8]) throws -> AuditReport {
    try put(floor, at: LogDirectory(log.path).floor)
    return try log.audit()
  }

  private func floor(_ log: LogID? = nil, _ head: ChainHead? = nil, epoch: UInt64 = 1) -> [UInt8] {
    FloorFile(Floor(log: log ?? self.log.id, head: head ?? self.head, epoch: epoch)).encoded
  }

  @Test("a floor that names the last frame, an earlier one or none is kept")
  func keptFloors() throws {
    #expect(try audit(floor: floor()).verdict == .proven)
    #expect(try audit(floor: floor(nil, first)).verdict == .proven)
    #expect(try audit(floor: floor(nil, .empty)).verdict == .proven)
    #expect(try audit(floor: floor(epoch: 2)).verdict == .proven)
  }

  @Test(
    "a floor that is flawed, of another log, beyond the end, of no frame or of another is damage; so is a deposed writer"
  )
  func brokenFloors() throws {
    func expect(_ bytes: [UInt8], _ words: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
      let report = try audit(floor: bytes)
      #expect(report.verdict == .damaged, sourceLocation: sourceLocation)
      #expect(report.damage?.file == "floor", sourceLocation: sourceLocation)
      #expect(
        report.damage?.detail.contains(words) == true, "\(report.damage?.detail ?? "")", sourceLocation: sourceLocation)
    }
    var flawed = floor()
    flawed[40] ^= 1
    try expect(flawed, "the floor file")
    try expect(floor(LogID(bytes: Array(1..<17))), "of another log")
    var other = head
    other.lastSequence = 9
    try expect(floor(nil, other), "event 9 was acknowledged")
    other = head
    other.hash = .zero
    try expect(floor(nil, other), "no frame has the hash")
    other = head
    other.nextFrame += 1
    try expect(floor(nil, other), "the floor names")
    try expect(floor(nil, first, epoch: 2), "a writer of epoch 1 wrote from event 4 on")
  }

  // MARK: Checkpoints

  private func audit(_ checkpoint: Checkpoint) throws -> AuditReport {
    var options = AuditOptions()
    options.checkpoint = checkpoint
    return try Auditor(LogDirectory(log.path), options: options).run()
  }

  @Test("a checkpoint of another log, beyond the end, of another frame or of another state is a contradiction")
  func checkpoints() throws {
    let digest = try log.audit().stateDigest.description
    var checkpoint = Checkpoint(log: log.id.description, head: head, stateDigest: digest)
    #expect(try audit(checkpoint).verdict == .proven)
    func expect(_ words: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
      let report = try audit(checkpoint)
      #expect(report.verdict == .inconsistent, sourceLocation: sourceLocation)
      let detail = report.contradictions.first?.detail ?? ""
      #expect(detail.contains(words), "\(detail)", sourceLocation: sourceLocation)
      checkpoint = Checkpoint(log: log.id.description, head: head, stateDigest: digest)
    }
    checkpoint.log = LogID(bytes: Array(1..<17))?.description
    try expect("the checkpoint is of log")
    checkpoint.head.lastSequence = 9
    try expect("before the checkpoint's 9")
    checkpoint.head.hash = .zero
    try expect("no frame that ends with event 4")
    checkpoint.head = first
    try expect("the state after event 3")
    checkpoint.stateDigest = Digest.zero.description
    try expect("the state after event 4")
  }

  // MARK: Snapshots

  @Test("a snapshot of another log, event, frame, place or state, or of the middle of a step, is a contradiction")
  func snapshots() throws {
    let made = try SnapshotStore(log.path).rebuild()
    let honest = try SnapshotFile.read(made.path, files: LocalFileSystem())
    #expect(try log.audit().snapshots.map(\.status) == [.consistent])
    func expect(
      _ words: String, at sequence: UInt64 = 4, sourceLocation: SourceLocation = #_sourceLocation,
      _ change: (inout SnapshotFile) -> Void
    ) throws {
      var changed = honest
      change(&changed)
      // Its digest is made anew of the state.
      changed = SnapshotFile(
        log: changed.log, sequence: changed.sequence, frame: changed.frame, framePosition: changed.framePosition,
        state: changed.state)
      let path = LogDirectory(log.path).snapshot(sequence)
      try put(changed.encoded, at: path)
      defer { TemporaryDirectory.remove(path) }
      let report = try log.audit()
      #expect(report.verdict == .inconsistent, sourceLocation: sourceLocation)
      let detail = report.contradictions.first?.detail ?? ""
      #expect(detail.contains(words), "\(detail)", sourceLocation: sourceLocation)
    }
    TemporaryDirectory.remove(made.path)
    try expect("it is of another log") { $0.log = LogID(bytes: Array(1..<17)) ?? $0.log }
    try expect("it says it is of event 4", at: 3) { _ in }
    try expect("it names") { $0.frame.hash = .zero }
    try expect("it says its frame is in") { $0.framePosition.offset = offset - 1 }
    try expect("does not have its event", at: 5) {
      $0.sequence = 5
      $0.frame.lastSequence = 5
    }
    try expect("inside a step", at: 2) {
      $0.sequence = 2
      $0.frame = first
      $0.framePosition.offset = Limits.segmentHeaderBytes
    }
    try expect("its state digest is") { $0.state[$0.state.count - 1] ^= 1 }
  }
}
