/// Makes snapshots from a log's files, beside a writer or offline.
struct SnapshotMaker {
  let stored: StoredLog
  let warn: @Sendable (String) -> Void

  var directory: LogDirectory { stored.directory }
  var files: any FileSystem { stored.files }
  var log: LogID { stored.log }

  /// Makes a snapshot of the last durable event, and the index up to it, merged as far as is due.
  ///
  /// - Parameter limit: the last event to look at, the end of a step.
  /// - Returns: `nil` if the log has no events.
  func make(through limit: UInt64 = .max) throws(TallyError) -> Follower.Sealed? {
    let follower = Follower(self)
    guard var sealed = try follower.make(through: limit) else { return nil }
    do throws(FileError) { while try follower.merge() != nil {} } catch { throw .file(error) }
    sealed.runs = follower.runs.all
    return sealed
  }

  /// A name that the events since the last index bring twice would be sealed, and then nobody would see it again but an
  /// auditor. (One that an index has already is the recovery's to see.)
  func refuseRepeatedNames(_ suspects: [(earlier: UInt64, later: UInt64)]) throws(TallyError) {
    if suspects.isEmpty { return }
    let locator = FrameLocator(stored.source)
    var repeated: UInt64?
    for (earlier, later) in suspects {
      let first = try locator.frame(holding: earlier).nameRecord(at: earlier)?.name
      let second = try locator.frame(holding: later).nameRecord(at: later)?.name
      if let first, first == second { repeated = min(repeated ?? .max, later) }
    }
    guard let repeated else { return }
    throw TallyError.ruleBroken(.idReused, sequence: repeated, position: try locator.position(of: repeated))
  }

  /// Makes a snapshot only, of the last whole step up to `sequence` (`nil`: the end).
  func makeSnapshot(at sequence: UInt64?) throws(TallyError) -> UInt64 {
    let base = try LoadedSnapshot.newest(stored, notAfter: (sequence ?? .max) &- 1, warn: warn)
    let replay = try Replay(State(), stored, from: base, floor: try floor())
    try replay.advance(to: sequence.map { .sequence($0) } ?? .now)
    let last = replay.state.lastSequence
    if let sequence, replay.frames.head.nextSequence <= sequence {
      throw TallyError.outOfRange("the log ends at event \(last), before \(sequence)")
    }
    guard last > 0, let frame = replay.frame(holding: last) else {
      throw TallyError.outOfRange(
        replay.frames.head.nextSequence == 1
          ? "the log has no events yet: there is nothing to make a snapshot of"
          : "event \(sequence ?? 1) is within the log's first step: there is nothing to make a snapshot of before its end"
      )
    }
    do throws(FileError) { _ = try write(replay.state, frame: frame.frame, at: frame.position) } catch {
      throw .file(error)
    }
    return last
  }

  func floor() throws(TallyError) -> LogFloor {
    try LogFloor(stored, warn: warn)
  }

  func write(_ state: State, frame: Frame, at position: LogPosition) throws(FileError) -> Int {
    var encoder = SnapshotEncoder(
      log: log, sequence: state.lastSequence, frame: frame.head, framePosition: position)
    state.writeCanonicalForm { encoder.update($0) }
    let pieces = encoder.finish()
    if try files.makeDirectoryUnlessThere(directory.snapshots) { try files.syncDirectory(directory.path) }
    var offset = 0
    try UnfinishedFile.make(
      directory.snapshot(state.lastSequence), by: directory.snapshots + "/next-snapshot", in: directory.snapshots,
      files: files
    ) { (file) throws(FileError) in
      for piece in pieces {
        try file.write(piece, at: offset)
        offset += piece.count
      }
    }.close()
    return offset
  }

  /// Keeps the two newest snapshots and at most sixteen older ones, as evenly spread as may be.
  func thin() throws(FileError) {
    var sequences = try directory.listSnapshots(files)
    while sequences.count > 18 {
      var narrowest = 0
      var gap = UInt64.max
      for index in 0..<(sequences.count - 2) {
        let between = sequences[index + 1] - (index == 0 ? 0 : sequences[index - 1])
        if between < gap {
          gap = between
          narrowest = index
        }
      }
      try files.removeIfThere(directory.snapshot(sequences[narrowest]))
      sequences.remove(at: narrowest)
    }
  }
}
