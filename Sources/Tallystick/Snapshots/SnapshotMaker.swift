/// The follower that makes snapshots and seals name indexes: loads the previous snapshot and folds the durable frames
/// after it. Never looks at a writer's memory; runs beside it or offline.
struct SnapshotMaker {
  let directory: LogDirectory
  let log: LogID
  let files: any FileSystem
  let warn: @Sendable (String) -> Void

  /// What was sealed.
  struct Sealed: Sendable {
    var snapshotSequence: UInt64
    var snapshotBytes: Int
    var runs: [IndexRun]
  }

  /// Makes a snapshot of the last durable event, or of the last whole step up to `sequence`, and the index up to it.
  ///
  /// - Returns: `nil` if the log has no events.
  func make() throws -> Sealed? {
    var runs = SealedNames.load(directory, log: log, files: files, warn: warn)
    let covered = runs.last?.last ?? 0
    let base = try LoadedSnapshot.newest(directory, log: log, files: files, notAfter: covered, warn: warn)
    let replay = try Replay(NameGatherer(log: log, after: covered), directory, files: files, from: base)
    try replay.advance()
    let last = replay.state.lastSequence
    guard last > 0, let frame = replay.lastEventFrame else { return nil }
    if last > covered {
      runs.append(
        try IndexRunWriter(directory: directory, log: log, files: files).write(
          first: covered + 1, last: last, frameHash: frame.frame.hash, names: [replay.withFold { $0.names() }],
          closings: [replay.withFold { $0.closings() }]))
      try merge(&runs)
    }
    let bytes = try write(replay.state, frame: frame.frame, at: frame.position)
    try thin()
    return Sealed(snapshotSequence: last, snapshotBytes: bytes, runs: runs)
  }

  /// Makes a snapshot only, of the last whole step up to `sequence` (`nil`: the end).
  func makeSnapshot(at sequence: UInt64?) throws -> UInt64 {
    let base = try LoadedSnapshot.newest(
      directory, log: log, files: files, notAfter: (sequence ?? .max) &- 1, warn: warn)
    let replay = try Replay(State(), directory, files: files, from: base)
    try replay.advance(to: sequence.map { .sequence($0) } ?? .now)
    let last = replay.state.lastSequence
    if let sequence, replay.stream.nextSequence <= sequence {
      throw TallyError.outOfRange("the log ends at event \(last), before \(sequence)")
    }
    guard last > 0, let frame = replay.frame(holding: last) else {
      throw TallyError.outOfRange("the log has no events yet: there is nothing to make a snapshot of")
    }
    _ = try write(replay.state, frame: frame.frame, at: frame.position)
    return last
  }

  private func write(_ state: State, frame: Frame, at position: LogPosition) throws -> Int {
    let bytes = SnapshotFile(
      log: log, sequence: state.lastSequence, frameHash: frame.hash, framePosition: position,
      state: state.canonicalForm()
    ).encoded
    if try files.identity(of: directory.snapshots) == nil {
      try files.makeDirectory(directory.snapshots)
      try files.syncDirectory(directory.path)
    }
    try UnfinishedFile.make(
      directory.snapshot(state.lastSequence), by: directory.snapshots + "/next-snapshot", in: directory.snapshots,
      files: files
    ) { (file) throws(FileError) in try file.write(bytes, at: 0) }
    return bytes.count
  }

  /// Merges neighbours of like size, newest first, so that about log2 runs remain.
  private func merge(_ runs: inout [IndexRun]) throws {
    while runs.count >= 2, runs[runs.count - 2].names.count < 2 * runs[runs.count - 1].names.count {
      let newer = runs.removeLast()
      let older = runs.removeLast()
      runs.append(
        try IndexRunWriter(directory: directory, log: log, files: files).write(
          first: older.first, last: newer.last, frameHash: newer.frameHash,
          names: [IndexRunWriter.source(older.names), IndexRunWriter.source(newer.names)],
          closings: [IndexRunWriter.source(older.closings), IndexRunWriter.source(newer.closings)]))
    }
    // A writer that still reads a removed run has it open.
    let kept = Set(runs.map { IndexRun.fileName($0.first, $0.last) })
    for name in try files.list(directory.index) where !kept.contains(name) && IndexRun.range(ofFileName: name) != nil {
      try files.remove(directory.index + "/" + name)
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
      try files.remove(directory.snapshot(sequences[narrowest]))
      sequences.remove(at: narrowest)
    }
  }
}
