import NIOCore
import Synchronization

/// How long the log's queue may be before what comes is refused: long for a burst, which is over soon, and a tenth of that
/// for a queue that stands. A queue that has not been as good as empty for a while is no burst: more comes than can be done, and whoever
/// is let in only waits behind the others, so that everybody would wait for as long as may be. Kept short, it keeps the
/// log as busy, and those who are let in are answered soon. On a slow disk commands wait for a frame that is being written
/// before theirs, so a queue of two frames is none that stands; and where many clients each wait for their answer, a frame's
/// worth always waits, so that is as good as empty: else a disk that stands still for a moment would look like overload. (Nichols and Jacobson, "Controlling Queue Delay", 2012; with two
/// limits as in Maurer, "Fail at Scale", 2015.)
///
/// Any thread.
final class QueueLimit: Sendable {
  /// After which a queue that was never empty stands.
  private static let interval = UInt64(100_000_000)
  /// For which a refusal is remembered: a queue that was worked off because nobody was let in is no burst the next moment.
  private static let memory = UInt64(1_000_000_000)

  private let delay: @Sendable () -> Duration
  private let now: @Sendable () -> UInt64
  private let burst: Duration
  private let frame: @Sendable () -> Duration
  /// In nanoseconds of the system's uptime.
  private let lastEmpty: Atomic<UInt64>
  /// The same; 0: never.
  private let lastRefusal = Atomic<UInt64>(0)

  /// - Parameters:
  ///   - most: how long the oldest command may have waited in a burst.
  ///   - frame: how long a group commit takes.
  ///   - now: nanoseconds of a clock that never goes back.
  ///   - delay: how long it has waited; zero: none waits.
  init(
    most: Duration, frame: @escaping @Sendable () -> Duration,
    now: @escaping @Sendable () -> UInt64 = { NIODeadline.now().uptimeNanoseconds },
    delay: @escaping @Sendable () -> Duration
  ) {
    self.delay = delay
    self.now = now
    burst = most
    self.frame = frame
    lastEmpty = Atomic(now())
  }

  /// How long the oldest command has waited, if that is too long for another to come in; `nil`: it may.
  ///
  /// - Parameters:
  ///   - age: of the oldest command that a front end has taken and that has no answer yet.
  ///   - areFew: of those that ask through this front end so few wait that they cannot be a crowd, however long they take:
  ///     a few large bodies, say. For them a queue that stands is as good as a burst.
  func refusal(age: Duration = .zero, areFew: Bool = false) -> Duration? {
    let (delay, now) = (max(delay(), age), now())
    if areFew { return delay > burst ? delay : nil }
    if delay <= negligible { lastEmpty.store(now, ordering: .relaxed) }
    let refused = lastRefusal.load(ordering: .relaxed)
    let stands =
      isLonger(than: QueueLimit.interval, from: lastEmpty.load(ordering: .relaxed), to: now)
      || refused != 0 && !isLonger(than: QueueLimit.memory, from: refused, to: now)
    guard delay > (stands ? standing : burst) else { return nil }
    lastRefusal.store(now, ordering: .relaxed)
    return delay
  }

  /// Another thread may have looked at the clock later.
  private func isLonger(than time: UInt64, from start: UInt64, to end: UInt64) -> Bool {
    end > start && end - start > time
  }

  private var standing: Duration { min(burst, max(burst / 10, frame() * 2)) }
  private var negligible: Duration { min(standing / 2, max(burst / 50, frame())) }
}
