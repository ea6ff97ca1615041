import Synchronization

/// The writer's thread: judges whatever has queued, makes it one frame, and answers when the frame is durable.
///
/// Group commit: what queues while one frame is synced becomes the next.
final class WriterLoop {
  /// Rows and bytes from which a frame is closed before the next command is judged.
  private static let fullFrameEvents = 32_768
  private static let fullFrameBytes = 4 << 20
  /// Rows whose memory is fetched ahead: enough to overlap cache misses, few enough to stay in the first cache.
  private static let preparedRows = 16
  /// Milliseconds without work after which the last frame is shown to have been acknowledged.
  private static let idleMilliseconds: Int64 = 200
  /// Milliseconds between rewrites of the floor file under load.
  private static let floorMilliseconds: Int64 = 1_000

  private let directory: LogDirectory
  private let options: LogOptions
  private let settings: LogSettings
  private let log: LogID
  private let queue: RequestQueue
  private let durableSequence: SharedSequence
  private var judge: Judge
  private var committer: Committer
  private var columns: EventColumns
  private var answers: [Answer] = []
  private var failure: String?

  private var snapshotSequence: UInt64
  private var snapshotBytes = 0
  private var bytesAtSnapshot = 0
  private var isMakingSnapshot = false
  private var closing: Reply<Void>?
  private var floorTime: Int64

  init(
    _ directory: LogDirectory, _ recovery: Recovery, _ committer: Committer, queue: RequestQueue,
    durableSequence: SharedSequence, options: LogOptions
  ) {
    self.directory = directory
    self.options = options
    self.queue = queue
    self.durableSequence = durableSequence
    self.committer = committer
    settings = recovery.settings
    log = recovery.log
    judge = recovery.judge
    snapshotSequence = recovery.snapshotSequence
    columns = EventColumns(firstSequence: recovery.judge.state.lastSequence + 1)
    floorTime = options.clock()
  }

  /// Runs until closed.
  func run() {
    while true {
      let requests = queue.popAll(timeout: timeout)
      for request in requests { handle(request) }
      if requests.isEmpty { idle() } else { commit() }
      startSnapshotIfDue()
      if let closing, !isMakingSnapshot {
        close(closing)
        return
      }
    }
  }

  private var timeout: Int64? {
    if failure != nil { return nil }
    var timeout: Int64? = committer.needsFloor ? WriterLoop.idleMilliseconds : nil
    if options.expiresOnTimer, let due = judge.state.nextDue() {
      timeout = min(timeout ?? .max, max(1, due.expires - options.clock()))
    }
    return timeout
  }

  private func idle() {
    guard failure == nil else { return }
    if options.expiresOnTimer {
      while !judge.expireDue(at: options.clock(), into: &columns, atMost: WriterLoop.fullFrameEvents) { commit() }
      if !columns.isEmpty { return commit() }
    }
    guard committer.needsFloor else { return }
    do throws(FileError) { try committer.writeFloor() } catch { poison(error.description) }
  }

  // MARK: Judging

  private func handle(_ request: Request) {
    switch request {
    case .commands(let commands, let reply):
      var outcomes = [Outcome]()
      outcomes.reserveCapacity(commands.count)
      for command in commands { outcomes.append(judge(command)) }
      answers.append(.commands(outcomes, reply))
    case .rows(let rows, let reply):
      var outcomes = RowOutcomes()
      outcomes.reserveCapacity(rows.count)
      for start in stride(from: 0, to: rows.count, by: WriterLoop.preparedRows) {
        let group = start..<min(start + WriterLoop.preparedRows, rows.count)
        judge.prepare(rows, group)
        for index in group { outcomes.append(judge(rows, index)) }
      }
      answers.append(.rows(outcomes, reply))
    case .one(let command, let continuation): answers.append(.one(judge(command), continuation))
    case .levels(let items, let continuation):
      answers.append(.levels(items.map { judge.state.level(of: $0) }, continuation))
    case .number(let item, let reply): answers.append(.number(judge.state.number(of: item), reply))
    case .sealed(let sealed): take(sealed)
    case .close(let reply): closing = reply
    }
  }

  private func judge(_ command: Command) -> Outcome {
    if let failure { return .failed(failure) }
    let clock = options.clock()
    makeRoom(at: command.flaw == nil ? judge.time(of: command.time, clock: clock) : nil)
    if let failure { return .failed(failure) }
    return afterHistory(judge.judge(command, clock: clock, into: &columns))
  }

  private func judge(_ rows: borrowing CommandRows, _ index: Int) -> Outcome {
    if let failure { return .failed(failure) }
    if let flaw = Judge.flaw(of: rows, index) { return .invalid(flaw) }
    // One reading of the clock serves 64 rows.
    if index & 63 == 0 || rowTime == 0 { rowTime = options.clock() }
    let time = max(rowTime, judge.state.lastTime)
    makeRoom(at: time)
    if let failure { return .failed(failure) }
    return afterHistory(judge.judgeSound(rows, index, time: time, into: &columns))
  }
  private var rowTime: Int64 = 0

  /// What was judged on an index that cannot be read must not be written.
  @inline(__always) private func afterHistory(_ outcome: Outcome) -> Outcome {
    guard let cause = judge.history?.failure else { return outcome }
    poison(cause)
    return .failed(cause)
  }

  /// Closes a full frame, and expires what is due in as many frames as that takes.
  @inline(__always) private func makeRoom(at time: Int64?) {
    if columns.count >= WriterLoop.fullFrameEvents || columns.payloadBound >= WriterLoop.fullFrameBytes { commit() }
    guard let time else { return }
    while failure == nil, !judge.expireDue(at: time, into: &columns, atMost: WriterLoop.fullFrameEvents) { commit() }
  }

  // MARK: Committing

  private func commit() {
    if failure == nil, !columns.isEmpty {
      do throws(FileError) {
        try committer.commit(columns)
        durableSequence.store(committer.lastSequence)
      } catch {
        poison(error.description)
      }
      columns.reset(firstSequence: columns.nextSequence)
      noteFloor()
    }
    for answer in answers { answer.deliver(failure: failure) }
    answers.removeAll(keepingCapacity: true)
  }

  private func noteFloor() {
    guard failure == nil else { return }
    let now = options.clock()
    guard now - floorTime >= WriterLoop.floorMilliseconds || now < floorTime else { return }
    floorTime = now
    do throws(FileError) { try committer.noteFloor(sync: false) } catch {
      // Nothing acknowledged depends on it; it makes a window of damage smaller.
      options.warn("the floor could not be noted: \(error)")
    }
  }

  /// After a failed write or sync nobody knows what the disk holds: nothing more is written. Opening again finds out.
  private func poison(_ cause: String) {
    if failure == nil { failure = cause }
  }

  // MARK: Snapshots

  private func startSnapshotIfDue() {
    guard options.takesSnapshots, settings.snapshotEvery > 0, failure == nil, !isMakingSnapshot,
      committer.lastSequence >= snapshotSequence + UInt64(settings.snapshotEvery),
      committer.writtenBytes - bytesAtSnapshot >= snapshotBytes
    else { return }
    bytesAtSnapshot = committer.writtenBytes
    let maker = SnapshotMaker(directory: directory, log: log, files: options.files, warn: options.warn)
    let queue = queue
    let warn = options.warn
    isMakingSnapshot = DedicatedThread.start {
      do {
        _ = queue.push(.sealed(try maker.make()))
      } catch {
        warn("no snapshot was made: \(error)")
        _ = queue.push(.sealed(nil))
      }
    }
  }

  private func take(_ sealed: SnapshotMaker.Sealed?) {
    isMakingSnapshot = false
    guard let sealed else {
      // Try again after as many events as a snapshot takes.
      snapshotSequence = committer.lastSequence
      return
    }
    snapshotSequence = sealed.snapshotSequence
    snapshotBytes = sealed.snapshotBytes
    judge.history = SealedNames(sealed.runs, directory: directory, files: options.files)
    judge.forget(through: sealed.snapshotSequence)
  }

  // MARK: Closing

  private func close(_ reply: Reply<Void>) {
    commit()
    if failure == nil {
      do throws(FileError) { try committer.writeFloor() } catch { poison(error.description) }
    }
    committer.close()
    for request in queue.close() { handle(request) }
    for answer in answers { answer.deliver(failure: failure ?? "the log was closed") }
    reply.send(())
  }
}

/// The last durable sequence number, for any thread.
final class SharedSequence: Sendable {
  private let value: Atomic<UInt64>
  init(_ value: UInt64) { self.value = Atomic(value) }
  func store(_ sequence: UInt64) { value.store(sequence, ordering: .releasing) }
  func load() -> UInt64 { value.load(ordering: .acquiring) }
}
