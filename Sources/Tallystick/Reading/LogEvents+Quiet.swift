/// What a reading of events came to within a time.
package enum EventOrQuiet: Sendable {
  case event(RecordedEvent)
  /// None has come: whoever waits for them may want to hear that the reading goes on.
  case quiet
}

extension LogEvents {
  /// These events, and word of each stretch of so long in which none comes.
  package func orQuiet(after time: Duration) -> LogEventsOrQuiet { LogEventsOrQuiet(events: self, time: time) }
}

/// See ``LogEvents/orQuiet(after:)``.
package struct LogEventsOrQuiet: AsyncSequence, Sendable {
  package typealias Element = EventOrQuiet
  package typealias Failure = TallyError

  fileprivate let events: LogEvents
  fileprivate let time: Duration

  package func makeAsyncIterator() -> Iterator { Iterator(events: events.makeAsyncIterator(), time: time) }

  package struct Iterator: AsyncIteratorProtocol {
    fileprivate var events: LogEvents.Iterator
    fileprivate let time: Duration

    package mutating func next() async throws(TallyError) -> EventOrQuiet? {
      try await next(isolation: #isolation)
    }

    package mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(TallyError) -> EventOrQuiet? {
      try await events.next(orQuietAfter: time, isolation: actor)
    }
  }
}

extension LogEvents.Iterator {
  fileprivate mutating func next(
    orQuietAfter time: Duration, isolation actor: isolated (any Actor)?
  ) async throws(TallyError) -> EventOrQuiet? {
    let end = ContinuousClock.now.advanced(by: time)
    while !Task.isCancelled {
      switch try await readOn(isolation: actor) {
      case .event(let event): return .event(event)
      case .end: return nil
      case .more: if ContinuousClock.now >= end { return .quiet }
      case .none:
        switch await LogEvents.Iterator.wait(at: cursor, waits, until: end) {
        case true?: continue
        case false?: noteEnd()
        case nil: return .quiet
        }
      }
    }
    return nil
  }

  /// Whether more may have come; false: none comes any more; `nil`: the time is over.
  private static func wait(
    at cursor: EventCursor, _ waits: @escaping LogEvents.Waiting, until end: ContinuousClock.Instant
  ) async -> Bool? {
    await withTaskGroup(of: Bool?.self) { group in
      group.addTask { await waits(cursor) }
      group.addTask {
        try? await Task.sleep(until: end, clock: .continuous)
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      return first
    }
  }
}
