/// The words of a line of plain text: separated by blanks, in double quotes with escapes, or in single quotes, as Redis
/// has it.
enum PlainLine {
  /// - Parameter plain: what the words are put into, without quotes and escapes.
  /// - Returns: where in `plain` each word stands.
  static func split(_ line: UnsafeRawBufferPointer, into plain: inout [UInt8]) throws(WireFlaw) -> [Range<Int>] {
    var words: [Range<Int>] = []
    var index = 0
    while true {
      while index < line.count, isBlank(line[index]) { index += 1 }
      if index == line.count { return words }
      let start = plain.count
      while index < line.count, !isBlank(line[index]) {
        switch line[index] {
        case UInt8(ascii: "\""): try takeDoubleQuoted(line, &index, into: &plain)
        case UInt8(ascii: "'"): try takeSingleQuoted(line, &index, into: &plain)
        default:
          plain.append(line[index])
          index += 1
        }
      }
      words.append(start..<plain.count)
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte >= 0x09 && byte <= 0x0D || byte == 0 }

  /// A closing quote must end its word.
  private static func close(_ line: UnsafeRawBufferPointer, _ index: inout Int) throws(WireFlaw) {
    index += 1
    if index < line.count, !isBlank(line[index]) { throw unbalanced }
  }

  private static var unbalanced: WireFlaw { WireFlaw("unbalanced quotes in request") }

  private static func takeDoubleQuoted(
    _ line: UnsafeRawBufferPointer, _ index: inout Int, into plain: inout [UInt8]
  ) throws(WireFlaw) {
    index += 1
    while index < line.count {
      switch line[index] {
      case UInt8(ascii: "\""): return try close(line, &index)
      case UInt8(ascii: "\\") where index + 1 < line.count:
        if line[index + 1] == UInt8(ascii: "x"), index + 3 < line.count, let high = nibble(line[index + 2]),
          let low = nibble(line[index + 3])
        {
          plain.append(high << 4 | low)
          index += 4
        } else {
          plain.append(escaped(line[index + 1]))
          index += 2
        }
      default:
        plain.append(line[index])
        index += 1
      }
    }
    throw unbalanced
  }

  private static func takeSingleQuoted(
    _ line: UnsafeRawBufferPointer, _ index: inout Int, into plain: inout [UInt8]
  ) throws(WireFlaw) {
    index += 1
    while index < line.count {
      if line[index] == UInt8(ascii: "'") { return try close(line, &index) }
      if line[index] == UInt8(ascii: "\\"), index + 1 < line.count, line[index + 1] == UInt8(ascii: "'") { index += 1 }
      plain.append(line[index])
      index += 1
    }
    throw unbalanced
  }

  private static func escaped(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "a"): 0x07
    default: byte
    }
  }

  private static func nibble(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
