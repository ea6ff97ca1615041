/// The escapes in a JSON string.
@usableFromInline
enum JSONEscapes {
  /// Decodes what stands between the quotes.
  ///
  /// - Parameter offset: of the first byte, for messages.
  @usableFromInline
  static func decode(
    _ raw: UnsafeBufferPointer<UInt8>, offset: Int, into out: inout [UInt8]
  ) throws(JSONFlaw) {
    var index = 0
    while index < raw.count {
      guard raw[index] == UInt8(ascii: "\\") else {
        out.append(raw[index])
        index += 1
        continue
      }
      let place = offset + index
      // The string's end was found by skipping a byte after each backslash, so there is one.
      guard index + 1 < raw.count else { throw JSONFlaw("an escape is cut off", at: place) }
      switch raw[index + 1] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(raw[index + 1])
      case UInt8(ascii: "b"): out.append(0x08)
      case UInt8(ascii: "f"): out.append(0x0C)
      case UInt8(ascii: "n"): out.append(0x0A)
      case UInt8(ascii: "r"): out.append(0x0D)
      case UInt8(ascii: "t"): out.append(0x09)
      case UInt8(ascii: "u"):
        index += try appendScalar(raw, at: index, place, to: &out)
        continue
      default: throw JSONFlaw("JSON has no such escape", at: place)
      }
      index += 2
    }
  }

  /// Decodes `\uXXXX`, or two that are a surrogate pair; returns how many bytes they took.
  private static func appendScalar(
    _ raw: UnsafeBufferPointer<UInt8>, at index: Int, _ place: Int, to out: inout [UInt8]
  ) throws(JSONFlaw) -> Int {
    guard let unit = codeUnit(raw, at: index) else {
      throw JSONFlaw("\\u needs four hexadecimal digits", at: place)
    }
    if let scalar = Unicode.Scalar(unit) {
      append(scalar, to: &out)
      return 6
    }
    guard unit < 0xDC00, let low = codeUnit(raw, at: index + 6), (0xDC00...0xDFFF).contains(low),
      let scalar = Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
    else { throw JSONFlaw("half of a surrogate pair is no character", at: place) }
    append(scalar, to: &out)
    return 12
  }

  /// The value of `\uXXXX` at `index`; `nil` if there is none.
  private static func codeUnit(_ raw: UnsafeBufferPointer<UInt8>, at index: Int) -> UInt32? {
    guard raw.count - index >= 6, raw[index] == UInt8(ascii: "\\"), raw[index + 1] == UInt8(ascii: "u") else {
      return nil
    }
    var value: UInt32 = 0
    for byte in raw[(index + 2)..<(index + 6)] {
      switch byte {
      case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
      case 0x41...0x46: value = value << 4 | UInt32(byte - 0x41 + 10)
      case 0x61...0x66: value = value << 4 | UInt32(byte - 0x61 + 10)
      default: return nil
      }
    }
    return value
  }

  private static func append(_ scalar: Unicode.Scalar, to out: inout [UInt8]) {
    out.append(contentsOf: Character(scalar).utf8)
  }
}
