import Glibc
import TallyThreads

/// The one writer of a log: judges what has queued, makes it one frame, and passes the frame on.
///
/// Group commit: what queues while one frame is synced becomes the next. Whoever holds the turn is the writer for as
/// long as it lasts: normally the thread that ``run()`` is on; a caller who finds nobody at work takes the turn itself,
/// which saves two hand-overs between threads (measured: 35 of 155 µs of a single durable reservation).
final class Writer: @unchecked Sendable {
  /// Rows and bytes from which a frame is closed before the next command is judged.
  private static let fullFrameEvents = 32_768
  private static let fullFrameBytes = 4 << 20
  /// Requests of single callers that are judged together.
  private static let joinedSingles = 256
  /// Rows or commands whose memory is fetched ahead: enough to overlap cache misses, few enough to stay in the first two
  /// caches. (Measured, of 32, 64 and 128: 9.5, 10.5 and 11.3 million sequential reservations a second.)
  private static let preparedRows = 128
  /// Events from which a frame is worth a thread of its own: encoding and syncing it then overlaps judging the next.
  private static let pipelinedEvents = 256
  /// Events from which a frame is passed on although more is queued.
  private static let worthwhileEvents = 4_096
  /// How far the follower that makes snapshots lets the writer go before it.
  private static let followerNiceness: Int32 = 10
  /// With so many bytes of names and closed reservations to be sealed, it does not.
  private static let urgentBytes = 96 << 20
  /// Bytes of names and closed reservations from which they are sealed although no snapshot is due.
  private static let worthSealingBytes = 64 << 20
  /// Bytes of them from which the writer lets the follower catch up.
  private static let unsealedBytes = 192 << 20
  /// Milliseconds without work after which the last frame is shown to have been acknowledged.
  private static let idleMilliseconds: Int64 = 200

  private let turn = Lock()
  private let stored: StoredLog
  private let options: LogOptions
  private let settings: LogSettings
  private let log: LogID
  private let queue: RequestQueue
  private let pipeline: FramePipeline

  // What the holder of the turn works on.
  private var judge: Judge
  private var columns: EventColumns
  private var answers: [Answer] = []
  /// Requests of single callers that are judged together.
  private var singles = NamedRows()
  private var company = Company()
  /// The last event of the newest snapshot.
  private var snapshotSequence: UInt64
  /// After a follower that failed: the event before which none is tried again.
  private var nextTry: UInt64 = 0
  private var snapshotBytes = 0
  private var bytesAtSnapshot = 0
  private var isFollowing = false
  /// Merges under way.
  private var merges = 0
  private let follower: Follower
  /// Of ``Judge/unsealedBytes``, when the follower began what it is at.
  private var unsealedWhenFollowed = 0
  private let givesUpFollowing = SharedFlag()
  /// Who waits for the end: each that has asked for it.
  private var closing: [Reply<Void>] = []
  private var hasEnded = false
  /// The thread waits without a limit: it must be told when there is something to do after a while.
  private var waitsForEver = true
  /// Frames committed when the thread began to wait: as long as others come, the writer is not idle.
  private var framesWhenIdle = -1

  init(
    _ stored: StoredLog, _ recovery: Recovery, _ committer: Committer, queue: RequestQueue, durable: DurableHead,
    options: LogOptions
  ) {
    self.stored = stored
    self.options = options
    self.queue = queue
    settings = recovery.settings
    log = recovery.log
    judge = recovery.judge
    snapshotSequence = recovery.snapshotSequence
    columns = EventColumns(firstSequence: recovery.judge.state.lastSequence + 1)
    let givesUp = givesUpFollowing
    follower = Follower(
      SnapshotMaker(stored: stored, warn: options.warn),
      runs: (judge.history as? SealedNames)?.runs ?? [], isGivenUp: { givesUp.isSet })
    pipeline = FramePipeline(committer, queue: queue, durable: durable, options: options)
  }

  /// Starts the threads; false if the system has none left.
  func start() -> Bool {
    if options.runsInline { return true }
    guard pipeline.start() else { return false }
    guard DedicatedThread.start({ [self] in run() }) else {
      pipeline.stop()
      return false
    }
    return true
  }

  /// Runs until closed.
  private func run() {
    var timeout: Int64?
    var requests = [Request]()
    while true {
      let hasWork = queue.wait(timeout: timeout)
      turn.lock()
      if hasWork { company.gather(queue) }
      queue.popAll(&requests)
      if !hasWork, requests.isEmpty { idle() }
      take(requests)
      requests.removeAll(keepingCapacity: true)
      let ended = hasEnded
      let pause = pauseForFollower()
      timeout = nextTimeout()
      waitsForEver = timeout == nil
      turn.unlock()
      if ended { return }
      if pause > 0 { usleep(pause) }
    }
  }

  /// Does a caller's work on the caller's thread if nobody else is at work; false: queue it.
  func perform(_ request: Request) -> Bool {
    guard options.runsInline || turn.tryLock() else { return false }
    var pause: UInt32 = 0
    defer {
      if !options.runsInline { turn.unlock() }
      if pause > 0 { usleep(pause) }
    }
    // What came before must be judged before.
    guard queue.isEmptyAndOpen, columns.isEmpty, answers.isEmpty, pipeline.isIdle else { return false }
    take([request])
    pause = pauseForFollower()
    // The thread must now wait for the time to show this frame acknowledged or to expire a hold, or end with the writer.
    if waitsForEver || hasEnded || options.expiresOnTimer, !options.runsInline {
      waitsForEver = false
      queue.wake()
    }
    return true
  }

  /// Lets a snapshot or a merge that is being made be given up. Any thread.
  func giveUpFollowing() { givesUpFollowing.set() }

  /// What the timer does: for a writer without threads.
  func tick() { idle() }

  private func take(_ requests: [Request]) {
    judge(requests)
    followIfDue()
    if !closing.isEmpty, !isFollowing, merges == 0, !hasEnded { end() }
  }

  private func judge(_ requests: [Request]) {
    var index = 0
    while index < requests.count {
      if case .one = requests[index] {
        index = judgeSingles(requests, from: index)
      } else {
        handle(requests[index])
        index += 1
      }
      // Enough to keep the other thread busy while the next is judged.
      if columns.count >= Writer.worthwhileEvents { passOn() }
    }
    passOn()
  }

  // MARK: Waiting

  private func nextTimeout() -> Int64? {
    guard !hasEnded, pipeline.failure == nil, pipeline.isIdle else { return nil }
    framesWhenIdle = pipeline.frameCount
    var timeout: Int64? = pipeline.needsFloor ? Writer.idleMilliseconds : nil
    if options.expiresOnTimer, let due = judge.state.nextDue() {
      timeout = min(timeout ?? .max, max(1, due.expires - options.clock()))
    }
    return timeout
  }

  private func idle() {
    guard !hasEnded, pipeline.failure == nil, pipeline.isIdle else { return }
    if options.expiresOnTimer {
      expireDue(at: options.clock())
      if !columns.isEmpty { return passOn() }
    }
    if options.runsInline || pipeline.frameCount == framesWhenIdle { pipeline.writeFloor() }
  }

  // MARK: Judging

  private func handle(_ request: Request) {
    switch request {
    case .commands(let commands, var rows, let reply): answers.append(.commands(judge(commands, &rows), reply))
    case .rows(let rows, let reply): answers.append(.rows(judge(rows), reply))
    case .one(let command, let continuation): answers.append(.one(judge(command), continuation))
    case .levels(let items, let continuation):
      answers.append(.levels(items.map { judge.state.level(of: $0) }, continuation))
    case .number(let item, let reply): answers.append(.number(judge.state.number(of: item), reply))
    case .sealed(let sealed): take(sealed)
    case .merged(let run): takeMerged(run)
    case .close(let reply): closing.append(reply)
    }
  }

  /// Judges requests of single callers that stand next to each other together.
  ///
  /// - Returns: where the next request stands.
  private func judgeSingles(_ requests: [Request], from start: Int) -> Int {
    var commands = [Command]()
    var continuations = [UnsafeContinuation<Outcome, Never>]()
    commands.reserveCapacity(min(Writer.joinedSingles, requests.count - start))
    continuations.reserveCapacity(commands.capacity)
    while start + commands.count < requests.count, commands.count < Writer.joinedSingles,
      case .one(let command, let continuation) = requests[start + commands.count]
    {
      commands.append(command)
      continuations.append(continuation)
    }
    singles.removeAll()
    singles.append(commands, judge.hash)
    for (outcome, continuation) in zip(judge(commands, &singles), continuations) {
      answers.append(.one(outcome, continuation))
    }
    return start + commands.count
  }

  /// - Parameter rows: the commands, as far as they are rows.
  private func judge(_ commands: [Command], _ rows: inout NamedRows) -> [Outcome] {
    var outcomes = [Outcome]()
    outcomes.reserveCapacity(commands.count)
    for start in stride(from: 0, to: commands.count, by: Writer.preparedRows) {
      let group = start..<min(start + Writer.preparedRows, commands.count)
      judge.prepare(&rows, group)
      let clock = options.clock()
      while outcomes.count < group.upperBound {
        if rows.rows.columns.kinds[outcomes.count] != .other {
          let time = max(clock, judge.state.lastTime)
          makeRoom(at: time)
          if pipeline.failure == nil { judge.judgePlain(rows, group, time: time, into: &columns, &outcomes) }
        }
        // One that is not plain after all, or that never was: it may have a time of its own, or none.
        if outcomes.count < group.upperBound { outcomes.append(judge(commands[outcomes.count])) }
      }
    }
    return outcomes
  }

  private func judge(_ command: Command) -> Outcome {
    if let failure = pipeline.failure { return .failed(failure) }
    if let flaw = command.flaw { return .invalid(flaw) }
    let clock = options.clock()
    makeRoom(at: judge.time(of: command.time, clock: clock))
    if let failure = pipeline.failure { return .failed(failure) }
    return afterHistory(judge.judgeSound(command, clock: clock, into: &columns))
  }

  private func judge(_ rows: PreparedRows) -> RowOutcomes {
    var outcomes = RowOutcomes()
    for start in stride(from: 0, to: rows.count, by: Writer.preparedRows) {
      // One reading of the clock serves a group.
      let time = max(options.clock(), judge.state.lastTime)
      makeRoom(at: time)
      let group = start..<min(start + Writer.preparedRows, rows.count)
      if pipeline.failure == nil { judge.judge(rows, group, time: time, into: &columns, &outcomes) }
      if let cause = judge.history?.failure { pipeline.poison(cause) }
      if let failure = pipeline.failure {
        outcomes.fail(failure, of: rows.count)
        break
      }
    }
    return outcomes
  }

  /// What was judged on an index that cannot be read must not be written.
  @inline(__always) private func afterHistory(_ outcome: Outcome) -> Outcome {
    guard let cause = judge.history?.failure else { return outcome }
    pipeline.poison(cause)
    return .failed(cause)
  }

  /// Closes a full frame, and expires what is due in as many frames as that takes.
  @inline(__always) private func makeRoom(at time: Int64?) {
    if columns.count >= Writer.fullFrameEvents || columns.payloadBound >= Writer.fullFrameBytes {
      passOn(waiting: true)
    }
    if let time { expireDue(at: time) }
  }

  /// Before a judgement, and when a timer says so.
  @inline(__always) private func expireDue(at time: Int64) {
    while pipeline.failure == nil, !judge.expireDue(at: time, into: &columns, atMost: Writer.fullFrameEvents) {
      passOn(waiting: true)
    }
  }

  // MARK: Passing frames on

  /// Passes on what has been judged, if the frame before it is written; else it waits for more company.
  ///
  /// - Parameter waiting: wait until it is.
  private func passOn(waiting: Bool = false) {
    if columns.isEmpty && answers.isEmpty { return }
    if !pipeline.isIdle {
      guard waiting else { return }
      pipeline.waitUntilIdle()
    }
    if options.runsInline || columns.count < Writer.pipelinedEvents {
      company.note(answers: answers.count)
      pipeline.commitHere(&columns, &answers)
    } else {
      pipeline.handOver(&columns, &answers)
    }
  }

  // MARK: Following

  private func followIfDue() {
    guard options.takesSnapshots, settings.snapshotEvery > 0, !isFollowing, closing.isEmpty,
      pipeline.lastSequence >= nextTry, pipeline.failure == nil
    else { return }
    let makesSnapshot =
      pipeline.lastSequence >= snapshotSequence + UInt64(settings.snapshotEvery)
      && pipeline.writtenBytes - bytesAtSnapshot >= snapshotBytes
    let unsealed = judge.unsealedBytes
    guard makesSnapshot || unsealed >= Writer.worthSealingBytes else { return }
    if makesSnapshot { bytesAtSnapshot = pipeline.writtenBytes }
    // Where the generation of names ends that the follower's index will cover. The last frame may be on its way yet: it
    // will be there before the follower has come so far.
    let last = judge.state.lastSequence
    unsealedWhenFollowed = unsealed
    let (follower, warn) = (follower, options.warn)
    @Sendable func make() -> Follower.Sealed? {
      do { return try follower.make(through: last, makesSnapshot: makesSnapshot) } catch {
        warn("no snapshot was made: \(error)")
        return nil
      }
    }
    if options.runsInline { return take(make()) }
    let queue = queue
    judge.beginGeneration()
    // The load goes first; but names and closed reservations stay in memory until they are sealed: far behind, it is equal.
    let niceness = unsealed < Writer.urgentBytes ? Writer.followerNiceness : 0
    isFollowing = DedicatedThread.start(niceness: niceness) { _ = queue.push(.sealed(make())) }
  }

  /// Microseconds to leave the processor to the follower: none, unless what the writer keeps until the follower has sealed
  /// it takes more memory than is good. The more, the longer; so the two come to go at one speed.
  private func pauseForFollower() -> UInt32 {
    guard isFollowing, closing.isEmpty else { return 0 }
    // What was there when the follower began is not the writer's haste.
    let excess = judge.unsealedBytes - max(Writer.unsealedBytes, unsealedWhenFollowed + Writer.unsealedBytes / 4)
    return excess > 0 ? UInt32(min(50_000, excess / 5_000)) : 0
  }

  private func take(_ sealed: Follower.Sealed?) {
    isFollowing = false
    guard let sealed else {
      // Try again after as many events as a snapshot takes.
      nextTry = pipeline.lastSequence + UInt64(settings.snapshotEvery)
      return
    }
    // A follower reads the files: another writer that took the log away may have written more into them.
    guard sealed.sequence <= judge.state.lastSequence else {
      return pipeline.poison("a snapshot of the log is newer than this writer's last event: another writer has the log")
    }
    if let bytes = sealed.snapshotBytes { (snapshotSequence, snapshotBytes) = (sealed.sequence, bytes) }
    judge.history = SealedNames(sealed.runs, stored.source)
    judge.forget(through: sealed.sequence)
    mergeIfDue()
  }

  /// Merging takes as long as the runs are large: meanwhile the follower seals more. A writer that is closed merges, too, or
  /// many short lives would leave a run each.
  private func mergeIfDue() {
    while !hasEnded, pipeline.failure == nil, !givesUpFollowing.isSet, let merge = follower.runs.beginMerge() {
      let (follower, warn) = (follower, options.warn)
      @Sendable func perform() -> IndexRun? {
        do { return try follower.perform(merge) } catch {
          warn("the index was not merged: \(error)")
          return nil
        }
      }
      merges += 1
      if options.runsInline { return takeMerged(perform()) }
      let queue = queue
      guard DedicatedThread.start(niceness: Writer.followerNiceness, { _ = queue.push(.merged(perform())) }) else {
        merges -= 1
        return follower.runs.end(merge, by: nil)
      }
    }
  }

  private func takeMerged(_ run: IndexRun?) {
    merges -= 1
    // What failed is tried again when there is more to merge.
    guard let run else { return }
    // Without it the writer has the runs that it was made of, until the follower tells of all.
    if let history = (judge.history as? SealedNames)?.replacing(by: run) { judge.history = history }
    mergeIfDue()
  }

  // MARK: Ending

  private func end() {
    hasEnded = true
    // Nothing is accepted from here on; what had been is judged and answered like all before it.
    judge(queue.close())
    passOn(waiting: true)
    pipeline.waitUntilIdle()
    pipeline.writeFloor()
    pipeline.close()
    for reply in closing { reply.send(()) }
    closing = []
  }
}
