/// Reads a log: stock now and then, reservations, events. Takes no lock and never sees half a step, or what is not yet
/// on stable storage.
///
/// For one thread at a time. Each question reads the log anew: the newest snapshot before the moment, and what followed.
public final class LogReader {
  /// The log's directory.
  public let path: String
  /// The log's identity.
  public let log: LogID
  /// What was fixed when the log was made.
  public let settings: LogSettings
  let stored: StoredLog
  let warn: @Sendable (String) -> Void

  /// - Parameters:
  ///   - path: the log's directory.
  ///   - files: where it is.
  ///   - warn: told, in words for people, of a snapshot that was passed over.
  /// - Throws: ``TallyError`` if there is no log or its beginning cannot be trusted.
  public convenience init(
    _ path: String, files: any FileSystem = LocalFileSystem(), warn: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(TallyError) {
    try self.init(LocalStore(path, files: files), warn: warn)
  }

  /// As ``init(_:files:warn:)``, for a log that any store keeps.
  public init(_ store: any LogStore, warn: @escaping @Sendable (String) -> Void = { _ in }) throws(TallyError) {
    do throws(LogError) { stored = try StoredLog(store) } catch { throw .log(error) }
    path = stored.source.name
    log = stored.log
    settings = stored.settings
    self.warn = warn
  }

  /// The log's frames. It knows where in a segment they begin once somebody has asked.
  package var source: any FrameSource { stored.source }

  /// Opens the same log again, for another thread.
  var opener: @Sendable () throws(TallyError) -> LogReader {
    { [stored, warn] () throws(TallyError) in try LogReader(stored.store, warn: warn) }
  }

  /// A replay from the newest snapshot that is not after the moment.
  private func replay(_ moment: Moment, keepsClosed: Bool = false) throws(TallyError) -> Replay<State> {
    var base: LoadedSnapshot?
    switch moment {
    case .now: base = try LoadedSnapshot.newest(stored, warn: warn)
    case .sequence(let sequence):
      base = try LoadedSnapshot.newest(stored, notAfter: sequence, warn: warn)
    case .time(let time):
      var bound = UInt64.max
      repeat {
        base = try LoadedSnapshot.newest(stored, notAfter: bound, warn: warn)
        bound = (base?.sequence ?? 1) - 1
      } while base.map { $0.state.lastTime > time } ?? false
    }
    var state = State()
    state.keepsClosed = keepsClosed
    return try Replay(state, stored, from: base, floor: try LogFloor(stored, warn: warn))
  }

  /// The state at a moment.
  ///
  /// - Throws: ``TallyError/outOfRange(_:)`` for a sequence number beyond the log's end.
  func state(at moment: Moment) throws(TallyError) -> Replay<State> {
    let replay = try replay(moment)
    try replay.advance(to: moment)
    if case .sequence(let sequence) = moment, replay.frames.head.nextSequence <= sequence {
      throw .outOfRange("the log ends at event \(replay.state.lastSequence), before \(sequence)")
    }
    return replay
  }

  /// The stock at a moment: within a batch or another atomic step, before it.
  public func stock(at moment: Moment = .now) throws(TallyError) -> StockReport {
    let state = try state(at: moment).state
    return StockReport(
      sequence: state.lastSequence, time: state.lastTime,
      levels: state.items.indices.map { state.level(of: ItemNumber(UInt32($0))) },
      due: state.unitsDue(at: moment.dueTime(lastTime: state.lastTime)))
  }

  /// The same of some SKUs, at all their locations: with many items the cheaper question.
  public func stock(at moment: Moment = .now, of skus: Set<Name>) throws(TallyError) -> StockReport {
    report(try state(at: moment).state, at: moment, of: skus)
  }

  /// As ``stock(at:of:)``, with the digest of the whole state at that moment. Cost: the digest, some 0.1 µs an item or open
  /// reservation, beside the fold.
  public func stockAndDigest(
    at moment: Moment = .now, of skus: Set<Name>
  ) throws(TallyError) -> (stock: StockReport, stateDigest: Digest) {
    let state = try state(at: moment).state
    return (report(state, at: moment, of: skus), state.digest)
  }

  private func report(_ state: State, at moment: Moment, of skus: Set<Name>) -> StockReport {
    StockReport(
      sequence: state.lastSequence, time: state.lastTime,
      levels: state.itemNames.numbers(of: skus).map { state.level(of: $0) },
      due: state.unitsDue(at: moment.dueTime(lastTime: state.lastTime)))
  }

  /// Shows events in order until `body` returns false.
  ///
  /// Cost: a fold from the newest snapshot before `filter.from`, some ten million events a second.
  public func events(_ filter: EventFilter, _ body: (RecordedEvent) throws -> Bool) throws {
    _ = try show(filter, try start(filter), body)
  }

  /// As ``events(_:_:)``, and then waits for more.
  ///
  /// - Parameters:
  ///   - filter: which events.
  ///   - isCancelled: asked now and then; true ends it.
  ///   - body: is shown each event; false ends it.
  ///   - pollInterval: how long to wait at most before `isCancelled` is asked again; what is appended is shown at once.
  public func follow(
    _ filter: EventFilter, pollInterval: Duration, isCancelled: () -> Bool, _ body: (RecordedEvent) throws -> Bool
  ) throws {
    let replay = try start(filter)
    while !isCancelled() {
      guard try show(filter, replay, body) else { return }
      stored.source.waitForMore(than: replay.frames.head, atMost: pollInterval)
    }
  }

  func start(_ filter: EventFilter) throws(TallyError) -> Replay<State> {
    if filter.from <= 1, let since = filter.since { return try replay(.time(since - 1)) }
    return try replay(.sequence(max(filter.from, 1) - 1))
  }

  /// False if `body` or the filter's end stopped it. Throws ``TallyError``, or what `body` throws.
  func show(
    _ filter: EventFilter, _ replay: Replay<State>, _ body: (RecordedEvent) throws -> Bool
  ) throws -> Bool {
    var failure: (any Error)?
    // The replay keeps no visitor after it returns.
    let isAtEnd = try withoutActuallyEscaping(body) { body in
      try replay.advance(visit: { columns, row, state in
        if filter.isBehind(row) { return false }
        if filter.isBefore(row) { return true }
        let event = EventRecorder.record(columns, row, before: state)
        guard filter.admits(event) else { return true }
        do { return try body(event) } catch {
          failure = error
          return false
        }
      })
    }
    if let failure { throw failure }
    return isAtEnd
  }

  /// The log's vital figures. Cost: a fold from the newest snapshot, and the digest of the state.
  public func info() throws(TallyError) -> LogInfo {
    let replay = try state(at: .now)
    let state = replay.state
    let parts: [StorePart]
    do throws(LogError) { parts = try stored.source.parts() } catch { throw .log(error) }
    let segments = parts.map { part in
      LogInfo.Segment(
        name: part.name, firstSequence: part.firstSequence, bytes: part.bytes,
        usedBytes: part == parts.last && replay.frames.position.segment > 0
          ? min(part.bytes, replay.frames.position.offset) : part.bytes)
    }
    do throws(FileError) {
      return LogInfo(
        path: path, log: log, settings: settings, firstSequence: state.lastSequence == 0 ? 0 : 1,
        lastTime: state.lastTime, head: replay.frames.head, stateDigest: state.digest, segments: segments,
        snapshots: try stored.directory.listSnapshots(stored.files), items: state.items.count,
        openReservations: state.openCount - state.waiting.count,
        dueReservations: state.countDue(at: Moment.now.dueTime(lastTime: state.lastTime)),
        waitingReservations: state.waiting.count, consumers: state.consumerPositions,
        tornBytes: replay.end?.tornBytes ?? 0, payloadBytes: replay.payloadBytes,
        frameBytes: replay.frameBytes, floorFlaw: try floorFlaw())
    } catch {
      throw .file(error)
    }
  }
}

extension LogReader {
  private func floorFlaw() throws(FileError) -> String? {
    do throws(FloorError) { _ = try stored.store.floor() } catch {
      switch error {
      case .malformed(let flaw): return flaw.description
      case .file(let error): throw error
      }
    }
    return nil
  }
}

extension EventFilter {
  /// Before the filter's first event.
  func isBefore(_ row: EventColumns.Row) -> Bool { row.sequence < from || since.map { row.time < $0 } ?? false }

  /// What an event is about that moves nothing: of a SKU's stated order of locations these, if there are any.
  private func own(_ event: RecordedEvent) -> [ItemName] {
    guard let item = event.item else { return [] }
    return event.locations.isEmpty ? [item] : event.locations.map { ItemName(sku: item.sku, location: $0) }
  }

  /// Behind the filter's last event, and so are all that follow.
  func isBehind(_ row: EventColumns.Row) -> Bool {
    to.map { row.sequence > $0 } ?? false || until.map { row.time > $0 } ?? false
  }

  /// Whether an event that is neither before nor behind is wanted.
  func admits(_ event: RecordedEvent) -> Bool {
    if isForConsumers, event.kind.isOfConsumers { return false }
    if let types, !types.contains(event.kind.name) { return false }
    if let id, event.id != id, event.key != id, !event.holds.contains(where: { $0.id == id }) { return false }
    if let customer, event.customer != customer { return false }
    if let reference, event.reference != reference { return false }
    guard sku != nil || location != nil else { return true }
    let items =
      event.lines.map(\.item) + own(event) + event.asked.map(\.item) + event.parts.map(\.item)
    return items.contains { (sku == nil || $0.sku == sku) && (location == nil || $0.location == location) }
  }
}
