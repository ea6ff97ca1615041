extension StringColumn {
  /// Whether every string is printable ASCII, and so needs no closer look; of a column whose lengths the decoder has
  /// judged. A fraction of a nanosecond a byte: the strings stand back to back, and such bytes need no look at their
  /// borders.
  ///
  /// - Parameter mayBeEmpty: whether a string may have no bytes.
  package func isPlain(mayBeEmpty: Bool) -> Bool {
    guard bytes.withUnsafeBytes(StringColumn.isPrintableASCII) else { return false }
    if mayBeEmpty || count == 0 { return true }
    var empty: UInt32 = ends[0] == 0 ? 1 : 0
    for index in 1..<count { empty |= ends[index] == ends[index - 1] ? 1 : 0 }
    return empty == 0
  }

  /// Whether all bytes are U+0020 to U+007E.
  ///
  /// Eight at a time, and without a branch in the loop, so that the compiler takes 32 at a time where it optimises. (A
  /// debug build would spend most of an audit here, a byte at a time.)
  private static func isPrintableASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let (ones, highs): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
    var odd: UInt64 = 0
    var offset = 0
    while offset &+ 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      // 0x7F carries into the highest bit, and what is below 0x20 borrows it. Carries out of a byte come from 0xFF only,
      // which is odd anyway.
      odd |= word | (word &+ ones) | ~((word | highs) &- ones &* 0x20)
      offset &+= 8
    }
    var last: UInt8 = 0
    for byte in bytes[offset...] { last |= byte &- 0x20 >= 0x5F ? 1 : 0 }
    return odd & highs == 0 && last == 0
  }
}
