import Synchronization

/// The last durable event, published by the writer after each frame: for any thread to read or to wait for.
final class DurableSequence: Sendable {
  private struct Shared {
    var sequence: UInt64
    var hasEnded = false
    var nextWaiter: UInt64 = 0
    var waiters: [UInt64: UnsafeContinuation<UInt64?, Never>] = [:]
  }
  private let shared: Monitor<Shared>
  /// Of `shared`, to be read without its lock.
  private let sequence: Atomic<UInt64>

  init(_ sequence: UInt64) {
    shared = Monitor(Shared(sequence: sequence))
    self.sequence = Atomic(sequence)
  }

  func load() -> UInt64 { sequence.load(ordering: .acquiring) }

  /// Nobody waits for the waiters: costs a lock, and waking them.
  func store(_ sequence: UInt64) {
    self.sequence.store(sequence, ordering: .releasing)
    let waiters = shared.signal { shared in
      shared.sequence = sequence
      defer { shared.waiters.removeAll() }
      return shared.waiters
    }
    for waiter in waiters.values { waiter.resume(returning: sequence) }
  }

  /// Nothing more becomes durable: whoever waits is told.
  func end() {
    let waiters = shared.signal { shared in
      shared.hasEnded = true
      defer { shared.waiters.removeAll() }
      return shared.waiters
    }
    for waiter in waiters.values { waiter.resume(returning: nil) }
  }

  /// Waits, without a thread, until an event behind `known` is durable.
  ///
  /// - Returns: the last durable event; `nil`: none comes any more, or the task was cancelled.
  func next(after known: UInt64) async -> UInt64? {
    let waiter = shared.access { shared in
      shared.nextWaiter += 1
      return shared.nextWaiter
    }
    return await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        let answer: UInt64?? = shared.access { shared in
          if Task.isCancelled { return .some(nil) }
          if shared.sequence > known { return .some(shared.sequence) }
          if shared.hasEnded { return .some(nil) }
          shared.waiters[waiter] = continuation
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      shared.access { $0.waiters.removeValue(forKey: waiter) }?.resume(returning: nil)
    }
  }
}
