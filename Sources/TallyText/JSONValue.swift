/// A JSON value of a mapping file: small, read whole, and complained about by line.
indirect enum JSONValue: Equatable {
  case null
  case bool(Bool)
  /// Whole numbers only: a mapping has no others.
  case number(Int64)
  case string(String)
  case array([JSONValue])
  /// In the order of the file; no name twice.
  case object([Member])

  struct Member: Equatable {
    var name: String
    var line: Int
    var value: JSONValue
  }

  /// What it is, in words for people.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }

  /// Parses a whole file (RFC 8259).
  ///
  /// - Throws: ``ImportError/mapping(_:)`` with the line.
  init(parsing bytes: [UInt8]) throws(ImportError) {
    guard String(validating: bytes, as: UTF8.self) != nil else { throw .mapping("is not valid UTF-8") }
    var parser = JSONValueParser(bytes: bytes)
    self = try parser.value(depth: 0)
    try parser.end()
  }
}

private struct JSONValueParser {
  let bytes: [UInt8]
  private var index = 0
  private var line = 1
  private static let maximumDepth = 16

  init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func peek() -> UInt8? {
    while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) {
      if bytes[index] == 0x0A { line += 1 }
      index += 1
    }
    return index < bytes.count ? bytes[index] : nil
  }

  private func wrong(_ what: String) -> ImportError { .mapping("line \(line): \(what)") }

  private mutating func take(_ byte: Character, _ why: String) throws(ImportError) {
    guard let next = peek(), next == byte.asciiValue else { throw wrong("expected '\(byte)' \(why)") }
    index += 1
  }

  mutating func end() throws(ImportError) {
    guard peek() == nil else { throw wrong("something follows the end of the object") }
  }

  mutating func value(depth: Int) throws(ImportError) -> JSONValue {
    guard depth < Self.maximumDepth else { throw wrong("is nested too deeply") }
    guard let next = peek() else { throw wrong("the file ends where a value should be") }
    switch next {
    case UInt8(ascii: "{"): return .object(try members(depth: depth))
    case UInt8(ascii: "["): return .array(try elements(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), 48...57: return .number(try number())
    default:
      for (word, value) in [("null", JSONValue.null), ("true", .bool(true)), ("false", .bool(false))]
      where bytes[index...].starts(with: word.utf8) {
        index += word.utf8.count
        return value
      }
      throw wrong("no JSON value begins with '\(Character(Unicode.Scalar(next)))'")
    }
  }

  private mutating func members(depth: Int) throws(ImportError) -> [JSONValue.Member] {
    try take("{", "to begin an object")
    var members = [JSONValue.Member]()
    // A set, or a file of 100,000 names takes minutes.
    var names = Set<String>()
    if peek() == UInt8(ascii: "}") {
      index += 1
      return members
    }
    while true {
      guard peek() == UInt8(ascii: "\"") else { throw wrong("expected a name in double quotes") }
      let at = line
      let name = try string()
      guard names.insert(name).inserted else { throw wrong("\"\(name)\" stands here twice") }
      try take(":", "after \"\(name)\"")
      members.append(JSONValue.Member(name: name, line: at, value: try value(depth: depth + 1)))
      if peek() == UInt8(ascii: "}") {
        index += 1
        return members
      }
      try take(",", "or '}' after the value of \"\(name)\"")
    }
  }

  private mutating func elements(depth: Int) throws(ImportError) -> [JSONValue] {
    try take("[", "to begin a list")
    var elements = [JSONValue]()
    if peek() == UInt8(ascii: "]") {
      index += 1
      return elements
    }
    while true {
      elements.append(try value(depth: depth + 1))
      if peek() == UInt8(ascii: "]") {
        index += 1
        return elements
      }
      try take(",", "or ']' in a list")
    }
  }

  private mutating func number() throws(ImportError) -> Int64 {
    let first = index
    while index < bytes.count, "+-.eE0123456789".utf8.contains(bytes[index]) { index += 1 }
    let text = String(decoding: bytes[first..<index], as: UTF8.self)
    guard let number = Int64(text), text == String(number) else { throw wrong("\(text) is not a whole number") }
    return number
  }

  private mutating func string() throws(ImportError) -> String {
    index += 1
    var text = [UInt8]()
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text.append(contentsOf: try escape())
      case 0..<0x20: throw wrong("a control character stands in a string")
      default: text.append(byte)
      }
    }
    throw wrong("a string is never closed")
  }

  private mutating func escape() throws(ImportError) -> [UInt8] {
    guard index < bytes.count else { throw wrong("a string is never closed") }
    index += 1
    switch bytes[index - 1] {
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [bytes[index - 1]]
    case UInt8(ascii: "u"):
      let unit = try hexUnit()
      var scalar = UInt32(unit)
      if 0xD800..<0xDC00 ~= unit, bytes[index...].starts(with: "\\u".utf8) {
        index += 2
        let low = try hexUnit()
        guard 0xDC00..<0xE000 ~= low else { throw wrong("half of a surrogate pair stands in a string") }
        scalar = 0x10000 + (UInt32(unit - 0xD800) << 10) + UInt32(low - 0xDC00)
      }
      guard let character = Unicode.Scalar(scalar) else { throw wrong("half of a surrogate pair stands in a string") }
      return Array(String(character).utf8)
    default: throw wrong("there is no such escape in JSON")
    }
  }

  private mutating func hexUnit() throws(ImportError) -> UInt16 {
    guard index + 4 <= bytes.count, bytes[index] != UInt8(ascii: "+"),
      let unit = UInt16(String(decoding: bytes[index..<(index + 4)], as: UTF8.self), radix: 16)
    else { throw wrong("\\u needs four hexadecimal digits") }
    index += 4
    return unit
  }
}
