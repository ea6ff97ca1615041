import NIOCore

/// So many commands a second, and so many at once.
package struct RateLimit: Hashable, Sendable, CustomStringConvertible {
  package var perSecond: Int
  /// What may come at once after a pause.
  package var burst: Int

  package init(perSecond: Int, burst: Int? = nil) {
    self.perSecond = perSecond
    self.burst = burst ?? perSecond
  }

  /// `1000`, or `1000/5000` with the burst.
  ///
  /// - Returns: `nil` for anything else; both are from 1 to 1,000,000,000.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard (1...2).contains(parts.count), parts.allSatisfy({ (1...1_000_000_000).contains($0) }) else { return nil }
    self.init(perSecond: parts[0], burst: parts.count > 1 ? parts[1] : nil)
  }

  package var description: String { burst == perSecond ? "\(perSecond)" : "\(perSecond)/\(burst)" }
}

/// A bucket that fills by so many tokens a second, up to so many, and from which each command takes one. A value: the time
/// is given.
struct TokenBucket: Sendable {
  /// Below 0: what was taken beyond it is paid off first.
  private var tokens: Double
  private var time: NIODeadline

  /// Full.
  init(_ limit: RateLimit, at now: NIODeadline) {
    tokens = Double(limit.burst)
    time = now
  }

  /// How long it takes until so many can be taken; zero: they can now. Who asks for more than a full bucket holds may have
  /// them from a full one.
  mutating func wait(for count: Int, of limit: RateLimit, at now: NIODeadline) -> Duration {
    // A clock that stands still, or is read on two threads in turn, fills nothing.
    if now > time {
      let seconds = Double((now - time).nanoseconds) / 1e9
      tokens = min(Double(limit.burst), tokens + seconds * Double(limit.perSecond))
      time = now
    }
    let missing = Double(min(count, limit.burst)) - tokens
    return missing > 0 ? .seconds(missing / Double(limit.perSecond)) : .zero
  }

  mutating func take(_ count: Int) { tokens -= Double(count) }
}

/// A bucket for each of very many, of whom most never come again. Those of whom nothing was heard for longest are forgotten,
/// that is, full again: it never holds more than twice ``half``.
struct BucketTable<Key: Hashable & Sendable>: Sendable {
  static var half: Int { 32_768 }

  let limit: RateLimit
  private var young: [Key: TokenBucket] = [:]
  private var old: [Key: TokenBucket] = [:]

  init(_ limit: RateLimit) { self.limit = limit }

  var count: Int { young.count + old.count }

  /// Takes from the buckets of all of them, or from none.
  ///
  /// - Returns: how long to wait before asking again; zero: taken.
  mutating func take(_ count: Int = 1, of keys: some Collection<Key>, at now: NIODeadline) -> Duration {
    var longest = Duration.zero
    for key in keys {
      var bucket = young[key] ?? old.removeValue(forKey: key) ?? TokenBucket(limit, at: now)
      longest = max(longest, bucket.wait(for: count, of: limit, at: now))
      put(bucket, key)
    }
    if longest == .zero { for key in keys { young[key]?.take(count) } }
    return longest
  }

  private mutating func put(_ bucket: TokenBucket, _ key: Key) {
    if young.count >= BucketTable.half, young[key] == nil {
      old = young
      young = [:]
    }
    young[key] = bucket
  }
}
