import Synchronization
import TallyThreads

/// The head of the chain as far as it is durable: published by the writer after each frame, for any thread to read or to
/// wait for. Followers, event streams, checkpoints and stand-bys hang on it instead of looking again and again.
///
/// Nobody waits for the waiters: publishing costs a lock and, if somebody waits, waking them.
public final class DurableHead: Sendable {
  private struct Shared {
    var head: ChainHead
    var hasEnded = false
    var nextWaiter: UInt64 = 0
    var waiters: [UInt64: CheckedContinuation<ChainHead?, Never>] = [:]
  }
  private let shared: Monitor<Shared>
  /// Of `shared`, to be read without its lock.
  private let sequence: Atomic<UInt64>

  init(_ head: ChainHead) {
    shared = Monitor(Shared(head: head))
    sequence = Atomic(head.lastSequence)
  }

  /// The last durable event.
  public var lastSequence: UInt64 { sequence.load(ordering: .acquiring) }

  /// The last durable frame.
  public var current: ChainHead { shared.access { $0.head } }

  func publish(_ head: ChainHead) {
    sequence.store(head.lastSequence, ordering: .releasing)
    let waiters = shared.signal { shared in
      shared.head = head
      defer { shared.waiters.removeAll() }
      return shared.waiters.isEmpty ? nil : shared.waiters
    }
    if let waiters { for waiter in waiters.values { waiter.resume(returning: head) } }
  }

  /// No frame comes any more: whoever waits is told.
  func end() {
    let waiters = shared.signal { shared in
      shared.hasEnded = true
      defer { shared.waiters.removeAll() }
      return shared.waiters
    }
    for waiter in waiters.values { waiter.resume(returning: nil) }
  }

  /// Blocks the thread until there is a durable frame behind `head`.
  ///
  /// - Parameters:
  ///   - head: a frame that is known already.
  ///   - timeout: how long to wait; `nil`: for ever.
  /// - Returns: the head then; `nil` if the time is over, or the log was closed and has no such frame.
  public func wait(after head: ChainHead, timeout: Duration? = nil) -> ChainHead? {
    let milliseconds = timeout.map { Double($0.components.seconds) * 1e3 + Double($0.components.attoseconds) * 1e-15 }
    let found = shared.wait(timeout: milliseconds) { shared -> ChainHead?? in
      if shared.head.nextFrame > head.nextFrame { return .some(shared.head) }
      return shared.hasEnded ? .some(nil) : nil
    }
    return found ?? nil
  }

  /// As ``wait(after:timeout:)``, without a thread.
  ///
  /// - Returns: `nil`, too, if the task was cancelled.
  public func next(after head: ChainHead) async -> ChainHead? {
    let waiter = shared.access { shared in
      shared.nextWaiter += 1
      return shared.nextWaiter
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer: ChainHead?? = shared.access { shared in
          if Task.isCancelled { return .some(nil) }
          if shared.head.nextFrame > head.nextFrame { return .some(shared.head) }
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

extension DurableHead {
  /// The heads that come: each time the newest. Ends when the log is closed or the task is cancelled.
  public struct Heads: AsyncSequence, AsyncIteratorProtocol, Sendable {
    fileprivate let durable: DurableHead
    fileprivate var last: ChainHead

    public func makeAsyncIterator() -> Heads { self }
    public mutating func next() async -> ChainHead? {
      guard let head = await durable.next(after: last) else { return nil }
      last = head
      return head
    }
  }

  /// - Parameter head: a frame that is known already.
  public func heads(after head: ChainHead = .empty) -> Heads { Heads(durable: self, last: head) }
}
