import TallyFormat

/// 64-bit fingerprints of names: multilinear hashing with 128-bit keys drawn anew for each audit.
///
/// For two different names the fingerprints are equal with probability 2^-64 over the choice of keys, whatever the names
/// are (strong universality: Dietzfelbinger 1996, Lemire and Kaser 2014), so nobody can write a log that collides. The
/// products are independent of each other: some 5 ns for a short name, 8 for a UUID.
struct NameHasher: Sendable, Equatable {
  private static let words = Limits.maxNameBytes / 8
  /// One a word, then one for the length, then a constant.
  private let keys: [UInt128]

  init() {
    var random = SystemRandomNumberGenerator()
    keys = (0..<(NameHasher.words + 2)).map { _ in
      UInt128(random.next() as UInt64) << 64 | UInt128(random.next() as UInt64)
    }
  }

  /// The keys of an earlier audit, whose fingerprints are to be compared; `nil` if these are none.
  ///
  /// - Parameter text: as ``text`` is.
  init?(text: some StringProtocol) {
    let words = text.split(separator: " ").compactMap { UInt128($0, radix: 16) }
    guard words.count == NameHasher.words + 2 else { return nil }
    keys = words
  }

  /// The keys. A secret: who knows them can make names that collide.
  var text: String { keys.map { String($0, radix: 16) }.joined(separator: " ") }

  /// Calls `body` with the fingerprint of each string that is not empty.
  @inline(__always)
  func forEach(in column: StringColumn, _ body: (UInt64) -> Void) {
    guard !column.bytes.isEmpty else { return }
    keys.withUnsafeBufferPointer { keys in
      column.bytes.withUnsafeBytes { bytes in
        column.ends.withUnsafeBufferPointer { ends in
          var start = 0
          for index in 0..<ends.count {
            let end = Int(ends[index])
            if end > start { body(NameHasher.fingerprint(bytes, start, end, keys)) }
            start = end
          }
        }
      }
    }
  }

  /// The fingerprint of one name.
  func fingerprint(_ name: UnsafeRawBufferPointer) -> UInt64 {
    keys.withUnsafeBufferPointer { NameHasher.fingerprint(name, 0, name.count, $0) }
  }

  @inline(__always)
  private static func fingerprint(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ keys: UnsafeBufferPointer<UInt128>
  ) -> UInt64 {
    // The decoder admits at most 64 bytes: the words never run out of keys.
    var sum = MultilinearSum(keys[words + 1])
    sum.add(UInt64(truncatingIfNeeded: end - start), times: keys[words])
    var position = start
    var word = 0
    while position + 8 <= end, word < words {
      sum.add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)), times: keys[word])
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
      sum.add(last, times: keys[word])
    }
    return sum.hash
  }
}
