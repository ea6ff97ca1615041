/// The events of a log from a number on, and then those that come, each when it is on stable storage.
///
/// ```swift
/// for try await event in log.events(from: lastSeen + 1) {
///   try await send(event)
/// }
/// ```
///
/// To resume, ask from the number after the last that was seen: nothing is missed and nothing comes twice. The sequence
/// ends when the task is cancelled, or when the log that it came from is closed, after the last durable event; it throws
/// when the log cannot be read. Each iterator reads the log on its own, some ten million events a second, holds at most
/// 1,024 events and the state before them, and waits without a thread of the tasks' pool. It begins at the newest snapshot
/// before the number.
public struct LogEvents: AsyncSequence, Sendable {
  public typealias Element = RecordedEvent
  public typealias Failure = TallyError

  /// Waits for events behind a place; false: none come any more.
  typealias Waiting = @Sendable (EventCursor) async -> Bool

  private let filter: EventFilter
  private let open: @Sendable () throws(TallyError) -> LogReader
  private let waits: Waiting

  init(
    _ filter: EventFilter, open: @escaping @Sendable () throws(TallyError) -> LogReader, waits: @escaping Waiting
  ) {
    self.filter = filter
    self.open = open
    self.waits = waits
  }

  public func makeAsyncIterator() -> Iterator { Iterator(cursor: EventCursor(filter, open: open), waits: waits) }

  /// One reading of the events. For one task at a time.
  public struct Iterator: AsyncIteratorProtocol {
    let cursor: EventCursor
    let waits: Waiting
    /// Read and not given yet, in reverse.
    private var ready: [RecordedEvent] = []
    /// No event comes any more; what is in the log is still given.
    private var hasEnded = false

    fileprivate init(cursor: EventCursor, waits: @escaping Waiting) {
      self.cursor = cursor
      self.waits = waits
    }

    public mutating func next() async throws(TallyError) -> RecordedEvent? {
      try await next(isolation: #isolation)
    }

    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(TallyError) -> RecordedEvent? {
      while !Task.isCancelled {
        switch try await readOn(isolation: actor) {
        case .event(let event): return event
        case .end: return nil
        case .more: continue
        case .none: if !(await waits(cursor)) { noteEnd() }
        }
      }
      return nil
    }

    /// What one step of reading finds.
    enum Step {
      case event(RecordedEvent)
      /// Nothing yet, and the log goes on.
      case more
      /// Nothing, up to the log's end.
      case none
      /// Nothing, for ever.
      case end
    }

    mutating func readOn(isolation actor: isolated (any Actor)?) async throws(TallyError) -> Step {
      if let event = ready.popLast() { return .event(event) }
      ready = try await cursor.read().reversed()
      if let event = ready.popLast() { return .event(event) }
      if cursor.hasMore { return .more }
      return hasEnded || cursor.isOver ? .end : .none
    }

    mutating func noteEnd() { hasEnded = true }
  }
}

extension TallyLog {
  /// The events from a number on, and those that come, until the log is closed.
  public func events(from sequence: UInt64 = 1) -> LogEvents {
    var filter = EventFilter()
    filter.from = sequence
    return events(filter)
  }

  /// The same of some events only. Ends after ``EventFilter/to``, if there is one.
  public func events(_ filter: EventFilter) -> LogEvents {
    let durable = durable
    return LogEvents(filter, open: reader) { cursor in
      let known = cursor.lastSequence
      var head = durable.current
      while head.lastSequence <= known {
        guard let next = await durable.next(after: head) else { return false }
        head = next
      }
      return true
    }
  }
}

extension LogReader {
  /// The events from a number on, and those that another process writes, until the task is cancelled.
  public func events(from sequence: UInt64) -> LogEvents {
    var filter = EventFilter()
    filter.from = sequence
    return events(filter)
  }

  /// The same of some events only. Ends after ``EventFilter/to``, if there is one.
  public func events(_ filter: EventFilter) -> LogEvents {
    LogEvents(filter, open: opener) { cursor in
      await cursor.waitForMore()
      return true
    }
  }
}
