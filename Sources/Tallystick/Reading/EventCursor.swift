import TallyThreads

/// A place among a log's events: reads on from there, in portions.
///
/// For one task at a time. Reading blocks, so it is done on a thread of its own.
final class EventCursor: @unchecked Sendable {
  /// Events that are held at most.
  private static let portion = 1_024
  /// Events that are looked at before the caller may give up.
  private static let stretch = 262_144

  private let filter: EventFilter
  private let open: @Sendable () throws(TallyError) -> LogReader
  private var replay: Replay<State>?
  private var source: (any FrameSource)?
  /// The last portion did not reach the log's end.
  private(set) var hasMore = true
  /// The filter's last event has been looked at.
  var isOver: Bool { isBehind || filter.to.map { lastSequence >= $0 } ?? false }
  /// An event behind the filter's last has been seen.
  private var isBehind = false

  init(_ filter: EventFilter, open: @escaping @Sendable () throws(TallyError) -> LogReader) {
    self.filter = filter
    self.open = open
  }

  /// The last event that was looked at, or that nobody wants.
  var lastSequence: UInt64 { max(replay?.state.lastSequence ?? 0, max(filter.from, 1) - 1) }

  /// The next events; none: see ``hasMore``.
  func read() async throws(TallyError) -> [RecordedEvent] {
    let result: Result<[RecordedEvent], TallyError> = await withUnsafeContinuation { continuation in
      let isStarted = DedicatedThread.start { continuation.resume(returning: self.readBlocking()) }
      // A system without threads to give: better slow than not at all.
      if !isStarted { continuation.resume(returning: readBlocking()) }
    }
    return try result.get()
  }

  /// Waits, without a thread of the tasks' pool, until the store may hold more, or the task is cancelled.
  func waitForMore() async {
    guard let replay, let source else { return }
    await FrameWait.untilMore(than: replay.frames.head, in: source)
  }

  private func readBlocking() -> Result<[RecordedEvent], TallyError> {
    do throws(TallyError) {
      if replay == nil {
        let reader = try open()
        source = reader.source
        replay = try reader.start(filter)
      }
      guard let replay else { return .success([]) }
      return .success(try portion(replay))
    } catch {
      return .failure(error)
    }
  }

  private func portion(_ replay: Replay<State>) throws(TallyError) -> [RecordedEvent] {
    let filter = filter
    var events = [RecordedEvent]()
    var seen = 0
    hasMore = try !replay.advance { columns, row, state in
      if events.count == EventCursor.portion || seen == EventCursor.stretch { return false }
      if filter.isBehind(row) {
        self.isBehind = true
        return false
      }
      seen += 1
      if filter.isBefore(row) { return true }
      let event = EventRecorder.record(columns, row, before: state)
      if filter.admits(event) { events.append(event) }
      return true
    }
    if isOver { hasMore = false }
    return events
  }
}
