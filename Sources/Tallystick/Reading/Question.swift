/// A question to the writer's live state: looked up between two commands, answered when all that it saw is durable.
struct Question: Sendable {
  /// Tells the asker, or why there is no answer.
  typealias Answer = @Sendable (_ failure: LogFailure?) -> Void

  /// Looks at the state. On the writer's thread: what it costs, every command waits for.
  let look: @Sendable (inout Judge) -> Answer

  init<Value: Sendable>(
    _ recipient: Recipient<Result<Value, LogFailure>>, _ look: @escaping @Sendable (inout Judge) -> Value
  ) {
    self.look = { judge in
      let value = look(&judge)
      return { failure in recipient.send(failure.map { .failure($0) } ?? .success(value)) }
    }
  }
}

extension TallyLog {
  /// Asks without a thread.
  func ask<Value: Sendable>(
    _ look: @escaping @Sendable (inout Judge) -> Value
  ) async throws(LogFailure) -> Value {
    if Task.isCancelled { throw .cancelled }
    let answer: Result<Value, LogFailure> = await withUnsafeContinuation { continuation in
      if let refusal = hand(.question(Question(.task(continuation), look)), .question) {
        continuation.resume(returning: .failure(LogFailure(refusal)))
      }
    }
    return try answer.get()
  }

  /// Asks and blocks the thread.
  func askBlocking<Value: Sendable>(_ look: @escaping @Sendable (inout Judge) -> Value) throws(LogFailure) -> Value {
    let reply = Reply<Result<Value, LogFailure>>()
    if let refusal = pass(.question(Question(.thread(reply), look)), .question) { throw LogFailure(refusal) }
    return try reply.wait().get()
  }
}

extension LogFailure {
  /// Why a question was not taken.
  init(_ refusal: Outcome) {
    switch refusal {
    case .busy(let busy): self = .busy(busy)
    case .failed(let cause): self = cause
    case .accepted, .repeated, .rejected, .invalid: self = .closed
    }
  }
}
