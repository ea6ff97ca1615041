/// A strict pull parser (RFC 8259) over bytes that stay where they are.
///
/// The caller says what it expects next, so there is no tree, no recursion, and nothing is allocated but the strings
/// that are kept. Nothing in the bytes can make it read beyond them.
@usableFromInline
package struct JSONReader {
  @usableFromInline let bytes: UnsafeBufferPointer<UInt8>
  /// The next byte to be read.
  @usableFromInline package var offset = 0
  /// The last string that had escapes, decoded.
  @usableFromInline var unescaped: [UInt8] = []

  package init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// A string's bytes between the quotes, as they stand.
  @usableFromInline
  package struct Text {
    @usableFromInline var start: Int
    @usableFromInline var end: Int
    @usableFromInline var hasEscapes: Bool
  }

  // MARK: Structure

  /// The next byte that is not white space, still to be read; `nil` at the end.
  @inlinable
  package mutating func peek() -> UInt8? {
    while offset < bytes.count {
      let byte = bytes[offset]
      guard byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A else { return byte }
      offset += 1
    }
    return nil
  }

  package mutating func beginObject(_ what: @autoclosure () -> String) throws(JSONFlaw) {
    try begin(UInt8(ascii: "{"), "an object", what)
  }

  package mutating func beginArray(_ what: @autoclosure () -> String) throws(JSONFlaw) {
    try begin(UInt8(ascii: "["), "an array", what)
  }

  /// The next field's name, its colon read; `nil` at the end of the object.
  package mutating func nextKey(isFirst: inout Bool) throws(JSONFlaw) -> Text? {
    guard try nextMember(isFirst: &isFirst, closing: UInt8(ascii: "}")) else { return nil }
    guard peek() == UInt8(ascii: "\"") else { throw unexpected("a field's name in double quotes") }
    let key = try text()
    guard peek() == UInt8(ascii: ":") else { throw unexpected("a colon after the field's name") }
    offset += 1
    return key
  }

  /// Whether another element of the array follows.
  package mutating func nextElement(isFirst: inout Bool) throws(JSONFlaw) -> Bool {
    try nextMember(isFirst: &isFirst, closing: UInt8(ascii: "]"))
  }

  /// Nothing but white space may follow.
  package mutating func end() throws(JSONFlaw) {
    guard peek() == nil else { throw unexpected("nothing more on the line") }
  }

  private mutating func begin(_ byte: UInt8, _ kind: String, _ what: () -> String) throws(JSONFlaw) {
    guard let next = peek() else { throw cutOff() }
    guard next == byte else {
      if isAtValue() { throw JSONFlaw("\(what()) must be \(kind)") }
      throw unexpected(kind)
    }
    offset += 1
  }

  private mutating func nextMember(isFirst: inout Bool, closing: UInt8) throws(JSONFlaw) -> Bool {
    guard let byte = peek() else { throw cutOff() }
    if byte == closing {
      offset += 1
      return false
    }
    if isFirst {
      isFirst = false
      return true
    }
    guard byte == UInt8(ascii: ",") else { throw unexpected("a comma or the end") }
    offset += 1
    guard let next = peek() else { throw cutOff() }
    if next == closing { throw unexpected("something after the comma") }
    return true
  }

  // MARK: Values

  /// Reads `null` if it is next.
  package mutating func null() throws(JSONFlaw) -> Bool {
    guard peek() == UInt8(ascii: "n") else { return false }
    try word("null")
    return true
  }

  /// Reads `true` or `false` if one of them is next.
  package mutating func bool() throws(JSONFlaw) -> Bool? {
    switch peek() {
    case UInt8(ascii: "t"):
      try word("true")
      return true
    case UInt8(ascii: "f"):
      try word("false")
      return false
    default: return nil
    }
  }

  private mutating func word(_ word: StaticString) throws(JSONFlaw) {
    guard bytes.count - offset >= word.utf8CodeUnitCount else { throw cutOff() }
    for index in 0..<word.utf8CodeUnitCount where bytes[offset + index] != word.utf8Start[index] {
      throw unexpected("a value")
    }
    offset += word.utf8CodeUnitCount
  }

  /// The string that is next.
  package mutating func string(_ what: @autoclosure () -> String) throws(JSONFlaw) -> Text {
    guard let next = peek() else { throw cutOff() }
    guard next == UInt8(ascii: "\"") else {
      if isAtValue() { throw JSONFlaw("\(what()) must be a string") }
      throw unexpected("a string")
    }
    return try text()
  }

  /// The number that is next.
  package mutating func number(_ what: @autoclosure () -> String) throws(JSONFlaw) -> JSONNumber {
    guard let next = peek() else { throw cutOff() }
    guard next == UInt8(ascii: "-") || next &- 48 < 10 else {
      if isAtValue() { throw JSONFlaw("\(what()) must be a whole number") }
      throw unexpected("a number")
    }
    var number = JSONNumber()
    if next == UInt8(ascii: "-") {
      number.isNegative = true
      offset += 1
    }
    let start = offset
    while let digit = digit() {
      let (product, carry) = number.magnitude.multipliedReportingOverflow(by: 10)
      let (sum, carry2) = product.addingReportingOverflow(UInt64(digit))
      number.magnitude = carry || carry2 ? .max : sum
      number.isHuge = number.isHuge || carry || carry2
    }
    guard offset > start else { throw unexpected("a digit") }
    if offset - start > 1 && bytes[start] == UInt8(ascii: "0") {
      throw JSONFlaw("a number must not begin with a zero", at: start)
    }
    if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
      offset += 1
      number.isWhole = false
      try digits()
    }
    if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
      offset += 1
      number.isWhole = false
      if offset < bytes.count, bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-") { offset += 1 }
      try digits()
    }
    return number
  }

  private mutating func digit() -> UInt8? {
    guard offset < bytes.count, bytes[offset] &- 48 < 10 else { return nil }
    offset += 1
    return bytes[offset - 1] - 48
  }

  private mutating func digits() throws(JSONFlaw) {
    guard digit() != nil else { throw unexpected("a digit") }
    while digit() != nil {}
  }

  // MARK: Strings

  /// Finds the end of the string whose opening quote is next.
  private mutating func text() throws(JSONFlaw) -> Text {
    offset += 1
    var text = Text(start: offset, end: offset, hasEscapes: false)
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "\"") {
        text.end = offset
        offset += 1
        return text
      }
      if byte < 0x20 {
        throw JSONFlaw("a control character in a string must be written as an escape", at: offset)
      }
      if byte == UInt8(ascii: "\\") {
        text.hasEscapes = true
        offset += 1
      }
      offset += 1
    }
    throw cutOff()
  }

  /// Calls `body` with the string's bytes, escapes decoded. They are not checked to be UTF-8.
  @inlinable
  package mutating func withBytes<T>(
    of text: Text, _ body: (UnsafeBufferPointer<UInt8>) -> T
  ) throws(JSONFlaw) -> T {
    let raw = UnsafeBufferPointer(rebasing: bytes[text.start..<text.end])
    guard text.hasEscapes else { return body(raw) }
    unescaped.removeAll(keepingCapacity: true)
    try JSONEscapes.decode(raw, offset: text.start, into: &unescaped)
    return unescaped.withUnsafeBufferPointer(body)
  }

  // MARK: Errors

  /// Whether a JSON value begins here, so that it is of the wrong type rather than nonsense.
  private func isAtValue() -> Bool {
    if bytes[offset] &- 48 < 10 || "\"{[-".utf8.contains(bytes[offset]) { return true }
    return ["true", "false", "null"].contains { bytes[offset...].starts(with: $0.utf8) }
  }

  private func cutOff() -> JSONFlaw { .cutOff(at: bytes.count) }

  private func unexpected(_ expected: String) -> JSONFlaw {
    guard offset < bytes.count else { return cutOff() }
    return JSONFlaw("this is no JSON; expected \(expected)", at: offset)
  }
}
