/// Ways in for a server's event loops: nobody waits, neither a thread nor a task, and many commands cost one hand-over.
///
/// Each answer comes once, when all that was judged before it is durable, and is given on one of the log's threads, or, if
/// the log does not take the request, on the caller's before the call returns: hand over and return, and do not call the
/// log from there.
extension TallyLog {
  /// Has commands judged in order, each on its own.
  ///
  /// - Parameter answer: is given their answers.
  package func hand(_ commands: GatheredCommands, answer: @escaping @Sendable (CommandAnswers) -> Void) {
    if commands.isEmpty { return answer(CommandAnswers()) }
    if let refusal = hand(.gathered(commands, answer), QueueLoad(commands)) {
      answer(CommandAnswers(refusal, count: commands.count))
    }
  }

  /// As ``hand(_:answer:)-(GatheredCommands,_)``, of commands that are made already.
  ///
  /// - Parameter answer: is given one answer a command, in order.
  package func hand(_ commands: [Command], answer: @escaping @Sendable ([Outcome]) -> Void) {
    if commands.isEmpty { return answer([]) }
    let rows = NamedRows(commands, hash)
    let load = QueueLoad(commands, rows)
    if let refusal = hand(.commands(commands, rows, .callback(answer)), load) {
      answer(commands.map { _ in refusal })
    }
  }

  /// Looks these items and reservations up, all in one moment, after whatever was handed over before.
  ///
  /// - Parameter answer: is given what there is of each, in order; `nil` for what does not exist.
  package func look(
    up items: [ItemName], _ reservations: [Name],
    answer: @escaping @Sendable (Result<([StockLevel?], [ReservationStatus?]), LogFailure>) -> Void
  ) {
    let clock = clock
    let question = Question(.callback(answer)) { judge in
      let now = clock()
      return (
        items.map { judge.state.level(of: $0) }, reservations.map { judge.status(of: $0, now: now) }
      )
    }
    if let refusal = hand(.question(question), .question) { answer(.failure(LogFailure(refusal))) }
  }

  /// Opens the log for reading, as often as is wanted, each time for another thread.
  package func openReader() throws(TallyError) -> LogReader { try reader() }
}
