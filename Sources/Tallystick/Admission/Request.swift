import TallyThreads

/// What callers, and the threads that work for the writer, hand to the writer's thread.
enum Request: Sendable {
  case commands([Command], NamedRows, Recipient<[Outcome]>)
  case gathered(GatheredCommands, @Sendable (CommandAnswers) -> Void)
  case rows(PreparedRows, Reply<RowOutcomes>)
  case one(Command, UnsafeContinuation<Outcome, Never>)
  case question(Question)
  /// A follower has made a snapshot and sealed the names up to it; `nil`: it failed, and has said so.
  case sealed(Follower.Sealed?)
  /// Some of the sealed runs have become one; `nil`: that failed, and has been said, or is over.
  case merged(IndexRun?)
  case close(Reply<Void>)
}

/// An answer that becomes due when what was judged before it is durable.
enum Answer {
  case commands([Outcome], Recipient<[Outcome]>)
  case gathered(CommandAnswers, @Sendable (CommandAnswers) -> Void)
  case rows(RowOutcomes, Reply<RowOutcomes>)
  case one(Outcome, UnsafeContinuation<Outcome, Never>)
  case question(Question.Answer)

  /// - Parameter failure: why nothing is known of the outcome; `nil`: it is durable.
  func deliver(failure: LogFailure?) {
    switch self {
    case .commands(let outcomes, let recipient):
      recipient.send(failure.map { cause in outcomes.map { $0.orFailed(cause) } } ?? outcomes)
    case .gathered(let answers, let tell): tell(failure.map { answers.orFailed($0) } ?? answers)
    case .rows(var outcomes, let reply):
      if let failure { outcomes.fail(failure, of: outcomes.count) }
      reply.send(outcomes)
    case .one(let outcome, let continuation):
      continuation.resume(returning: failure.map { outcome.orFailed($0) } ?? outcome)
    case .question(let answer): answer(failure)
    }
  }
}

extension Outcome {
  /// An answer that depended on what could not be made durable is unknown; one about the form is not.
  func orFailed(_ cause: LogFailure) -> Outcome {
    if case .invalid = self { return self }
    return .failed(cause)
  }
}

/// Who waits for an answer.
enum Recipient<Value: Sendable>: Sendable {
  case thread(Reply<Value>)
  case task(UnsafeContinuation<Value, Never>)
  /// Told on the log's thread: hands over and returns.
  case callback(@Sendable (Value) -> Void)

  func send(_ value: Value) {
    switch self {
    case .thread(let reply): reply.send(value)
    case .task(let continuation): continuation.resume(returning: value)
    case .callback(let tell): tell(value)
    }
  }
}

/// One value from one thread to another.
final class Reply<Value: Sendable>: Sendable {
  private let monitor = Monitor<Value?>(nil)
  func send(_ value: Value) { monitor.signal { $0 = value } }
  /// Blocks the thread until the value is there.
  func wait() -> Value {
    while true {
      if let value = monitor.wait({ $0 }) { return value }
    }
  }
}
