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
    let floor: FloorFile?
    do {
      floor = try FloorFile.read(directory, files: files)
    } catch let error as MalformedBytes {
      options.warn("the file \(directory.floor) is not used: it \(error)")
      floor = nil
    }
    if let floor, floor.log != log {
      throw TallyError.behindFloor(path: directory.path, reason: "its floor file belongs to another log (\(floor.log))")
    }
    var replay = try Recovery.replay(directory, log: log, floor, options)
    if replay.tail > Recovery.maxUnsealedEvents, options.takesSnapshots {
      let maker = SnapshotMaker(directory: directory, log: log, files: files, warn: options.warn)
      if try maker.make() != nil { replay = try Recovery.replay(directory, log: log, floor, options) }
    }
    try Recovery.check(floor, directory, replay)
    try Recovery.checkSnapshots(directory, log: log, last: replay.judge.state.lastSequence, files: files)
    judge = replay.judge
    lastFrame = replay.lastFrame
    end = replay.end
    // A writer that wrote no frame has left its epoch in the floor only.
    epoch = max(replay.epoch, floor?.epoch ?? 0)
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
    /// The floor's frame was seen, or the replay began after it.
    var holdsFloor: Bool
    /// Of a frame after the floor's, lower than the floor's.
    var deposedEpoch: UInt64?
    var tail: UInt64
  }

  private static func replay(
    _ directory: LogDirectory, log: LogID, _ floor: FloorFile?, _ options: LogOptions
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
        options.warn("the snapshot \(directory.snapshot(run.last)) is skipped: it \(error)")
      }
    }
    let replay = try Replay(judge, directory, files: files, from: start, showsUnsyncedFrames: true)
    let baseSequence = start.map { max($0.sequence, $0.frameFirstSequence) } ?? 0
    var holdsFloor = floor.map { $0.hash == .zero || $0.sequence < baseSequence } ?? true
    var deposedEpoch: UInt64?
    func see(_ frame: Frame) {
      guard let floor else { return }
      if holdsFloor, frame.epoch < floor.epoch, deposedEpoch == nil { deposedEpoch = frame.epoch }
      if frame.hash == floor.hash { holdsFloor = true }
    }
    if let first = replay.lastFrame { see(first.frame) }
    try replay.advance(onFrame: { (frame) throws(TallyError) in see(frame) })
    guard let end = replay.end else { throw TallyError.outOfRange("the log's end was not reached") }
    let tail = replay.state.lastSequence - (start?.sequence ?? 0)
    return Replayed(
      judge: replay.finish(), lastFrame: replay.lastFrame, end: end, epoch: replay.epoch,
      snapshotSequence: start?.sequence ?? 0, holdsFloor: holdsFloor, deposedEpoch: deposedEpoch, tail: tail)
  }

  /// The log must hold what its floor says was acknowledged.
  private static func check(_ floor: FloorFile?, _ directory: LogDirectory, _ replay: Replayed) throws(TallyError) {
    guard let floor else { return }
    let last = replay.judge.state.lastSequence
    if floor.sequence > last {
      throw .behindFloor(
        path: directory.path,
        reason: "event \(floor.sequence) was acknowledged, and the log ends at event \(last) (\(replay.end.position));"
          + " is it an older copy? restore a newer one, or delete the file floor to accept the loss")
    }
    if !replay.holdsFloor {
      throw .behindFloor(
        path: directory.path,
        reason: "the frame \(floor.hash) that was acknowledged at event \(floor.sequence) is not in it;"
          + " run tally-verify and restore a backup, or delete the file floor to accept what is there")
    }
    if let epoch = replay.deposedEpoch {
      throw .behindFloor(
        path: directory.path,
        reason:
          "after event \(floor.sequence) a writer of epoch \(epoch) wrote although one of epoch \(floor.epoch) had"
          + " the log, and may have overwritten what that one acknowledged: was the file writer.lock removed?"
          + " restore a backup, or delete the file floor to accept what is there")
    }
  }

  /// A log that ends before a snapshot of it has lost what the snapshot has seen.
  private static func checkSnapshots(
    _ directory: LogDirectory, log: LogID, last: UInt64, files: any FileSystem
  ) throws {
    for sequence in try directory.listSnapshots(files) where sequence > last {
      guard let file = try? SnapshotFile.read(directory.snapshot(sequence), files: files), file.log == log else {
        continue
      }
      throw TallyError.behindFloor(
        path: directory.path,
        reason: "the snapshot of event \(sequence) is newer than the log, which ends at event \(last);"
          + " was it copied while it was being written? copy it with `tally backup`")
    }
  }
}
