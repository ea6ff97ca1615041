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

  private let delay: @Sendable () -> Duration
  private let now: @Sendable () -> UInt64
  private let burst: Duration
  private let frame: @Sendable () -> Duration
  /// In nanoseconds of the system's uptime.
  private let lastEmpty: Atomic<UInt64>

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
  func refusal() -> Duration? {
    let (delay, now) = (delay(), now())
    if delay <= negligible { lastEmpty.store(now, ordering: .relaxed) }
    let (time, isReversed) = now.subtractingReportingOverflow(lastEmpty.load(ordering: .relaxed))
    let stands = !isReversed && time > QueueLimit.interval
    return delay > (stands ? standing : burst) ? delay : nil
  }

  private var standing: Duration { min(burst, max(burst / 10, frame() * 2)) }
  private var negligible: Duration { min(standing / 2, max(burst / 50, frame())) }
}
