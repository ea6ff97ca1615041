/// The strings of a column taken as one prefix and a decimal number each, as order numbers are: mode `numbered` of
/// `Strings` in the format document.
struct TrailingNumbers {
  private(set) var prefixLength = 0
  /// Of each number, leading zeros included; 1 to 15.
  private(set) var digits: [UInt8] = []
  private(set) var values: [Int64] = []

  static let maxDigits = 15

  /// `nil`: they are not all of that form. The column has strings.
  init?(_ column: borrowing StringColumn) {
    let count = column.count
    digits.reserveCapacity(count)
    values.reserveCapacity(count)
    let bytes = column.bytes
    let ends = column.ends
    let isRead = bytes.withUnsafeBufferPointer { bytes in
      ends.withUnsafeBufferPointer { ends in read(bytes, ends) }
    }
    if !isRead { return nil }
  }

  private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, _ ends: UnsafeBufferPointer<UInt32>) -> Bool {
    // The first string says how long the prefix is: all but its digits.
    let first = Int(ends[0])
    prefixLength = first
    while prefixLength > max(0, first - TrailingNumbers.maxDigits), TrailingNumbers.isDigit(bytes[prefixLength - 1]) {
      prefixLength -= 1
    }
    guard prefixLength < first else { return false }
    let raw = UnsafeRawBufferPointer(bytes)
    var begin = 0
    for index in 0..<ends.count {
      let end = Int(ends[index])
      let split = begin + prefixLength
      guard split < end, end - split <= TrailingNumbers.maxDigits,
        TrailingNumbers.areEqual(raw, begin, 0, prefixLength),
        let value = TrailingNumbers.number(raw, split, end)
      else { return false }
      digits.append(UInt8(end - split))
      values.append(value)
      begin = end
    }
    return true
  }

  @inline(__always) private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

  @inline(__always)
  private static func areEqual(_ raw: UnsafeRawBufferPointer, _ a: Int, _ b: Int, _ count: Int) -> Bool {
    var offset = 0
    while offset + 8 <= count {
      if word(raw, a + offset) != word(raw, b + offset) { return false }
      offset += 8
    }
    while offset < count {
      if raw[a + offset] != raw[b + offset] { return false }
      offset += 1
    }
    return true
  }

  @inline(__always) private static func word(_ raw: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// The number that the digits from `begin` to `end` spell, eight at a time; `nil`: one is no digit.
  @inline(__always) private static func number(_ raw: UnsafeRawBufferPointer, _ begin: Int, _ end: Int) -> Int64? {
    var value: Int64 = 0
    var place = begin
    while place + 8 <= end {
      let text = word(raw, place)
      // All high nibbles are 3, and still are when 6 is added: '0' to '9'.
      guard text & 0xF0F0_F0F0_F0F0_F0F0 == 0x3030_3030_3030_3030,
        (text &+ 0x0606_0606_0606_0606) & 0xF0F0_F0F0_F0F0_F0F0 == 0x3030_3030_3030_3030
      else { return nil }
      // Neighbours are joined to pairs, pairs to fours, fours to eight; the first digit is the lowest byte.
      var digits = text & 0x0F0F_0F0F_0F0F_0F0F
      digits = (digits &* 10 &+ digits &>> 8) & 0x00FF_00FF_00FF_00FF
      digits = (digits &* 100 &+ digits &>> 16) & 0x0000_FFFF_0000_FFFF
      digits = (digits &* 10_000 &+ digits &>> 32) & 0xFFFF_FFFF
      value = value * 100_000_000 + Int64(digits)
      place += 8
    }
    while place < end {
      guard isDigit(raw[place]) else { return nil }
      value = value * 10 + Int64(raw[place] &- 48)
      place += 1
    }
    return value
  }
}
