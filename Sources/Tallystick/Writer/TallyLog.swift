import TallyThreads

/// A log, open for writing: the one writer.
///
/// Usable from any thread and task. Work is judged in the order in which it arrives, by one thread of its own; what
/// arrives while a frame is being synced shares the next one.
///
/// ```swift
/// try TallyLog.create("shop.tally")
/// let log = try TallyLog("shop.tally")
/// _ = log.append(Command(.receive([Line(sku: "tea", 100)])))
/// let outcome = await log.submit(Command(.reserve(id: "order-1", [Line(sku: "tea", 2)], timeToLive: .seconds(900))))
/// log.close()
/// ```
public final class TallyLog: Sendable {
  /// The log's identity.
  public let id: LogID
  /// What was fixed when the log was made.
  public let settings: LogSettings
  /// What opening it found and did.
  public let recovery: RecoveryReport

  let queue: RequestQueue
  let writer: Writer
  /// The head of the chain as far as it is durable, to read or to wait for.
  public let durable: DurableHead
  let clock: @Sendable () -> Int64
  /// Opens it for reading.
  let reader: @Sendable () throws(TallyError) -> LogReader
  /// Of ids.
  let hash: SipHash

  /// Makes an empty log.
  ///
  /// - Parameters:
  ///   - path: a directory that does not exist or is empty; its parent exists.
  ///   - settings: what is fixed with it.
  ///   - files: where to make it.
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
    let options = options.withObservedWarnings
    let stored: StoredLog
    // No lock file may appear where there is no log.
    do throws(LogError) { stored = try StoredLog(store) } catch { throw .log(error) }
    let sink: any FrameSink
    do throws(ClaimError) { sink = try store.claim(stored.source, wait: options.lockWait) } catch {
      throw TallyError(error)
    }
    queue = RequestQueue(maxCommands: options.maxQueuedCommands, maxBytes: options.maxQueuedBytes)
    clock = options.clock
    reader = { () throws(TallyError) in try LogReader(store, warn: options.warn) }
    let (found, committer): (Recovery, Committer)
    do throws(TallyError) {
      found = try Recovery(stored, options: options)
      if found.report.cutTornBytes > 0 {
        options.warn(
          "cut \(found.report.cutTornBytes) bytes of a frame that was never acknowledged, in \(found.end.end.position)")
      }
      do throws(SinkError) { committer = try Committer(sink, found) } catch { throw TallyError(error) }
    } catch {
      sink.close()
      throw error
    }
    id = found.log
    settings = found.settings
    recovery = found.report
    durable = DurableHead(found.end.head)
    hash = found.judge.hash
    writer = Writer(
      stored, found, committer, queue: queue, durable: durable, largestFrame: store.largestFrame, options: options)
    guard writer.start() else {
      sink.close()
      throw .outOfThreads
    }
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
    if pass(.close(reply), .none) == nil { reply.wait() }
  }

  /// Does what the timer does: shows the last frame to have been acknowledged, expires what is due. Only for a log
  /// that ``LogOptions/runsInline``.
  package func tick() { writer.tick() }

  /// As ``close(givesUpSnapshot:)``, giving up, but without waiting for it: what was handed over is still judged and
  /// answered, and the lock is let go of a sync later at most.
  deinit {
    writer.giveUpFollowing()
    if !writer.runsInline { _ = queue.push(.close(Reply())) }
  }
}
