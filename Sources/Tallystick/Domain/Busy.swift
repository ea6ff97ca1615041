import TallyThreads

/// The queue is full, and nothing was done: ask again a little later.
public struct Busy: Equatable, Sendable, CustomStringConvertible {
  /// How long the oldest command that waits has waited: a good time to stay away.
  public var queueDelay: Duration
  /// Commands that wait or are being judged.
  public var queuedCommands: Int
  /// About how much memory they take.
  public var queuedBytes: Int

  /// The log makes these; public for what stands in for a log in tests.
  public init(queueDelay: Duration, queuedCommands: Int, queuedBytes: Int) {
    self.queueDelay = queueDelay
    self.queuedCommands = queuedCommands
    self.queuedBytes = queuedBytes
  }

  /// ``queueDelay`` in whole milliseconds, rounded up, at least 1: what to tell a client to wait.
  public var retryAfterMilliseconds: Int64 { max(1, queueDelay.wholeMilliseconds) }

  public var description: String {
    "\(queuedCommands) commands (\(queuedBytes) bytes) wait, the oldest for \(retryAfterMilliseconds) ms"
  }
}
