import Glibc
import TallyThreads

/// Requests on their way to the writer's thread, and how many there may be.
///
/// What counts is everything from its arrival until it has been judged: the queue's memory is bounded, whatever callers
/// do. A request that is larger than the bound is taken when nothing else waits.
final class RequestQueue: Sendable {
  /// What became of a request that was handed over.
  enum Admission {
    case taken
    /// The queue is full: nothing was done.
    case busy(Busy)
    /// Nobody will answer.
    case closed
  }

  private struct Contents {
    var requests: [Request] = []
    var isClosed = false
    var isWoken = false
    /// So many requests are waited for.
    var wanted = 0
    /// What waits in `requests`, and when the oldest of it came, in nanoseconds of the monotonic clock; 0: none.
    var waiting = QueueLoad.none
    var arrival: UInt64 = 0
    /// The same of what is being judged.
    var judged = QueueLoad.none
    var judgedArrival: UInt64 = 0

    var load: QueueLoad { waiting + judged }
    var oldestArrival: UInt64 { judgedArrival == 0 ? arrival : judgedArrival }
  }
  private let monitor = Monitor(Contents())
  private let maxCommands: Int
  private let maxBytes: Int

  init(maxCommands: Int = .max, maxBytes: Int = .max) {
    self.maxCommands = maxCommands
    self.maxBytes = maxBytes
  }

  /// - Parameter load: what admission counts; ``QueueLoad/none``: taken in any case.
  func push(_ request: Request, _ load: QueueLoad = .none) -> Admission {
    var isAwaited = false
    let admission: Admission = monitor.access { contents in
      if contents.isClosed { return .closed }
      if load.commands > 0, contents.load.commands > 0 {
        let after = contents.load + load
        if after.commands > maxCommands || after.bytes > maxBytes { return .busy(busy(contents)) }
      }
      isAwaited = contents.requests.isEmpty
      if load.commands > 0, contents.waiting.commands == 0 { contents.arrival = RequestQueue.now }
      contents.waiting = contents.waiting + load
      contents.requests.append(request)
      if contents.requests.count == contents.wanted {
        contents.wanted = 0
        isAwaited = true
      }
      return .taken
    }
    // Whoever waits, waits for an empty queue to fill, or for enough company.
    if isAwaited { monitor.signalAll() }
    return admission
  }

  /// How long the oldest command that is not judged yet has waited; zero: none waits.
  var delay: Duration { monitor.access { RequestQueue.delay(since: $0.oldestArrival) } }

  private func busy(_ contents: Contents) -> Busy {
    Busy(
      queueDelay: RequestQueue.delay(since: contents.oldestArrival), queuedCommands: contents.load.commands,
      queuedBytes: contents.load.bytes)
  }

  private static func delay(since arrival: UInt64) -> Duration {
    arrival == 0 ? .zero : .nanoseconds(Int64(clamping: now &- arrival))
  }

  private static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(bitPattern: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
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
  ///
  /// - Returns: how long the oldest of it has waited.
  @discardableResult
  func popAll(_ requests: inout [Request]) -> Duration {
    monitor.access { contents in
      swap(&contents.requests, &requests)
      (contents.judged, contents.judgedArrival) = (contents.waiting, contents.arrival)
      (contents.waiting, contents.arrival) = (.none, 0)
      return RequestQueue.delay(since: contents.judgedArrival)
    }
  }

  /// What was taken last has been judged.
  func noteJudged() { monitor.access { ($0.judged, $0.judgedArrival) = (.none, 0) } }

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
