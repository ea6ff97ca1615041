import Tallystick

/// Writes JSON into a buffer: commas, quotes and escapes right, nothing allocated but the buffer.
///
/// Values come in the order they are written; the caller closes what it opens.
public struct JSONWriter: Sendable {
  /// What was written.
  public private(set) var bytes: [UInt8] = []
  private var needsComma = false

  public init() {}

  /// Forgets what was written and keeps the memory.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    needsComma = false
  }

  /// Ends a line of JSON Lines.
  public mutating func newline() {
    bytes.append(0x0A)
    needsComma = false
  }

  // MARK: Structure

  public mutating func beginObject() { open(UInt8(ascii: "{")) }
  public mutating func endObject() { close(UInt8(ascii: "}")) }
  public mutating func beginArray() { open(UInt8(ascii: "[")) }
  public mutating func endArray() { close(UInt8(ascii: "]")) }

  /// A field's name; its value comes next. Names are the program's own and need no escapes.
  public mutating func key(_ name: StaticString) {
    comma()
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  // MARK: Fields

  public mutating func field(_ name: StaticString, _ value: some FixedWidthInteger) {
    key(name)
    number(value)
  }
  public mutating func field(_ name: StaticString, _ value: Name) {
    key(name)
    string(value.bytes)
  }
  public mutating func field(_ name: StaticString, _ value: String) {
    key(name)
    string(value.utf8)
  }
  public mutating func field(_ name: StaticString, _ value: Bool) {
    key(name)
    word(value ? "true" : "false")
  }
  public mutating func nullField(_ name: StaticString) {
    key(name)
    word("null")
  }
  /// `sku` and `location`.
  public mutating func fields(_ item: ItemName) {
    field("sku", item.sku)
    field("location", item.location)
  }

  // MARK: Values

  public mutating func number(_ value: some FixedWidthInteger) {
    comma()
    var magnitude = UInt64(value.magnitude)
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    let start = bytes.count
    repeat {
      bytes.append(UInt8(48 + magnitude % 10))
      magnitude /= 10
    } while magnitude > 0
    bytes[start...].reverse()
    needsComma = true
  }

  /// A string of these bytes. What is not UTF-8 becomes U+FFFD: the output is valid whatever comes in.
  public mutating func string(_ text: some Collection<UInt8>) {
    if text.contains(where: { $0 >= 0x80 }), String(validating: text, as: UTF8.self) == nil {
      quoted(Array(String(decoding: text, as: UTF8.self).utf8))
    } else {
      quoted(text)
    }
  }

  private mutating func quoted(_ text: some Collection<UInt8>) {
    comma()
    bytes.append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0x0A: bytes.append(contentsOf: "\\n".utf8)
      case 0x0D: bytes.append(contentsOf: "\\r".utf8)
      case 0x09: bytes.append(contentsOf: "\\t".utf8)
      case 0..<0x20:
        bytes.append(contentsOf: "\\u00".utf8)
        for digit in [byte >> 4, byte & 15] { bytes.append(digit < 10 ? 48 + digit : 87 + digit) }
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
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
