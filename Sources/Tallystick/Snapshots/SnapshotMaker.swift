/// The follower that makes snapshots and seals name indexes: loads the previous snapshot and folds the durable frames
/// after it. Never looks at a writer's memory; runs beside it or offline.
struct SnapshotMaker {
  let directory: LogDirectory
  let log: LogID
  let files: any FileSystem
  let warn: @Sendable (String) -> Void
  /// Asked now and then: whether nobody wants the snapshot any more.
  var isGivenUp: @Sendable () -> Bool = { false }

  /// Events between two questions whether to give up.
  private static let step: UInt64 = 100_000
  /// Events of which the names are gathered before they are written.
  private static let portion: UInt64 = 4_000_000

  /// What was sealed.
  struct Sealed: Sendable {
    var snapshotSequence: UInt64
    var snapshotBytes: Int
    var runs: [IndexRun]
  }

  /// Makes a snapshot of the last durable event, and the index up to it.
  ///
  /// - Parameter limit: the last event to look at, the end of a step. A follower of a busy writer that ran after the log's
  ///   end would not come to its own for a long time, and the writer must keep everything until then.
  /// - Returns: `nil` if the log has no events, or the snapshot was given up.
  func make(through limit: UInt64 = .max) throws -> Sealed? {
    var runs = SealedNames.load(directory, log: log, files: files, warn: warn)
    var covered = runs.last?.last ?? 0
    let base = try LoadedSnapshot.newest(directory, log: log, files: files, notAfter: covered, warn: warn)
    let replay = try Replay(
      NameGatherer(log: log, after: covered), directory, files: files, from: base, floor: try floor())
    // In portions, so that memory holds the names of one of them only.
    while true {
      let before = replay.state.lastSequence
      for step in stride(from: SnapshotMaker.step, through: SnapshotMaker.portion, by: Int(SnapshotMaker.step)) {
        if isGivenUp() { return nil }
        let target = min(before + step, limit)
        try replay.advance(to: .sequence(target))
        if replay.stream.nextSequence <= target || target == limit { break }
      }
      let last = replay.state.lastSequence
      if last > covered, let frame = replay.frame(holding: last) {
        let names = replay.withFold { $0.names() }
        try refuseRepeatedNames(replay.withFold { $0.suspects })
        runs.append(
          try IndexRunWriter(directory: directory, log: log, files: files).write(
            first: covered + 1, last: last, frameHash: frame.frame.hash, names: [names],
            closings: [replay.withFold { $0.closings() }]))
        covered = last
      }
      if last >= limit || replay.stream.nextSequence <= before + SnapshotMaker.portion { break }
    }
    let last = replay.state.lastSequence
    guard last > 0, let frame = replay.frame(holding: last), !isGivenUp() else { return nil }
    try merge(&runs)
    let bytes = try write(replay.state, frame: frame.frame, at: frame.position)
    try thin()
    return Sealed(snapshotSequence: last, snapshotBytes: bytes, runs: runs)
  }

  /// A name that the events since the last index bring twice would be sealed, and then nobody would see it again but an
  /// auditor. (One that an index has already is the recovery's to see.)
  private func refuseRepeatedNames(_ suspects: [(earlier: UInt64, later: UInt64)]) throws {
    if suspects.isEmpty { return }
    let locator = FrameLocator(directory, files: files)
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
  func makeSnapshot(at sequence: UInt64?) throws -> UInt64 {
    let base = try LoadedSnapshot.newest(
      directory, log: log, files: files, notAfter: (sequence ?? .max) &- 1, warn: warn)
    let replay = try Replay(State(), directory, files: files, from: base, floor: try floor())
    try replay.advance(to: sequence.map { .sequence($0) } ?? .now)
    let last = replay.state.lastSequence
    if let sequence, replay.stream.nextSequence <= sequence {
      throw TallyError.outOfRange("the log ends at event \(last), before \(sequence)")
    }
    guard last > 0, let frame = replay.frame(holding: last) else {
      throw TallyError.outOfRange(
        replay.stream.nextSequence == 1
          ? "the log has no events yet: there is nothing to make a snapshot of"
          : "event \(sequence ?? 1) is within the log's first step: there is nothing to make a snapshot of before its end"
      )
    }
    _ = try write(replay.state, frame: frame.frame, at: frame.position)
    return last
  }

  private func floor() throws(TallyError) -> LogFloor {
    try LogFloor(directory, log: log, files: files, warn: warn)
  }

  private func write(_ state: State, frame: Frame, at position: LogPosition) throws -> Int {
    var encoder = SnapshotEncoder(
      log: log, sequence: state.lastSequence, frameHash: frame.hash, framePosition: position)
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
    }
    return offset
  }

  /// Runs of like size that are merged into one.
  private static let mergedRuns = 4

  /// Merges the newest runs as soon as four are of like size: each name is written about log4 times, and a look-up
  /// touches at most three filters a size.
  private func merge(_ runs: inout [IndexRun]) throws {
    while true {
      var first = runs.count - 1
      // As far back as the runs are not much larger than all that follow them together.
      var following = runs.last?.names.count ?? 0
      while first > 0, runs[first - 1].names.count < 2 * max(following, 1) {
        first -= 1
        following += runs[first].names.count
      }
      guard runs.count - first >= SnapshotMaker.mergedRuns else { break }
      let merged = Array(runs[first...])
      runs.removeSubrange(first...)
      runs.append(
        try IndexRunWriter(directory: directory, log: log, files: files).write(
          first: merged[0].first, last: merged[merged.count - 1].last, frameHash: merged[merged.count - 1].frameHash,
          names: merged.map { IndexRunWriter.source($0.names) },
          closings: merged.map { IndexRunWriter.source($0.closings) }))
    }
    // A writer that still reads a removed run has it open.
    let kept = Set(runs.map { IndexRun.fileName($0.first, $0.last) })
    for name in try files.list(directory.index) where !kept.contains(name) && IndexRun.range(ofFileName: name) != nil {
      try files.removeIfThere(directory.index + "/" + name)
    }
  }

  /// Keeps the two newest snapshots and at most sixteen older ones, as evenly spread as may be.
  private func thin() throws {
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
