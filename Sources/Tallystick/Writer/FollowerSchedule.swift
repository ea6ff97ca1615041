import TallyThreads

/// When the follower beside the writer makes snapshots, seals names and merges what it has sealed; and how far the writer
/// goes ahead of it.
///
/// Belongs to the holder of the writer's turn. What the follower has done comes back through the queue.
struct FollowerSchedule {
  /// How far the follower lets the writer go before it.
  private static let followerNiceness: Int32 = 10
  /// With so many bytes of names and closed reservations to be sealed, it does not.
  private static let urgentBytes = 96 << 20
  /// Bytes of names and closed reservations from which they are sealed although no snapshot is due.
  private static let worthSealingBytes = 64 << 20
  /// Bytes of them from which the writer lets the follower catch up.
  private static let unsealedBytes = 192 << 20

  /// The log is to be closed: nothing new is begun but merges.
  var isClosing = false
  /// The writer has ended: nothing at all is begun.
  var hasEnded = false

  private let stored: StoredLog
  private let options: LogOptions
  private let settings: LogSettings
  private let queue: RequestQueue
  private let follower: Follower
  private let givesUp: SharedFlag
  /// The last event of the newest snapshot.
  private var snapshotSequence: UInt64
  /// After a follower that failed: the event before which none is tried again.
  private var nextTry: UInt64 = 0
  private var snapshotBytes = 0
  private var bytesAtSnapshot = 0
  private var isFollowing = false
  /// Merges under way.
  private var merges = 0
  /// Of ``Judge/unsealedBytes``, when the follower began what it is at.
  private var unsealedWhenFollowed = 0

  /// - Parameter givesUp: once it is set, a snapshot or a merge that is being made is given up.
  init(
    _ stored: StoredLog, _ recovery: Recovery, queue: RequestQueue, givesUp: SharedFlag, options: LogOptions
  ) {
    self.stored = stored
    self.options = options
    self.queue = queue
    self.givesUp = givesUp
    settings = recovery.settings
    snapshotSequence = recovery.snapshotSequence
    follower = Follower(
      SnapshotMaker(stored: stored, warn: options.warn),
      runs: (recovery.judge.history as? SealedNames)?.runs ?? [], isGivenUp: { givesUp.isSet })
  }

  /// Something is under way.
  var isBusy: Bool { isFollowing || merges > 0 }

  // MARK: Following

  mutating func followIfDue(_ judge: inout Judge, _ pipeline: FramePipeline) {
    guard options.takesSnapshots, settings.snapshotEvery > 0, !isFollowing, !isClosing,
      pipeline.lastSequence >= nextTry, pipeline.failure == nil
    else { return }
    let makesSnapshot =
      pipeline.lastSequence >= snapshotSequence + UInt64(settings.snapshotEvery)
      && pipeline.writtenBytes - bytesAtSnapshot >= snapshotBytes
    let unsealed = judge.unsealedBytes
    guard makesSnapshot || unsealed >= FollowerSchedule.worthSealingBytes else { return }
    if makesSnapshot { bytesAtSnapshot = pipeline.writtenBytes }
    unsealedWhenFollowed = unsealed
    // Where the generation of names ends that the follower's index will cover. The last frame may be on its way yet: it
    // will be there before the follower has come so far.
    let make = following(through: judge.state.lastSequence, makesSnapshot: makesSnapshot)
    if options.runsInline { return take(make(), &judge, pipeline) }
    let queue = queue
    judge.beginGeneration()
    // The load goes first; but names and closed reservations stay in memory until they are sealed: far behind, it is equal.
    let niceness = unsealed < FollowerSchedule.urgentBytes ? FollowerSchedule.followerNiceness : 0
    isFollowing = DedicatedThread.start(niceness: niceness) { _ = queue.push(.sealed(make())) }
  }

  private func following(through last: UInt64, makesSnapshot: Bool) -> @Sendable () -> Follower.Sealed? {
    let (follower, warn, observer) = (follower, options.warn, options.observer)
    return {
      let start = ContinuousClock.now
      do throws(TallyError) {
        let sealed = try follower.make(through: last, makesSnapshot: makesSnapshot)
        if let sealed, let bytes = sealed.snapshotBytes {
          observer?.snapshotMade(.init(sequence: sealed.sequence, bytes: bytes, duration: .now - start))
        }
        return sealed
      } catch {
        warn("no snapshot was made: \(error)")
        return nil
      }
    }
  }

  /// Microseconds to leave the processor to the follower: none, unless what the writer keeps until the follower has sealed
  /// it takes more memory than is good. The more, the longer; so the two come to go at one speed.
  func pause(_ judge: borrowing Judge) -> UInt32 {
    guard isFollowing, !isClosing else { return 0 }
    // What was there when the follower began is not the writer's haste.
    let limit = max(FollowerSchedule.unsealedBytes, unsealedWhenFollowed + FollowerSchedule.unsealedBytes / 4)
    let excess = judge.unsealedBytes - limit
    return excess > 0 ? UInt32(min(50_000, excess / 5_000)) : 0
  }

  /// Takes over what the follower has sealed; `nil`: it failed.
  mutating func take(_ sealed: Follower.Sealed?, _ judge: inout Judge, _ pipeline: FramePipeline) {
    isFollowing = false
    guard let sealed else {
      // Try again after as many events as a snapshot takes.
      nextTry = pipeline.lastSequence + UInt64(settings.snapshotEvery)
      return
    }
    // A follower reads the files: another writer that took the log away may have written more into them.
    guard sealed.sequence <= judge.state.lastSequence else {
      return pipeline.poison(
        .deposed(reason: "a snapshot of the log is newer than this writer's last event: another writer has the log"))
    }
    if let bytes = sealed.snapshotBytes { (snapshotSequence, snapshotBytes) = (sealed.sequence, bytes) }
    judge.history = SealedNames(sealed.runs, stored.source)
    judge.forget(through: sealed.sequence)
    mergeIfDue(&judge, pipeline)
  }

  // MARK: Merging

  /// Merging takes as long as the runs are large: meanwhile the follower seals more. A writer that is closed merges, too, or
  /// many short lives would leave a run each.
  private mutating func mergeIfDue(_ judge: inout Judge, _ pipeline: FramePipeline) {
    while !hasEnded, pipeline.failure == nil, !givesUp.isSet, let merge = follower.runs.beginMerge() {
      let perform = merging(merge)
      merges += 1
      if options.runsInline { return takeMerged(perform(), &judge, pipeline) }
      let queue = queue
      guard
        DedicatedThread.start(niceness: FollowerSchedule.followerNiceness, { _ = queue.push(.merged(perform())) })
      else {
        merges -= 1
        return follower.runs.end(merge, by: nil)
      }
    }
  }

  private func merging(_ merge: IndexRuns.Merge) -> @Sendable () -> IndexRun? {
    let (follower, warn, observer) = (follower, options.warn, options.observer)
    return {
      let start = ContinuousClock.now
      do throws(FileError) {
        let run = try follower.perform(merge)
        if let run {
          observer?.indexMerged(.init(firstSequence: run.first, lastSequence: run.last, duration: .now - start))
        }
        return run
      } catch {
        warn("the index was not merged: \(error)")
        return nil
      }
    }
  }

  /// Takes over a merged run; `nil`: the merge failed, or was given up.
  mutating func takeMerged(_ run: IndexRun?, _ judge: inout Judge, _ pipeline: FramePipeline) {
    merges -= 1
    // What failed is tried again when there is more to merge.
    guard let run else { return }
    // Without it the writer has the runs that it was made of, until the follower tells of all.
    if let history = (judge.history as? SealedNames)?.replacing(by: run) { judge.history = history }
    mergeIfDue(&judge, pipeline)
  }
}
