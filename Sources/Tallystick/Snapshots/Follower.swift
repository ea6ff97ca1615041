/// The follower of a writer: keeps its place in the log from one snapshot to the next, seals the names up to each, and
/// merges what it has sealed.
///
/// Reads the files only, never the writer's memory. It begins from the newest snapshot, once; after an error it forgets
/// its place and begins again. (To load the snapshot before each time was a third of what a snapshot of a million holds
/// took, and the filters of 100 million names were read and hashed each time.)
final class Follower: @unchecked Sendable {
  /// Events between two questions whether to give up.
  private static let step: UInt64 = 100_000
  /// Events of which the names are gathered before they are written.
  private static let portion: UInt64 = 2_000_000

  private let maker: SnapshotMaker
  /// Asked now and then: whether nobody wants the work any more.
  private let isGivenUp: @Sendable () -> Bool
  let runs: IndexRuns
  /// Nobody else writes the log, and these runs are all that its recovery goes by.
  private let isWriters: Bool
  // Belong to the one thread that ``make(through:)`` is on.
  private var replay: Replay<NameGatherer>?
  private var hasBegun = false

  /// What was sealed.
  struct Sealed: Sendable {
    /// The last event of all runs.
    var sequence: UInt64
    /// The size of the snapshot of it; `nil`: none was to be made.
    var snapshotBytes: Int?
    var runs: [IndexRun]
  }

  /// - Parameter runs: those that a writer knows; `nil`: they are looked for.
  init(_ maker: SnapshotMaker, runs: [IndexRun]? = nil, isGivenUp: @escaping @Sendable () -> Bool = { false }) {
    self.maker = maker
    self.isGivenUp = isGivenUp
    isWriters = runs != nil
    self.runs = IndexRuns(
      runs ?? SealedNames.load(maker.stored, warn: maker.warn))
  }

  /// Seals the names up to the last durable event, and makes a snapshot of it.
  ///
  /// - Parameters:
  ///   - limit: the last event to look at, the end of a step. A follower of a busy writer that ran after the log's end
  ///     would not come to its own for a long time, and the writer must keep everything until then.
  ///   - makesSnapshot: false: seal only. A snapshot is worth its bytes when the log has grown by as many; names want to
  ///     be sealed before they take the writer's memory.
  /// - Returns: `nil` if the log has no events, or the work was given up.
  func make(through limit: UInt64 = .max, makesSnapshot: Bool = true) throws(TallyError) -> Sealed? {
    do throws(TallyError) {
      let replay = if let replay = self.replay { replay } else { try begin() }
      self.replay = replay
      if try seal(replay, through: limit), replay.state.lastSequence > 0 {
        let bytes = makesSnapshot ? try makeSnapshot(replay) : nil
        if !isGivenUp() {
          return Sealed(sequence: replay.state.lastSequence, snapshotBytes: bytes, runs: runs.all)
        }
      }
      self.replay = nil
      return nil
    } catch {
      replay = nil
      throw error
    }
  }

  private func begin() throws(TallyError) -> Replay<NameGatherer> {
    let covered = runs.last
    let base = try LoadedSnapshot.newest(maker.stored, notAfter: covered, warn: maker.warn)
    runs.noteSnapshot(base?.sequence ?? 0)
    do throws(FileError) {
      // Once it has begun there may be merges that have their name and are not noted yet.
      try runs.removeOthers(maker.directory, log: maker.log, maker.files, removesNewer: isWriters && !hasBegun)
      try UnfinishedFile.removeLeftOvers(in: maker.directory.index, maker.files)
    } catch {
      throw .file(error)
    }
    hasBegun = true
    return try Replay(
      NameGatherer(log: maker.log, after: covered), maker.stored, from: base, floor: try maker.floor())
  }

  /// Folds up to the limit and seals the names on the way, in portions, so that memory holds the names of one of them only.
  ///
  /// - Returns: false if it was given up.
  private func seal(_ replay: Replay<NameGatherer>, through limit: UInt64) throws(TallyError) -> Bool {
    while true {
      let before = replay.state.lastSequence
      for step in stride(from: Follower.step, through: Follower.portion, by: Int(Follower.step)) {
        if isGivenUp() { return false }
        let target = min(before + step, limit)
        try replay.advance(to: .sequence(target))
        if replay.frames.head.nextSequence <= target || target == limit { break }
      }
      let last = replay.state.lastSequence
      let covered = runs.last
      if last > covered, let frame = replay.frame(holding: last) {
        let names = replay.withFold { $0.names() }
        try maker.refuseRepeatedNames(replay.withFold { $0.suspects })
        let closings = replay.withFold { $0.closings() }
        do throws(FileError) {
          runs.append(
            try IndexRunWriter(directory: maker.directory, log: maker.log, files: maker.files).write(
              first: covered + 1, last: last, frameHash: frame.frame.hash, names: [names], closings: [closings],
              by: "next-run"))
        } catch {
          throw .file(error)
        }
      }
      if last >= limit || replay.frames.head.nextSequence <= before + Follower.portion { return true }
    }
  }

  private func makeSnapshot(_ replay: Replay<NameGatherer>) throws(TallyError) -> Int? {
    let last = replay.state.lastSequence
    guard let frame = replay.frame(holding: last), !isGivenUp() else { return nil }
    do throws(FileError) {
      let bytes = try maker.write(replay.state, frame: frame.frame, at: frame.position)
      runs.noteSnapshot(last)
      try maker.thin()
      return bytes
    } catch {
      throw .file(error)
    }
  }

  /// Merges runs of like size. Beside ``make(through:)`` and other merges if need be.
  ///
  /// - Returns: the run that stands for others from now on; `nil`: it was given up.
  func perform(_ merge: IndexRuns.Merge) throws(FileError) -> IndexRun? {
    var made: IndexRun?
    defer { runs.end(merge, by: made) }
    guard let first = merge.runs.first, let last = merge.runs.last else { return nil }
    do throws(FileError) {
      made = try IndexRunWriter(
        directory: maker.directory, log: maker.log, files: maker.files, isGivenUp: isGivenUp
      ).write(
        first: first.first, last: last.last, frameHash: last.frameHash,
        names: merge.runs.map { IndexRunWriter.source($0.names) },
        closings: merge.runs.map { IndexRunWriter.source($0.closings) }, by: "next-merge-\(merge.lane)")
    } catch {
      if isGivenUp() { return nil }
      throw error
    }
    // A writer that still reads a removed run has it open. One that cannot be removed is, when a follower begins.
    for old in merge.runs { try? maker.files.removeIfThere(old.path) }
    return made
  }

  /// As ``perform(_:)``, the next merge, if one is due.
  func merge() throws(FileError) -> IndexRun? {
    guard let merge = runs.beginMerge() else { return nil }
    return try perform(merge)
  }
}
