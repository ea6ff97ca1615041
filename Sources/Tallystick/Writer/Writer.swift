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
  /// Milliseconds without work after which the last frame is shown to have been acknowledged.
  private static let idleMilliseconds: Int64 = 200
  private static let longestWaitMilliseconds: Int64 = 60_000

  /// Of a frame beside its payload: headers, and what LZ4 adds to bytes that it cannot make fewer.
  private static let frameOverheadBytes = 1 << 16

  private let turn = Lock()
  private let options: LogOptions
  private let queue: RequestQueue
  private let pipeline: FramePipeline

  // What the holder of the turn works on.
  private var judge: Judge
  /// Bytes from which a frame is closed before the next command is judged.
  private let fullFrameBytes: Int
  private var columns: EventColumns
  private var answers: [Answer] = []
  /// Requests of single callers that are judged together.
  private var singles = NamedRows()
  private var commitDelay = CommitDelay()
  private var schedule: FollowerSchedule
  private let givesUpFollowing = SharedFlag()
  /// Who waits for the end: each that has asked for it.
  private var closing: [Reply<Void>] = []
  private var hasEnded = false
  /// The thread waits without a limit: it must be told when there is something to do after a while.
  private var waitsForEver = true
  /// When refusals were told last, by the clock.
  private var refusalsTold: Int64
  /// Frames committed when the thread began to wait: as long as others come, the writer is not idle.
  private var framesWhenIdle = -1

  init(
    _ stored: StoredLog, _ recovery: Recovery, _ committer: Committer, queue: RequestQueue, durable: DurableHead,
    largestFrame: Int?, options: LogOptions
  ) {
    self.options = options
    self.queue = queue
    judge = recovery.judge
    // A command is judged whole: half is left for it.
    fullFrameBytes = min(
      Writer.fullFrameBytes, max(1, ((largestFrame ?? .max) - Writer.frameOverheadBytes) / 2))
    refusalsTold = options.clock()
    columns = EventColumns(firstSequence: recovery.judge.state.lastSequence + 1)
    schedule = FollowerSchedule(stored, recovery, queue: queue, givesUp: givesUpFollowing, options: options)
    pipeline = FramePipeline(committer, queue: queue, durable: durable, options: options)
  }

  /// Every call is judged on the caller's thread.
  var runsInline: Bool { options.runsInline }

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
      if hasWork { commitDelay.gather(queue) }
      let waited = queue.popAll(&requests)
      if !requests.isEmpty { options.observer?.commandsWaited(waited) }
      if !hasWork, requests.isEmpty { idle() }
      take(requests)
      requests.removeAll(keepingCapacity: true)
      let ended = hasEnded
      let pause = schedule.pause(judge)
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
    pause = schedule.pause(judge)
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
    schedule.followIfDue(&judge, pipeline)
    if !closing.isEmpty, !schedule.isBusy, !hasEnded { end() }
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
      serveLine()
      // Enough to keep the other thread busy while the next is judged.
      if columns.count >= Writer.worthwhileEvents { passOn(tellsRefusals: true) }
    }
    // Before the answers: who has one, and asks again, finds its place free.
    queue.noteJudged()
    passOn(tellsRefusals: true)
  }

  // MARK: Waiting

  private func nextTimeout() -> Int64? {
    guard !hasEnded, pipeline.failure == nil, let pipeline = pipeline.idle else { return nil }
    framesWhenIdle = pipeline.frameCount
    var timeout: Int64? = pipeline.needsFloor ? Writer.idleMilliseconds : nil
    if options.expiresOnTimer, let due = judge.state.nextDue() {
      // The clock may be set while the thread waits: it looks again now and then.
      let wait = min(Writer.longestWaitMilliseconds, max(1, due.expires - options.clock()))
      timeout = min(timeout ?? .max, wait)
    }
    if hasRefusals { timeout = min(timeout ?? .max, max(1, refusalsTold + RefusalJournal.patience - options.clock())) }
    return timeout
  }

  private func idle() {
    guard !hasEnded, pipeline.failure == nil, let idlePipeline = pipeline.idle else { return }
    if options.expiresOnTimer {
      catchUp(at: options.clock())
      if !columns.isEmpty { return passOn(tellsRefusals: true) }
    }
    tellRefusals()
    if !columns.isEmpty { return passOn() }
    if options.runsInline || idlePipeline.frameCount == framesWhenIdle { idlePipeline.writeFloor() }
  }

  // MARK: Judging

  private func handle(_ request: Request) {
    switch request {
    case .commands(let commands, var rows, let recipient):
      var outcomes: [Outcome] = []
      outcomes.reserveCapacity(commands.count)
      judge(&rows, into: &outcomes) { commands[$0] }
      answers.append(.commands(outcomes, recipient))
    case .gathered(let commands, let tell):
      var rows = commands.rows
      var outcomes = CommandAnswers()
      judge(&rows, into: &outcomes) { commands.command($0) }
      answers.append(.gathered(outcomes, tell))
    case .rows(let rows, let reply): answers.append(.rows(judge(rows), reply))
    case .one(let command, let continuation): answers.append(.one(judge(command), continuation))
    case .question(let question):
      answers.append(.question(question.look(&judge)))
      if let cause = judge.history?.failure { pipeline.poison(cause) }
    case .sealed(let sealed): schedule.take(sealed, &judge, pipeline)
    case .merged(let run): schedule.takeMerged(run, &judge, pipeline)
    case .close(let reply):
      closing.append(reply)
      schedule.isClosing = true
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
    var outcomes: [Outcome] = []
    outcomes.reserveCapacity(commands.count)
    judge(&singles, into: &outcomes) { commands[$0] }
    for (outcome, continuation) in zip(outcomes, continuations) {
      answers.append(.one(outcome, continuation))
    }
    return start + commands.count
  }

  /// - Parameters:
  ///   - rows: the commands, as far as they are rows.
  ///   - whole: the command at an index.
  private func judge<Answers: AnswerList>(
    _ rows: inout NamedRows, into outcomes: inout Answers, whole: (Int) -> Command
  ) {
    for start in stride(from: 0, to: rows.count, by: Writer.preparedRows) {
      let group = start..<min(start + Writer.preparedRows, rows.count)
      judge.prepare(&rows, group)
      let clock = options.clock()
      while outcomes.count < group.upperBound {
        if rows.rows.columns.kinds[outcomes.count] != .other {
          let time = max(clock, judge.state.lastTime)
          makeRoom(at: time)
          if pipeline.failure == nil { judge.judgePlain(rows, group, time: time, into: &columns, &outcomes) }
        }
        // One that is not plain after all, or that never was: it may have a time of its own, or none.
        if outcomes.count < group.upperBound { outcomes.append(judge(whole(outcomes.count))) }
      }
    }
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
      while pipeline.failure == nil, outcomes.count < group.upperBound {
        judge.judge(rows, outcomes.count..<group.upperBound, time: time, into: &columns, &outcomes)
        // It stops where many may have to be served first.
        if outcomes.count < group.upperBound { makeRoom(at: time) }
      }
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

  /// Closes a full frame, and catches up in as many frames as that takes.
  @inline(__always) private func makeRoom(at time: Int64?) {
    if columns.count >= Writer.fullFrameEvents || columns.payloadBound >= fullFrameBytes {
      passOn(waiting: true)
    }
    if let time { catchUp(at: time) }
  }

  /// Before a judgement, and when a timer says so.
  @inline(__always) private func catchUp(at time: Int64) {
    while pipeline.failure == nil, !judge.catchUp(at: time, into: &columns, atMost: Writer.fullFrameEvents) {
      passOn(waiting: true)
    }
  }

  /// After a judgement: who waits need not wait for the next one.
  private func serveLine() {
    while pipeline.failure == nil, !judge.serveLine(into: &columns, atMost: Writer.fullFrameEvents) {
      passOn(waiting: true)
    }
  }

  // MARK: Passing frames on

  /// Passes on what has been judged, if the frame before it is written; else it waits for more to share it.
  ///
  /// - Parameters:
  ///   - waiting: wait until it is.
  ///   - tellsRefusals: everything due has expired, and who could be served is.
  private func passOn(waiting: Bool = false, tellsRefusals: Bool = false) {
    if columns.isEmpty && answers.isEmpty { return }
    if !pipeline.isIdle {
      guard waiting else { return }
      pipeline.waitUntilIdle()
    }
    if tellsRefusals { tellRefusals() }
    if options.runsInline || columns.count < Writer.pipelinedEvents {
      commitDelay.note(answers: answers.count)
      // While the disk is at work. A load of large frames would only be disturbed.
      if !options.runsInline { judge.growAhead() }
      pipeline.commitHere(&columns, &answers)
    } else {
      pipeline.handOver(&columns, &answers)
    }
  }

  private var hasRefusals: Bool { !(judge.refusals?.isEmpty ?? true) }

  /// Tells of refusals in the frame that is to be passed on, or in one of its own if that has not been for long.
  private func tellRefusals() {
    guard hasRefusals, pipeline.failure == nil else { return }
    var rows = RefusalJournal.rows(beside: columns.count)
    if columns.isEmpty {
      guard options.clock() - refusalsTold >= RefusalJournal.patience else { return }
      rows = RefusalJournal.mostRows
    }
    refusalsTold = options.clock()
    judge.tellRefusals(atMost: rows, into: &columns)
  }

  // MARK: Ending

  private func end() {
    hasEnded = true
    schedule.hasEnded = true
    // Nothing is accepted from here on; what had been is judged and answered like all before it.
    judge(queue.close())
    if pipeline.failure == nil { judge.tellRefusals(atMost: .max, into: &columns) }
    passOn(waiting: true)
    pipeline.close()
    for reply in closing { reply.send(()) }
    closing = []
  }
}
