/// How much an open log holds, at one moment.
package struct LogVitals: Sendable {
  /// Items that exist.
  package var items: Int
  /// Reservations that hold something.
  package var openReservations: Int
  /// Reservations that wait in line.
  package var waitingReservations: Int
  /// Of the last event, in Unix milliseconds; 0 in an empty log.
  package var lastTime: Int64
}

extension TallyLog {
  /// Counted by the writer all along: a question costs it some 100 ns.
  package func vitals() async throws(LogFailure) -> LogVitals {
    try await ask { judge in
      LogVitals(
        items: judge.state.items.count, openReservations: judge.state.openCount - judge.state.waiting.count,
        waitingReservations: judge.state.waiting.count, lastTime: judge.state.lastTime)
    }
  }
}
