/// What opening a log for writing found and did.
public struct RecoveryReport: Sendable, Equatable {
  /// Bytes of a torn tail that were cut off.
  public var cutTornBytes: Int
  /// Events folded after the snapshot.
  public var replayedEvents: Int
  /// The snapshot that was used; `nil`: none.
  public var snapshotSequence: UInt64?
}

/// Brings a judge to the end of the log: the newest trustworthy snapshot, the index, and the tail.
struct Recovery {
  /// Events beyond the index from which it is worth sealing one first: their names and closed reservations would
  /// otherwise all be held in memory.
  static let maxUnsealedEvents: UInt64 = 4_000_000

  let judge: Judge
  let log: LogID
  let settings: LogSettings
  let lastFrame: (frame: Frame, position: LogPosition)?
  let end: LogEnd
  let epoch: UInt64
  let headHash: Digest
  let report: RecoveryReport
  let snapshotSequence: UInt64

  init(_ directory: LogDirectory, options: LogOptions) throws {
    let files = options.files
    let probe = try FrameStream(directory, files: files, showsUnsyncedFrames: true)
    log = probe.log
    settings = probe.settings
    var replay = try Recovery.replay(directory, log: log, options)
    if replay.tail > Recovery.maxUnsealedEvents, options.takesSnapshots {
      let maker = SnapshotMaker(directory: directory, log: log, files: files, warn: options.warn)
      if try maker.make() != nil { replay = try Recovery.replay(directory, log: log, options) }
    }
    judge = replay.judge
    lastFrame = replay.lastFrame
    end = replay.end
    epoch = replay.epoch
    headHash = replay.lastFrame?.frame.hash ?? .zero
    snapshotSequence = replay.snapshotSequence
    report = RecoveryReport(
      cutTornBytes: end.tornBytes, replayedEvents: Int(replay.tail),
      snapshotSequence: replay.snapshotSequence > 0 ? replay.snapshotSequence : nil)
  }

  private struct Replayed {
    var judge: Judge
    var lastFrame: (frame: Frame, position: LogPosition)?
    var end: LogEnd
    var epoch: UInt64
    var snapshotSequence: UInt64
    var tail: UInt64
  }

  private static func replay(
    _ directory: LogDirectory, log: LogID, _ options: LogOptions
  ) throws -> Replayed {
    let files = options.files
    let runs = SealedNames.load(directory, log: log, files: files, warn: options.warn)
    var judge = Judge(log: log)
    var start: LoadedSnapshot?
    // The newest snapshot that an index ends at: what the index says of later events the tail will say again.
    for count in stride(from: runs.count, to: 0, by: -1) where start == nil {
      let run = runs[count - 1]
      guard try files.identity(of: directory.snapshot(run.last)) != nil else { continue }
      do {
        let snapshot = try LoadedSnapshot(directory, run.last, log: log, files: files)
        guard snapshot.frameHash == run.frameHash else { throw MalformedBytes("does not fit the index \(run.path)") }
        judge.history = SealedNames(Array(runs[..<count]), directory: directory, files: files)
        start = snapshot
      } catch {
        options.warn("the snapshot \(directory.snapshot(run.last)) is skipped: it \(LoadedSnapshot.flaw(error))")
      }
    }
    let floor = try LogFloor(directory, log: log, files: files, warn: options.warn)
    let replay = try Replay(judge, directory, files: files, from: start, floor: floor, showsUnsyncedFrames: true)
    try replay.advance()
    guard let end = replay.end else { throw TallyError.outOfRange("the log's end was not reached") }
    let tail = replay.state.lastSequence - (start?.sequence ?? 0)
    return Replayed(
      judge: replay.finish(), lastFrame: replay.lastFrame, end: end, epoch: max(replay.epoch, floor.epoch),
      snapshotSequence: start?.sequence ?? 0, tail: tail)
  }
}
