/// A JSON file that is small and read whole: a tree.
package indirect enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSONValue])
  /// In the order of the file; no name twice.
  case object([Member])

  package struct Member: Equatable, Sendable {
    package var name: String
    /// From 1.
    package var line: Int
    package var value: JSONValue
  }

  /// What it is, in words for people.
  package var kind: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }

  /// The value of an object's member; `nil` if there is none, or this is no object.
  package subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
  }

  /// Parses a whole file (RFC 8259).
  ///
  /// - Parameter maximumDepth: how deep it may be nested; each level takes some of the thread's stack.
  /// - Throws: ``JSONFlaw`` also for a name that stands twice in one object: one of the two would be ignored.
  /// - Complexity: O(*n*), with as much memory as the values take.
  package init(parsing bytes: [UInt8], maximumDepth: Int) throws(JSONFlaw) {
    guard String(validating: bytes, as: UTF8.self) != nil else { throw JSONFlaw("is not valid UTF-8") }
    let result = bytes.withUnsafeBufferPointer { bytes -> Result<JSONValue, JSONFlaw> in
      var parser = JSONValueParser(bytes)
      do throws(JSONFlaw) { return .success(try parser.whole(maximumDepth)) } catch { return .failure(error) }
    }
    self = try result.get()
  }
}

private struct JSONValueParser {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var reader: JSONReader
  /// Line ends are counted up to here.
  private var counted = 0
  private var line = 1

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    reader = JSONReader(bytes)
  }

  mutating func whole(_ maximumDepth: Int) throws(JSONFlaw) -> JSONValue {
    let value = try value(maximumDepth)
    guard reader.peek() == nil else { throw JSONFlaw("something follows the end of the object", at: reader.offset) }
    return value
  }

  /// - Parameter levels: that it may have.
  private mutating func value(_ levels: Int) throws(JSONFlaw) -> JSONValue {
    guard let next = reader.peek() else {
      throw JSONFlaw("the file ends where a value should be", at: reader.offset)
    }
    guard levels > 0 else { throw JSONFlaw("is nested too deeply", at: reader.offset) }
    switch next {
    case UInt8(ascii: "{"): return .object(try members(levels - 1))
    case UInt8(ascii: "["): return .array(try elements(levels - 1))
    case UInt8(ascii: "\""): return .string(try text(of: try reader.string("the value")))
    case UInt8(ascii: "-"), 48...57: return .number(try reader.number("the value"))
    default:
      if try reader.null() { return .null }
      if let truth = try reader.bool() { return .bool(truth) }
      throw JSONFlaw("no JSON value begins with '\(Character(Unicode.Scalar(next)))'", at: reader.offset)
    }
  }

  private mutating func members(_ levels: Int) throws(JSONFlaw) -> [JSONValue.Member] {
    try reader.beginObject("the value")
    var members = [JSONValue.Member]()
    // A set, or a file of 100,000 names takes minutes. By their bytes: a string takes two spellings of "é" for one.
    var names = Set<[UInt8]>()
    var isFirst = true
    while let key = try reader.nextKey(isFirst: &isFirst) {
      let (name, at) = (try text(of: key), lineOfNext())
      guard names.insert(Array(name.utf8)).inserted else {
        throw JSONFlaw("\"\(name)\" stands here twice", at: reader.offset)
      }
      members.append(JSONValue.Member(name: name, line: at, value: try value(levels)))
    }
    return members
  }

  private mutating func elements(_ levels: Int) throws(JSONFlaw) -> [JSONValue] {
    try reader.beginArray("the value")
    var elements = [JSONValue]()
    var isFirst = true
    while try reader.nextElement(isFirst: &isFirst) { elements.append(try value(levels)) }
    return elements
  }

  private mutating func text(of text: JSONReader.Text) throws(JSONFlaw) -> String {
    try reader.withBytes(of: text) { String(decoding: $0, as: UTF8.self) }
  }

  private mutating func lineOfNext() -> Int {
    line += bytes[counted..<reader.offset].count { $0 == 0x0A }
    counted = reader.offset
    return line
  }
}
