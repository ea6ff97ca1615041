/// The canonical text of a UUID, 8-4-4-4-12 lower-case hexadecimal digits, and its 128 bits.
public enum UUIDText {
  public static let length = 36
  private static let values: [UInt8] = {
    var table = [UInt8](repeating: 0xFF, count: 256)
    for (value, digit) in "0123456789abcdef".utf8.enumerated() { table[Int(digit)] = UInt8(value) }
    return table
  }()

  /// The bits of `text`, or `nil` if it is no canonical UUID text.
  public static func parse(_ text: UnsafeBufferPointer<UInt8>) -> (UInt64, UInt64)? {
    guard text.count == length, text[8] == 45, text[13] == 45, text[18] == 45, text[23] == 45 else { return nil }
    return values.withUnsafeBufferPointer { values in
      var high: UInt64 = 0
      var low: UInt64 = 0
      var bad: UInt8 = 0
      for position in 0..<18 where position != 8 && position != 13 {
        let value = values[Int(text[position])]
        bad |= value
        high = high << 4 | UInt64(value & 15)
      }
      for position in 19..<36 where position != 23 {
        let value = values[Int(text[position])]
        bad |= value
        low = low << 4 | UInt64(value & 15)
      }
      return bad & 0xF0 == 0 ? (high, low) : nil
    }
  }

  /// Writes the 36 bytes of text at `offset`.
  @inline(__always)
  static func write(_ high: UInt64, _ low: UInt64, to bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
    func put<T: FixedWidthInteger>(_ text: T, _ position: Int) {
      bytes.storeBytes(of: text.bigEndian, toByteOffset: offset + position, as: T.self)
    }
    func hyphen(_ position: Int) { bytes[offset + position] = 45 }
    let second = hex(UInt32(truncatingIfNeeded: high))
    let third = hex(UInt32(truncatingIfNeeded: low >> 32))
    put(hex(UInt32(truncatingIfNeeded: high >> 32)), 0)
    hyphen(8)
    put(UInt32(truncatingIfNeeded: second >> 32), 9)
    hyphen(13)
    put(UInt32(truncatingIfNeeded: second), 14)
    hyphen(18)
    put(UInt32(truncatingIfNeeded: third >> 32), 19)
    hyphen(23)
    put(UInt32(truncatingIfNeeded: third), 24)
    put(hex(UInt32(truncatingIfNeeded: low)), 28)
  }

  /// The eight hexadecimal digits of `value` as text, the first in the highest byte: all at once, without a table.
  @inline(__always)
  private static func hex(_ value: UInt32) -> UInt64 {
    var nibbles = UInt64(value)
    nibbles = (nibbles | nibbles << 16) & 0x0000_FFFF_0000_FFFF
    nibbles = (nibbles | nibbles << 8) & 0x00FF_00FF_00FF_00FF
    nibbles = (nibbles | nibbles << 4) & 0x0F0F_0F0F_0F0F_0F0F
    // 1 in every byte whose nibble is 10 or more: those stand 39 further on, from "a" instead of ":".
    let letters = (nibbles &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 39
  }

  /// Appends the 36 bytes of text.
  public static func append(_ high: UInt64, _ low: UInt64, to bytes: inout [UInt8]) {
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(45, count: length))
    bytes.withUnsafeMutableBytes { write(high, low, to: $0, at: start) }
  }
}
