/// What callers hand to the writer's thread.
enum Request: Sendable {
  case commands([Command], Reply<[Outcome]>)
  case rows(CommandRows, Reply<RowOutcomes>)
  case one(Command, CheckedContinuation<Outcome, Never>)
  case levels([ItemName], CheckedContinuation<[StockLevel?], Never>)
  case number(ItemName, Reply<ItemNumber?>)
  /// A follower has made a snapshot and sealed the names up to it; `nil`: it failed, and has said so.
  case sealed(SnapshotMaker.Sealed?)
  case close(Reply<Void>)
}

/// An answer that becomes due when what was judged before it is durable.
enum Answer {
  case commands([Outcome], Reply<[Outcome]>)
  case rows(RowOutcomes, Reply<RowOutcomes>)
  case one(Outcome, CheckedContinuation<Outcome, Never>)
  case levels([StockLevel?], CheckedContinuation<[StockLevel?], Never>)
  case number(ItemNumber?, Reply<ItemNumber?>)

  /// - Parameter failure: why nothing is known of the outcome; `nil`: it is durable.
  func deliver(failure: String?) {
    switch self {
    case .commands(let outcomes, let reply):
      reply.send(failure.map { cause in outcomes.map { $0.orFailed(cause) } } ?? outcomes)
    case .rows(var outcomes, let reply):
      if let failure { outcomes.fail(failure) }
      reply.send(outcomes)
    case .one(let outcome, let continuation):
      continuation.resume(returning: failure.map { outcome.orFailed($0) } ?? outcome)
    case .levels(let levels, let continuation):
      continuation.resume(returning: failure == nil ? levels : levels.map { _ in nil })
    case .number(let number, let reply): reply.send(number)
    }
  }
}

extension Outcome {
  /// An answer that depended on what could not be made durable is unknown; one about the form is not.
  fileprivate func orFailed(_ cause: String) -> Outcome {
    if case .invalid = self { return self }
    return .failed(cause)
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

/// Requests on their way to the writer's thread.
final class RequestQueue: Sendable {
  private struct Contents {
    var requests: [Request] = []
    var isClosed = false
  }
  private let monitor = Monitor(Contents())

  /// False if the queue is closed: nobody will answer.
  func push(_ request: Request) -> Bool {
    monitor.signal { contents in
      if contents.isClosed { return false }
      contents.requests.append(request)
      return true
    }
  }

  /// Everything that is queued; waits for something up to `timeout` milliseconds (`nil`: for ever).
  func popAll(timeout: Int64?) -> [Request] {
    monitor.wait(timeout: timeout) { contents -> [Request]? in
      if contents.requests.isEmpty { return nil }
      defer { contents.requests = [] }
      return contents.requests
    } ?? []
  }

  /// Nothing is accepted any more; returns what was still queued.
  func close() -> [Request] {
    monitor.access { contents in
      contents.isClosed = true
      defer { contents.requests = [] }
      return contents.requests
    }
  }
}
