/// RFC 4648, 4: the plain alphabet, padded.
enum Base64 {
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encode(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    var group: [UInt8] = []
    func flush() {
      let padded = group + [UInt8](repeating: 0, count: 3 - group.count)
      let word = UInt32(padded[0]) << 16 | UInt32(padded[1]) << 8 | UInt32(padded[2])
      for place in 0..<4 {
        text.append(place <= group.count ? digits[Int(word >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
      }
      group = []
    }
    for byte in bytes {
      group.append(byte)
      if group.count == 3 { flush() }
    }
    if !group.isEmpty { flush() }
    return String(decoding: text, as: UTF8.self)
  }

  /// `nil` for anything that ``encode(_:)`` does not write.
  static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    let stripped = Array(text.reversed().drop { $0 == UInt8(ascii: "=") }.reversed())
    guard text.count - stripped.count <= 2 else { return nil }
    var bytes: [UInt8] = []
    var word: UInt32 = 0
    var bits = 0
    for digit in stripped {
      guard let value = digits.firstIndex(of: digit) else { return nil }
      word = word << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
      }
    }
    return word & (1 << UInt32(bits) - 1) == 0 && encode(bytes).utf8.elementsEqual(text) ? bytes : nil
  }
}
