import TallyFormat

/// 64-bit fingerprints of names: multilinear hashing with 128-bit keys drawn anew for each audit.
///
/// For two different names the fingerprints are equal with probability 2^-64 over the choice of keys, whatever the names
/// are (strong universality: Dietzfelbinger 1996, Lemire and Kaser 2014), so nobody can write a log that collides. The
/// products are independent of each other: some 5 ns for a short name, 8 for a UUID.
struct NameHasher: Sendable {
  private static let words = Limits.maxNameBytes / 8
  /// One a word, then one for the length, then a constant.
  private let keys: [UInt128]

  init() {
    var random = SystemRandomNumberGenerator()
    keys = (0..<(NameHasher.words + 2)).map { _ in
      UInt128(random.next() as UInt64) << 64 | UInt128(random.next() as UInt64)
    }
  }

  /// Calls `body` with the index and fingerprint of each string that is not empty.
  @inline(__always)
  func forEach(in column: StringColumn, _ body: (Int, UInt64) -> Void) {
    guard !column.bytes.isEmpty else { return }
    keys.withUnsafeBufferPointer { keys in
      column.bytes.withUnsafeBytes { bytes in
        var start = 0
        for (index, end) in column.ends.enumerated() {
          if Int(end) > start { body(index, NameHasher.fingerprint(bytes, start, Int(end), keys)) }
          start = Int(end)
        }
      }
    }
  }

  @inline(__always)
  private static func fingerprint(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ keys: UnsafeBufferPointer<UInt128>
  ) -> UInt64 {
    // The decoder admits at most 64 bytes: the words never run out of keys.
    var sum = keys[words + 1] &+ keys[words] &* UInt128(UInt64(end - start))
    var position = start
    var word = 0
    while position + 8 <= end, word < words {
      sum &+= keys[word] &* UInt128(bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      position += 8
      word += 1
    }
    if position < end, word < words {
      var last: UInt64 = 0
      if position + 8 <= bytes.count {
        let kept = UInt64(end - position) * 8
        last = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)) & (1 << kept &- 1)
      } else {
        var shift: UInt64 = 0
        for index in position..<end {
          last |= UInt64(bytes[index]) << shift
          shift += 8
        }
      }
      sum &+= keys[word] &* UInt128(last)
    }
    return UInt64(truncatingIfNeeded: sum >> 64)
  }
}
