import Tallystick

/// Which shard a name may be known in: a hint that never misses.
///
/// Whatever name a shard knows, or has been handed a command with, has an entry here: one shard, or "ask them all". A name
/// without an entry is new to the whole shop, and its command goes home without a question: that is what keeps the cost
/// of a reservation the same for any number of shards. An entry is never taken back, and never changed from one shard to
/// another, only to "ask": so two names with equal fingerprints cost a question, and no mistake. 8 bytes a name, at most
/// 3/4 full.
struct NameDirectory: Sendable {
  enum Entry: Equatable {
    /// Nobody knows it.
    case none
    /// If anybody knows it, this shard does.
    case shard(Int)
    /// Any of them may.
    case ask
  }

  private static let ask: UInt64 = 0xffff
  /// A fingerprint's 48 bits, and the entry plus 1 in the lowest 16; 0: free.
  private var slots = [UInt64](repeating: 0, count: 1024)
  private(set) var count = 0

  /// 48 bits that nobody can choose.
  static func fingerprint(_ name: Name) -> UInt64 {
    var hasher = Hasher()
    hasher.combine(name)
    return UInt64(truncatingIfNeeded: hasher.finalize()) << 16
  }

  subscript(fingerprint: UInt64) -> Entry {
    let slot = slots[place(of: fingerprint)]
    if slot == 0 { return .none }
    let value = slot & 0xffff
    return value == NameDirectory.ask ? .ask : .shard(Int(value) - 1)
  }

  /// Notes that a shard may know it from now on.
  mutating func note(_ fingerprint: UInt64, in shard: Int) { note(fingerprint, UInt64(shard) + 1) }

  /// Notes that any may.
  mutating func askAll(_ fingerprint: UInt64) { note(fingerprint, NameDirectory.ask) }

  private mutating func note(_ fingerprint: UInt64, _ value: UInt64) {
    let place = place(of: fingerprint)
    if slots[place] == 0 {
      slots[place] = fingerprint | value
      count += 1
      if count * 4 > slots.count * 3 { grow() }
    } else if slots[place] & 0xffff != value {
      slots[place] = fingerprint | NameDirectory.ask
    }
  }

  private func place(of fingerprint: UInt64) -> Int {
    var place = Int(truncatingIfNeeded: fingerprint >> 16) & (slots.count - 1)
    while slots[place] != 0, slots[place] & ~0xffff != fingerprint { place = (place + 1) & (slots.count - 1) }
    return place
  }

  private mutating func grow() {
    let old = slots
    slots = [UInt64](repeating: 0, count: old.count * 2)
    for slot in old where slot != 0 { slots[place(of: slot & ~0xffff)] = slot }
  }
}
