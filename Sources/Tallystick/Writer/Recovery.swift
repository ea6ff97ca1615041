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
  let end: RecoveredEnd
  /// The highest of any frame and of the floor.
  let epoch: UInt64
  let report: RecoveryReport
  let snapshotSequence: UInt64

  init(_ stored: StoredLog, options: LogOptions) throws(TallyError) {
    log = stored.log
    settings = stored.settings
    var replay = try Recovery.replay(stored, options)
    if replay.tail > Recovery.maxUnsealedEvents, options.takesSnapshots {
      let maker = SnapshotMaker(stored: stored, warn: options.warn)
      if try maker.make() != nil { replay = try Recovery.replay(stored, options) }
    }
    judge = replay.judge
    end = replay.end
    epoch = replay.epoch
    snapshotSequence = replay.snapshotSequence
    report = RecoveryReport(
      cutTornBytes: end.end.tornBytes, replayedEvents: Int(replay.tail),
      snapshotSequence: replay.snapshotSequence > 0 ? replay.snapshotSequence : nil)
  }

  private struct Replayed {
    var judge: Judge
    var end: RecoveredEnd
    var epoch: UInt64
    var snapshotSequence: UInt64
    var tail: UInt64
  }

  private static func replay(_ stored: StoredLog, _ options: LogOptions) throws(TallyError) -> Replayed {
    let runs = SealedNames.load(stored, warn: options.warn)
    var judge = Judge(log: stored.log)
    judge.refusesNewItems = stored.settings.refusesNewItems
    if stored.settings.journalsRefusals { judge.refusals = RefusalJournal() }
    var start: LoadedSnapshot?
    // The newest snapshot that an index ends at: what the index says of later events the tail will say again.
    for count in stride(from: runs.count, to: 0, by: -1) where start == nil {
      let run = runs[count - 1]
      let path = stored.directory.snapshot(run.last)
      do throws(FileError) { guard try stored.files.identity(of: path) != nil else { continue } } catch {
        throw .file(error)
      }
      do throws(SnapshotError) {
        let snapshot = try LoadedSnapshot(stored, run.last)
        guard snapshot.frame.hash == run.frameHash else { throw SnapshotError("does not fit the index \(run.path)") }
        judge.history = SealedNames(Array(runs[..<count]), stored.source)
        start = snapshot
      } catch {
        options.warn("the snapshot \(path) is skipped: it \(error)")
      }
    }
    let floor = try LogFloor(stored, warn: options.warn)
    let replay = try Replay(judge, stored, from: start, floor: floor, showsUnsynced: true)
    try replay.advance()
    // A replay of everything ends where the frames do.
    let end = replay.end ?? LogEnd(position: replay.frames.position, tornBytes: 0)
    let tail = replay.state.lastSequence - (start?.sequence ?? 0)
    return Replayed(
      judge: replay.finish(), end: RecoveredEnd(head: replay.frames.head, lastFrame: replay.lastFrame, end: end),
      epoch: max(replay.epoch, floor.epoch), snapshotSequence: start?.sequence ?? 0, tail: tail)
  }
}
