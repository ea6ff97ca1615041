/// Writes JSON into a buffer: commas, quotes and escapes right, nothing allocated but the buffer.
///
/// Values come in the order they are written; the caller closes what it opens.
@usableFromInline
package struct JSONWriter: Sendable {
  /// What was written.
  package private(set) var bytes: [UInt8] = []
  private var needsComma = false
  private let spellsOutControls: Bool

  /// - Parameter spellsOutControls: write every control character, U+007F to U+009F too, as `\u` and four digits, so
  ///   that a terminal can be shown the text. Otherwise only what RFC 8259 asks for is escaped, line feed, carriage
  ///   return and tab by their short forms.
  package init(spellsOutControls: Bool = false) { self.spellsOutControls = spellsOutControls }

  /// Forgets what was written and keeps the memory.
  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    needsComma = false
  }

  /// Ends a line of JSON Lines.
  package mutating func newline() {
    bytes.append(0x0A)
    needsComma = false
  }

  // MARK: Structure

  package mutating func beginObject() { open(UInt8(ascii: "{")) }
  package mutating func endObject() { close(UInt8(ascii: "}")) }
  package mutating func beginArray() { open(UInt8(ascii: "[")) }
  package mutating func endArray() { close(UInt8(ascii: "]")) }

  /// A field's name; its value comes next. Names are the program's own and need no escapes.
  @usableFromInline
  package mutating func key(_ name: StaticString) {
    comma()
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// A field's name that is not known beforehand.
  package mutating func key(text name: String) {
    string(name.utf8)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  // MARK: Fields

  @inlinable
  package mutating func field(_ name: StaticString, _ value: some FixedWidthInteger) {
    key(name)
    number(value)
  }
  package mutating func field(_ name: StaticString, _ value: String) {
    key(name)
    string(value.utf8)
  }
  package mutating func field(_ name: StaticString, _ value: Bool) {
    key(name)
    word(value ? "true" : "false")
  }
  package mutating func nullField(_ name: StaticString) {
    key(name)
    word("null")
  }

  // MARK: Values

  @inlinable
  package mutating func number(_ value: some FixedWidthInteger) {
    number(UInt64(value.magnitude), isNegative: value < 0)
  }

  /// Not generic: another module would call a generic one unspecialised.
  @usableFromInline
  mutating func number(_ magnitude: UInt64, isNegative: Bool) {
    comma()
    var magnitude = magnitude
    if isNegative { bytes.append(UInt8(ascii: "-")) }
    let start = bytes.count
    repeat {
      bytes.append(UInt8(48 + magnitude % 10))
      magnitude /= 10
    } while magnitude > 0
    bytes[start...].reverse()
    needsComma = true
  }

  /// A string of these bytes. What is not UTF-8 becomes U+FFFD: the output is valid whatever comes in.
  @inlinable
  package mutating func string(_ text: some Collection<UInt8>) {
    let isWritten: Void? = text.withContiguousStorageIfAvailable { string(bytes: $0) }
    if isWritten == nil { Array(text).withUnsafeBufferPointer { string(bytes: $0) } }
  }

  @usableFromInline
  mutating func string(bytes text: UnsafeBufferPointer<UInt8>) {
    if text.contains(where: { $0 >= 0x80 }), String(validating: text, as: UTF8.self) == nil {
      Array(String(decoding: text, as: UTF8.self).utf8).withUnsafeBufferPointer { quoted($0) }
    } else {
      quoted(text)
    }
  }

  private mutating func quoted(_ text: UnsafeBufferPointer<UInt8>) {
    comma()
    bytes.append(UInt8(ascii: "\""))
    if spellsOutControls { appendSpeltOut(text) } else { appendEscaped(text) }
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0x0A: bytes.append(contentsOf: "\\n".utf8)
      case 0x0D: bytes.append(contentsOf: "\\r".utf8)
      case 0x09: bytes.append(contentsOf: "\\t".utf8)
      case 0..<0x20: appendControl(byte)
      default: bytes.append(byte)
      }
    }
  }

  private mutating func appendSpeltOut(_ text: UnsafeBufferPointer<UInt8>) {
    var isAfterC2 = false
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20, 0x7F: appendControl(byte)
      case 0x80...0x9F where isAfterC2:
        // U+0080 to U+009F are C2 80 to C2 9F in UTF-8.
        bytes.removeLast()
        appendControl(byte)
      default: bytes.append(byte)
      }
      isAfterC2 = byte == 0xC2
    }
  }

  private mutating func appendControl(_ value: UInt8) {
    bytes.append(contentsOf: "\\u00".utf8)
    for digit in [value >> 4, value & 15] { bytes.append(digit < 10 ? 48 + digit : 87 + digit) }
  }

  /// A number that was written already, as RFC 8259 has it.
  package mutating func number(written text: String) {
    comma()
    bytes.append(contentsOf: text.utf8)
    needsComma = true
  }

  private mutating func word(_ word: StaticString) {
    comma()
    bytes.append(contentsOf: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    needsComma = true
  }

  private mutating func open(_ byte: UInt8) {
    comma()
    bytes.append(byte)
    needsComma = false
  }

  private mutating func close(_ byte: UInt8) {
    bytes.append(byte)
    needsComma = true
  }

  private mutating func comma() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }
}
