import TallyThreads

extension Operation {
  /// A hold that expires so long after it was made.
  ///
  /// - Parameters:
  ///   - id: the reservation's, 1 to 64 bytes: its idempotency key.
  ///   - lines: what to hold, all or nothing.
  ///   - customer: whose it is; `nil`: nobody's.
  ///   - timeToLive: rounded up to whole milliseconds, as the event stores them; without one it never expires. 0 or less,
  ///     and more than 2^53 − 1 milliseconds, is ``Outcome/invalid(_:)``.
  public static func reserve(
    id: Name, _ lines: [Line], customer: Name? = nil, timeToLive: Duration
  ) -> Operation {
    .reserve(id: id, lines, customer: customer, timeToLive: timeToLive.wholeMilliseconds)
  }
}
