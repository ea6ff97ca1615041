/// A multilinear hash in the making: words of 64 bits, each times a key of 128 bits of its own, and a constant (strong
/// universality: Dietzfelbinger 1996, Lemire and Kaser 2014). The products are independent of each other.
struct MultilinearSum {
  private var sum: UInt128

  /// - Parameter constant: a key, too.
  @inline(__always)
  init(_ constant: UInt128) { sum = constant }

  /// Two multiplications of 64 bits, because the word has no upper half.
  @inline(__always)
  mutating func add(_ word: UInt64, times key: UInt128) {
    let low = word.multipliedFullWidth(by: UInt64(truncatingIfNeeded: key))
    let high = low.high &+ word &* UInt64(truncatingIfNeeded: key >> 64)
    sum &+= UInt128(high) << 64 | UInt128(low.low)
  }

  @inline(__always)
  var hash: UInt64 { UInt64(truncatingIfNeeded: sum >> 64) }
}
