import TallyThreads

/// What callers hand to the writer's thread.
enum Request: Sendable {
  case commands([Command], NamedRows, Reply<[Outcome]>)
  case rows(PreparedRows, Reply<RowOutcomes>)
  case one(Command, UnsafeContinuation<Outcome, Never>)
  case levels([ItemName], UnsafeContinuation<[StockLevel?], Never>)
  case number(ItemName, Reply<ItemNumber?>)
  /// A follower has made a snapshot and sealed the names up to it; `nil`: it failed, and has said so.
  case sealed(Follower.Sealed?)
  /// Some of the sealed runs have become one; `nil`: that failed, and has been said, or is over.
  case merged(IndexRun?)
  case close(Reply<Void>)
}

/// An answer that becomes due when what was judged before it is durable.
enum Answer {
  case commands([Outcome], Reply<[Outcome]>)
  case rows(RowOutcomes, Reply<RowOutcomes>)
  case one(Outcome, UnsafeContinuation<Outcome, Never>)
  case levels([StockLevel?], UnsafeContinuation<[StockLevel?], Never>)
  case number(ItemNumber?, Reply<ItemNumber?>)

  /// - Parameter failure: why nothing is known of the outcome; `nil`: it is durable.
  func deliver(failure: String?) {
    switch self {
    case .commands(let outcomes, let reply):
      reply.send(failure.map { cause in outcomes.map { $0.orFailed(cause) } } ?? outcomes)
    case .rows(var outcomes, let reply):
      if let failure { outcomes.fail(failure, of: outcomes.count) }
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
    var isWoken = false
    /// So many requests are waited for.
    var wanted = 0
  }
  private let monitor = Monitor(Contents())

  /// False if the queue is closed: nobody will answer.
  func push(_ request: Request) -> Bool {
    var isAwaited = false
    let isTaken = monitor.access { contents in
      if contents.isClosed { return false }
      isAwaited = contents.requests.isEmpty
      contents.requests.append(request)
      if contents.requests.count == contents.wanted {
        contents.wanted = 0
        isAwaited = true
      }
      return true
    }
    // Whoever waits, waits for an empty queue to fill, or for enough company.
    if isAwaited { monitor.signalAll() }
    return isTaken
  }

  /// Makes ``wait(timeout:)`` return.
  func wake() { monitor.signal { $0.isWoken = true } }

  /// Waits for a request or ``wake()``, up to `timeout` milliseconds (`nil`: for ever); false if the time is over.
  func wait(timeout: Int64?) -> Bool {
    monitor.wait(timeout: timeout.map(Double.init)) { contents -> Bool? in
      if contents.requests.isEmpty, !contents.isWoken { return nil }
      contents.isWoken = false
      return true
    } ?? false
  }

  /// Waits until `count` requests have queued, up to `timeout` milliseconds.
  ///
  /// - Returns: how many have.
  func wait(for count: Int, timeout: Double) -> Int {
    let isEnough = monitor.wait(timeout: timeout) { contents -> Bool? in
      if contents.requests.count >= count || contents.isClosed { return true }
      contents.wanted = count
      return nil
    }
    if isEnough ?? false { return count }
    return monitor.access { contents in
      contents.wanted = 0
      return contents.requests.count
    }
  }

  /// Exchanges `requests`, which must be empty, for everything that is queued; its memory is used for what comes next.
  func popAll(_ requests: inout [Request]) { monitor.access { swap(&$0.requests, &requests) } }

  var isEmptyAndOpen: Bool { monitor.access { $0.requests.isEmpty && !$0.isClosed } }

  /// Nothing is accepted any more; returns what was still queued.
  func close() -> [Request] {
    monitor.access { contents in
      contents.isClosed = true
      defer { contents.requests = [] }
      return contents.requests
    }
  }
}
