import TallyThreads

/// A log, open for writing: the one writer.
///
/// Usable from any thread and task. Work is judged in the order in which it arrives, by one thread of its own; what
/// arrives while a frame is being synced shares the next one.
///
/// ```swift
/// try TallyLog.create("shop.tally")
/// let log = try TallyLog("shop.tally")
/// log.append(Command(.receive([Line("tea", 100)])))
/// let outcome = await log.submit(Command(.reserve(id: "order-1", [Line("tea", 2)], timeToLive: 900_000)))
/// try log.close()
/// ```
public final class TallyLog: Sendable {
  /// The log's identity.
  public let id: LogID
  public let settings: LogSettings
  /// What opening it found and did.
  public let recovery: RecoveryReport

  private let queue = RequestQueue()
  private let writer: Writer
  /// The head of the chain as far as it is durable, to read or to wait for.
  public let durable: DurableHead
  /// Of ids.
  private let hash: SipHash

  /// Makes an empty log.
  ///
  /// - Parameter path: a directory that does not exist or is empty; its parent exists.
  /// - Throws: ``TallyError/notEmpty(path:)``, ``TallyError/networkFileSystem(path:name:)``, or a file error.
  public static func create(
    _ path: String, settings: LogSettings = LogSettings(), files: any FileSystem = LocalFileSystem()
  ) throws(TallyError) {
    guard settings.segmentSize >= 64 << 10, settings.segmentSize <= 1 << 40 else {
      throw .invalidArgument("a segment has 64 KiB to 1 TiB, not \(settings.segmentSize) bytes")
    }
    guard settings.snapshotEvery >= 0 else {
      throw .invalidArgument("snapshots every \(settings.snapshotEvery) events")
    }
    var options = LogOptions()
    options.files = files
    try create(path, settings: settings, log: LogID.random(), options: options)
  }

  /// As ``create(_:settings:files:)``, of any size and with a given identity: for a simulator, whose logs are small and
  /// the same every time.
  package static func create(
    _ path: String, settings: LogSettings, log: LogID, options: LogOptions
  ) throws(TallyError) {
    try LocalStore(path, options).create(settings, log: log, wait: options.lockWait)
  }

  /// Opens a log for writing: takes its lock, recovers, and cuts a torn tail.
  ///
  /// Cost: the newest snapshot, and a fold of what came after it (some ten million events a second).
  /// - Throws: ``TallyError`` — in use, damaged, no log, a newer format version, or a file error. Nothing is changed then.
  public convenience init(_ path: String, options: LogOptions = LogOptions()) throws(TallyError) {
    try self.init(LocalStore(path, options), options: options)
  }

  /// As ``init(_:options:)``, for a log that any store keeps. ``LogOptions/files`` is not used: the store has its own.
  public init(_ store: any WritableStore, options: LogOptions = LogOptions()) throws(TallyError) {
    let stored: StoredLog
    // No lock file may appear where there is no log.
    do throws(LogError) { stored = try StoredLog(store) } catch { throw .log(error) }
    let sink: any FrameSink
    do throws(ClaimError) { sink = try store.claim(stored.source, wait: options.lockWait) } catch {
      throw TallyError(error)
    }
    do {
      let found = try Recovery(stored, options: options)
      if found.report.cutTornBytes > 0 {
        options.warn(
          "cut \(found.report.cutTornBytes) bytes of a frame that was never acknowledged, in \(found.end.end.position)")
      }
      id = found.log
      settings = found.settings
      recovery = found.report
      durable = DurableHead(found.end.head)
      hash = found.judge.hash
      writer = Writer(
        stored, found, try Committer(sink, found), queue: queue, durable: durable, options: options)
    } catch {
      sink.close()
      throw TallyError(anyError: error)
    }
    guard writer.start() else {
      sink.close()
      throw .invalidArgument("the system has no thread left for the writer")
    }
  }

  /// Judges commands in order and blocks the thread until their answers are durable. They share one sync.
  public func append(_ commands: [Command]) -> [Outcome] {
    if commands.isEmpty { return [] }
    let reply = Reply<[Outcome]>()
    guard pass(.commands(commands, NamedRows(commands, hash), reply)) else {
      return commands.map { _ in TallyLog.closed }
    }
    return reply.wait()
  }

  /// Judges one command and blocks the thread until its answer is durable: one sync.
  public func append(_ command: Command) -> Outcome { append([command]).first ?? TallyLog.closed }

  /// Judges rows in order and blocks the thread until their answers are durable. The fastest way in.
  public func append(_ rows: CommandRows) -> RowOutcomes {
    let reply = Reply<RowOutcomes>()
    if rows.isEmpty { return RowOutcomes() }
    guard pass(.rows(PreparedRows(rows, hash), reply)) else {
      var outcomes = RowOutcomes()
      for _ in 0..<rows.count { outcomes.append(TallyLog.closed) }
      return outcomes
    }
    return reply.wait()
  }

  /// Hands commands over and returns at once: see ``enqueue(_:)-(CommandRows)``. Costs the caller some 100 ns a command.
  public func enqueue(_ commands: [Command]) -> PendingOutcomes {
    let reply = Reply<[Outcome]>()
    if commands.isEmpty || !queue.push(.commands(commands, NamedRows(commands, hash), reply)) {
      reply.send(commands.map { _ in TallyLog.closed })
    }
    return PendingOutcomes(commands, reply)
  }

  /// Hands rows over and returns at once, so that the next can be filled, or handed over, while these are made durable.
  /// They are judged after all that this thread has handed over before. Costs the caller some 20 ns a row, for what can be
  /// known of it without the log's state; what is returned holds the rows until it is dropped.
  public func enqueue(_ rows: CommandRows) -> PendingRows {
    let reply = Reply<RowOutcomes>()
    if rows.isEmpty || !queue.push(.rows(PreparedRows(rows, hash), reply)) {
      var outcomes = RowOutcomes()
      for _ in 0..<rows.count { outcomes.append(TallyLog.closed) }
      reply.send(outcomes)
    }
    return PendingRows(rows, reply)
  }

  /// Judges a command; answers when it is durable. Commands of many tasks share syncs.
  public func submit(_ command: Command) async -> Outcome {
    await withUnsafeContinuation { continuation in
      if !queue.push(.one(command, continuation)) { continuation.resume(returning: TallyLog.closed) }
    }
  }

  /// What there is of these items, once everything judged before is durable; `nil` for an item that does not exist.
  public func stock(_ items: [ItemName]) async -> [StockLevel?] {
    await withUnsafeContinuation { continuation in
      if !queue.push(.levels(items, continuation)) { continuation.resume(returning: items.map { _ in nil }) }
    }
  }

  /// The number by which ``CommandRows`` name an item; `nil` if nothing was ever received of it.
  public func number(of item: ItemName) -> ItemNumber? {
    let reply = Reply<ItemNumber?>()
    return pass(.number(item, reply)) ? reply.wait() : nil
  }

  /// The last durable event.
  public var lastSequence: UInt64 { durable.lastSequence }

  /// Finishes what is queued, and a snapshot or a merge of the index that is being made, marks the log as closed, and lets go of the lock.
  ///
  /// Further work is answered `failed`. Closing again does nothing.
  /// - Parameter givesUpSnapshot: do not wait for these: for a program that is told to end at once. The next
  ///   writer makes them.
  public func close(givesUpSnapshot: Bool = false) {
    if givesUpSnapshot { writer.giveUpFollowing() }
    let reply = Reply<Void>()
    if pass(.close(reply)) { reply.wait() }
  }

  /// Does what the timer does: shows the last frame to have been acknowledged, expires what is due. Only for a log
  /// that ``LogOptions/runsInline``.
  package func tick() { writer.tick() }

  /// Has a request judged: at once on this thread if the writer is free, else on the writer's thread.
  ///
  /// - Returns: false if the log is closed.
  private func pass(_ request: Request) -> Bool { writer.perform(request) || queue.push(request) }

  private static let closed = Outcome.failed("the log was closed before this was judged")
}

/// The answers to commands that were handed over with ``TallyLog/enqueue(_:)-([Command])``.
public struct PendingOutcomes: Sendable {
  private let reply: Reply<[Outcome]>
  /// Kept so that the thread that has made them also frees them: another would pay for each, the writer's above all.
  private let commands: [Command]

  init(_ commands: [Command], _ reply: Reply<[Outcome]>) {
    self.commands = commands
    self.reply = reply
  }

  /// Blocks the thread until the answers are durable.
  public func wait() -> [Outcome] { reply.wait() }
}

/// The answers to rows that were handed over with ``TallyLog/enqueue(_:)-(CommandRows)``.
public struct PendingRows: Sendable {
  private let reply: Reply<RowOutcomes>
  /// Kept for the same reason as commands are.
  private let rows: CommandRows

  init(_ rows: CommandRows, _ reply: Reply<RowOutcomes>) {
    self.rows = rows
    self.reply = reply
  }

  /// Blocks the thread until the answers are durable.
  public func wait() -> RowOutcomes { reply.wait() }
}

extension LogID {
  /// 16 bytes from the system.
  static func random() -> LogID {
    var generator = SystemRandomNumberGenerator()
    return LogID(bytes: (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }) ?? LogID.random()
  }
}

extension TallyError {
  /// Any error of this library as the one that callers see.
  init(anyError error: any Error) {
    switch error {
    case let error as TallyError: self = error
    case let error as LogError: self = .log(error)
    case let error as FileError: self = .file(error)
    case let error as ClaimError: self = TallyError(error)
    case let error as SinkError: self = TallyError(error)
    case let error as IndexError:
      if case .file(let error) = error { self = .file(error) } else { self = .outOfRange("the index \(error)") }
    default: self = .outOfRange("\(error)")
    }
  }
}
