import CKernel

/// A blocked Bloom filter: 20 bits a name, seven probes in one cache line; about one new name in two thousand passes.
/// What passes costs a look at a page of the index, some 10 µs: with 12 bits that was most of a look-up's time.
///
/// F. Putze, P. Sanders, J. Singler: "Cache-, Hash- and Space-Efficient Bloom Filters" (2007).
struct NameFilter: Sendable {
  private(set) var words: [UInt64]
  static let wordsPerBlock = 8
  private static let probes = 7

  init(count: Int) {
    let blocks = max(1, (count * 20 + 511) / 512)
    words = [UInt64](repeating: 0, count: blocks * NameFilter.wordsPerBlock)
  }
  init(words: [UInt64]) { self.words = words }

  @inline(__always) private func block(_ fingerprint: UInt64) -> Int {
    Int(UInt64(words.count / NameFilter.wordsPerBlock).multipliedFullWidth(by: fingerprint).high)
      * NameFilter.wordsPerBlock
  }
  // The block comes from the high bits; the probes from a multiple, so that they are independent of it.
  @inline(__always) private static func spread(_ fingerprint: UInt64) -> UInt64 { fingerprint &* 0x9E37_79B9_7F4A_7C15 }

  mutating func insert(_ fingerprint: UInt64) {
    let block = block(fingerprint)
    var bits = NameFilter.spread(fingerprint)
    for _ in 0..<NameFilter.probes {
      words[block + Int(bits & 7)] |= 1 << (bits >> 3 & 63)
      bits >>= 9
    }
  }

  func prefetch(_ fingerprints: UnsafeBufferPointer<UInt64>) {
    words.withUnsafeBufferPointer {
      for fingerprint in fingerprints { tally_prefetch($0.baseAddress! + block(fingerprint)) }
    }
  }

  /// How many of the fingerprints, from the first on, it does not contain.
  func countOfNew(_ fingerprints: UnsafeBufferPointer<UInt64>) -> Int {
    for (index, fingerprint) in fingerprints.enumerated() where mayContain(fingerprint) { return index }
    return fingerprints.count
  }

  @inline(__always) func mayContain(_ fingerprint: UInt64) -> Bool {
    let block = block(fingerprint)
    var bits = NameFilter.spread(fingerprint)
    for _ in 0..<NameFilter.probes {
      if words[block + Int(bits & 7)] & (1 << (bits >> 3 & 63)) == 0 { return false }
      bits >>= 9
    }
    return true
  }
}
