/// When an attempt that failed is made again: exponential back-off with jitter. Knows no clock and draws nothing.
package struct RetrySchedule: Hashable, Sendable {
  /// Before the second attempt, in milliseconds, about.
  package var firstDelay: Int64 = 1_000
  /// Before any attempt, about: the delay doubles up to it.
  package var longestDelay: Int64 = 3_600_000
  /// Attempts in all, after which an event is given up.
  package var mostAttempts = 16

  package init() {}

  /// Milliseconds to wait after an attempt that failed; `nil`: it was the last.
  ///
  /// - Parameters:
  ///   - attempt: which one it was, from 1.
  ///   - draw: anything from 0 up to 1: with it, the delay is from half of what it would be up to all of it, so that many
  ///     who were refused together do not come back together.
  ///   - asked: what the receiver asked for, which counts where it is more, up to a day.
  func delay(after attempt: Int, draw: Double, asked: Int64? = nil) -> Int64? {
    guard attempt < mostAttempts else { return nil }
    let doublings = min(attempt - 1, 40)
    let (product, overflow) = firstDelay.multipliedReportingOverflow(by: 1 << Int64(doublings))
    let whole = min(longestDelay, overflow ? .max : product)
    let delay = whole / 2 + Int64(Double(whole - whole / 2) * min(max(draw, 0), 1))
    return max(delay, min(asked ?? 0, RetrySchedule.mostAsked))
  }

  /// A day: a receiver that asks for more is asked again then.
  private static let mostAsked: Int64 = 86_400_000
}
