/// SipHash-1-3 (J.-P. Aumasson, D. J. Bernstein), 64 bits out: stable across processes, and not to be steered by someone
/// who chooses ids but does not know the log's id.
package struct SipHash: Sendable {
  private let k0: UInt64
  private let k1: UInt64

  /// - Parameter purpose: hashes for different purposes are independent of each other.
  package init(log: LogID, purpose: UInt64 = 0) {
    func word(_ offset: Int) -> UInt64 { (0..<8).reduce(0) { $0 | UInt64(log.bytes[offset + $1]) << UInt64($1 * 8) } }
    k0 = word(0) ^ purpose
    k1 = word(8)
  }

  package func callAsFunction(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var v0 = k0 ^ 0x736f_6d65_7073_6575
    var v1 = k1 ^ 0x646f_7261_6e64_6f6d
    var v2 = k0 ^ 0x6c79_6765_6e65_7261
    var v3 = k1 ^ 0x7465_6462_7974_6573
    @inline(__always) func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 { value << bits | value >> (64 - bits) }
    @inline(__always) func round() {
      v0 &+= v1
      v1 = rotate(v1, 13) ^ v0
      v0 = rotate(v0, 32)
      v2 &+= v3
      v3 = rotate(v3, 16) ^ v2
      v0 &+= v3
      v3 = rotate(v3, 21) ^ v0
      v2 &+= v1
      v1 = rotate(v1, 17) ^ v2
      v2 = rotate(v2, 32)
    }
    let raw = UnsafeRawBufferPointer(bytes)
    var offset = 0
    while offset + 8 <= raw.count {
      let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      v3 ^= word
      round()
      v0 ^= word
      offset += 8
    }
    var last = UInt64(truncatingIfNeeded: raw.count) << 56
    var shift: UInt64 = 0
    while offset < raw.count {
      last |= UInt64(raw[offset]) << shift
      shift += 8
      offset += 1
    }
    v3 ^= last
    round()
    v0 ^= last
    v2 ^= 0xFF
    round()
    round()
    round()
    return v0 ^ v1 ^ v2 ^ v3
  }

  func callAsFunction(_ name: Name) -> UInt64 { name.bytes.withUnsafeBufferPointer { self($0) } }
}
