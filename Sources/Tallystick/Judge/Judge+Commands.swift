/// Commands of bulk work: the plain ones among them take the straight lines of rows.
extension Judge {
  /// Finds the items of some commands that come next, and asks the processor for the memory that judging
  /// them will touch: see the same of rows. An item is found in three steps, its place, its entry, its name, each fetched
  /// for all commands before the next.
  mutating func prepare(_ commands: inout NamedRows, _ range: Range<Int>) {
    prefetchNames(commands.rows, range)
    state.itemNames.prefetch(commands.itemHashes, range)
    commands.resolve(range, state.itemNames)
    prefetchItems(commands.rows, range)
    prepareSettlements(commands.rows, range)
    knownNames.look(commands.rows, range, names, history)
  }

  /// Judges the plain commands of a prepared group up to the first that is not to be accepted in a straight line, or
  /// before which somebody may have to be served who waits, after what is due by then, and appends their answers.
  ///
  /// - Parameters:
  ///   - group: what was prepared; ``outcomes`` has one for each command before the first to judge.
  ///   - time: the clock's time, not before the last event's.
  mutating func judgePlain(
    _ commands: borrowing NamedRows, _ group: Range<Int>, time: Int64, into events: inout EventColumns,
    _ outcomes: inout some AnswerList
  ) {
    catchUp(at: time, into: &events)
    while outcomes.count < group.upperBound {
      let index = outcomes.count
      let first = state.lastSequence + 1
      let taken = reserveRun(
        commands.rows, index..<group.upperBound, shortest: 1, time: time, into: &events)
      outcomes.appendAccepted(taken, from: first)
      if taken > 0 { continue }
      // An id that is too long for a run, above all.
      let isReserved =
        commands.rows.columns.kinds[index] == .reserve
        && reserveRow(commands.rows, index, commands.rows.fingerprints[index], time: time, into: &events) == .accepted
      guard isReserved || settleRow(commands.rows, index, of: group, time: time, into: &events) else { return }
      outcomes.appendAccepted(1, from: state.lastSequence)
      if state.waiting.mayOwe { return }
    }
  }
}
