/// What the ordinary tests do to an input where libFuzzer would do it better: a few changes of the kinds that parsers
/// break on, the same for the same random source.
public struct Mutation<Random: RandomNumberGenerator> {
  public var random: Random
  public init(_ random: Random) { self.random = random }

  private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  /// One to four changes; at most `limit` bytes come out.
  public mutating func mutate(_ bytes: [UInt8], with other: [UInt8], limit: Int = 1 << 16) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<number(1...4) {
      let at = number(0...bytes.count)
      switch number(0...7) {
      case 0 where at < bytes.count: bytes[at] ^= 1 << UInt8(number(0...7))
      case 1 where at < bytes.count: bytes[at] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF][number(0...5)]
      case 2 where at < bytes.count: bytes[at] = bytes[at] &+ UInt8(number(0...1) * 2) &- 1
      case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
      case 4: bytes.removeSubrange(at..<min(bytes.count, at + number(1...8)))
      case 5 where at + 8 <= bytes.count:
        // A field of eight bytes, as large as it can be or just too large.
        let value: UInt64 = [.max, 1 << 63, 1 << 53, (1 << 53) - 1, 1 << 56, 0][number(0...5)]
        for byte in 0..<8 { bytes[at + byte] = UInt8(truncatingIfNeeded: value >> UInt64(byte * 8)) }
      case 6 where !other.isEmpty:
        let start = number(0...(other.count - 1))
        bytes.insert(contentsOf: other[start..<min(other.count, start + number(1...64))], at: at)
      default: bytes.append(contentsOf: bytes.suffix(number(0...16)))
      }
    }
    return Array(bytes.prefix(limit))
  }
}
