import NIOCore

/// Wrong tokens, counted by the client that sent them. A right token is never refused: who shares an address with somebody
/// who guesses is let in all the same.
struct FailedAttempts {
  enum Verdict: Equatable {
    /// After a quiet time.
    case first
    case another
    /// From here on it is refused to try.
    case last
    case tooMany
  }
  private struct Bucket {
    var tokens: Double
    var time: NIODeadline
  }
  private var buckets: [ClientName: Bucket] = [:]
  private(set) var total = 0

  /// Wrong tokens at once.
  private static let burst = 10.0
  /// Seconds until another may be tried.
  private static let seconds = 6.0
  static let pause = Duration.seconds(6)
  /// Clients that are remembered.
  private static let mostClients = 4_096

  mutating func add(from client: ClientName, now: NIODeadline) -> Verdict {
    total += 1
    if buckets.count >= FailedAttempts.mostClients, buckets[client] == nil { forgetQuiet(now) }
    var bucket = buckets[client] ?? Bucket(tokens: FailedAttempts.burst, time: now)
    let passed = Double((now - bucket.time).nanoseconds) / 1e9
    bucket.tokens = min(FailedAttempts.burst, bucket.tokens + passed / FailedAttempts.seconds)
    bucket.time = now
    defer { buckets[client] = bucket }
    guard bucket.tokens >= 1 else { return .tooMany }
    let isFirst = bucket.tokens == FailedAttempts.burst
    bucket.tokens -= 1
    return isFirst ? .first : bucket.tokens < 1 ? .last : .another
  }

  /// Those whose bucket is full again by now; all, if that is not enough.
  private mutating func forgetQuiet(_ now: NIODeadline) {
    let quiet = TimeAmount.nanoseconds(Int64(FailedAttempts.burst * FailedAttempts.seconds * 1e9))
    buckets = buckets.filter { now - $0.value.time < quiet }
    if buckets.count >= FailedAttempts.mostClients { buckets.removeAll() }
  }
}
