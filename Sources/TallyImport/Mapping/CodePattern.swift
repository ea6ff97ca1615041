/// What a stock code must look like: `#` is a digit, `?` any byte, `*` any number of bytes; everything else is itself.
public struct CodePattern: Equatable, Sendable {
  private let bytes: [UInt8]
  /// Only the star is not itself.
  private let isPlain: Bool

  public init(_ text: String) { self.init(text, isPlain: false) }

  init(_ text: String, isPlain: Bool) {
    bytes = Array(text.utf8)
    self.isPlain = isPlain
  }

  /// Whether the whole code fits. Linear, times the pattern's length at worst.
  public func matches(_ code: ArraySlice<UInt8>) -> Bool {
    var index = code.startIndex
    var place = 0
    // Where to try again when something after a star does not fit: one more byte belongs to the star.
    var retry: (place: Int, index: Int)?
    while index < code.endIndex {
      if place < bytes.count, bytes[place] == UInt8(ascii: "*") {
        place += 1
        retry = (place, index)
      } else if place < bytes.count, fits(bytes[place], code[index]) {
        place += 1
        index += 1
      } else if let star = retry {
        retry = (star.place, star.index + 1)
        (place, index) = (star.place, star.index + 1)
      } else {
        return false
      }
    }
    return bytes[place...].allSatisfy { $0 == UInt8(ascii: "*") }
  }

  private func fits(_ pattern: UInt8, _ byte: UInt8) -> Bool {
    switch pattern {
    case UInt8(ascii: "#") where !isPlain: byte &- 48 < 10
    case UInt8(ascii: "?") where !isPlain: true
    default: pattern == byte
    }
  }
}
