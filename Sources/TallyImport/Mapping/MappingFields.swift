import TallyText
import Tallystick

/// The fields of one object, taken one by one, so that what is left over is known to be a mistake.
struct MappingFields {
  private var members: [JSONValue.Member]
  private let owner: String
  /// The names that were asked for: what may stand here.
  private var known: [String] = []

  init(_ value: JSONValue, of owner: String) throws(ImportError) {
    guard case .object(let members) = value else { throw .mapping("\(owner) must be an object, not \(value.kind)") }
    self.members = members
    self.owner = owner
  }

  /// A field's value; `nil` if it is absent or null.
  mutating func take(_ name: String) throws(ImportError) -> JSONValue? {
    known.append(name)
    guard let index = members.firstIndex(where: { $0.name == name }) else { return nil }
    let value = members.remove(at: index).value
    return value == .null ? nil : value
  }

  mutating func string(_ name: String) throws(ImportError) -> String? {
    guard let value = try take(name) else { return nil }
    guard case .string(let text) = value else { throw .mapping("\"\(name)\" must be a string, not \(value.kind)") }
    return text
  }

  mutating func name(_ name: String, maximum: Int = Limits.maxNameBytes) throws(ImportError) -> Name? {
    guard let text = try string(name) else { return nil }
    if let flaw = Name(text).flaw(maximum: maximum) { throw .mapping("\"\(name)\" \(flaw)") }
    return Name(text)
  }

  /// A list of strings; empty if it is absent.
  mutating func strings(_ name: String) throws(ImportError) -> [String] {
    guard let value = try take(name) else { return [] }
    return try MappingFields.strings(value, "\"\(name)\"")
  }

  /// One string, or a list of them; empty if it is absent.
  mutating func oneOrMore(_ name: String) throws(ImportError) -> [String] {
    guard let value = try take(name) else { return [] }
    return try MappingFields.oneOrMore(value, "\"\(name)\"")
  }

  static func oneOrMore(_ value: JSONValue, _ what: String) throws(ImportError) -> [String] {
    if case .string(let text) = value { return [text] }
    let texts = try strings(value, what)
    if texts.isEmpty { throw .mapping("\(what) is an empty list") }
    return texts
  }

  private static func strings(_ value: JSONValue, _ what: String) throws(ImportError) -> [String] {
    guard case .array(let elements) = value else { throw .mapping("\(what) must be a list, not \(value.kind)") }
    var texts = [String]()
    for element in elements {
      guard case .string(let text) = element else { throw .mapping("\(what) must be a list of strings") }
      texts.append(text)
    }
    return texts
  }

  /// A column, or several of which the first that has something counts.
  mutating func column(_ name: String) throws(ImportError) -> ImportMapping.Column? {
    let names = try oneOrMore(name)
    return names.isEmpty ? nil : ImportMapping.Column(names)
  }

  mutating func bool(_ name: String) throws(ImportError) -> Bool? {
    guard let value = try take(name) else { return nil }
    guard case .bool(let truth) = value else { throw .mapping("\"\(name)\" must be true or false, not \(value.kind)") }
    return truth
  }

  mutating func number(_ name: String, in range: ClosedRange<Int64>) throws(ImportError) -> Int64? {
    guard let value = try take(name) else { return nil }
    guard case .number(let written) = value, let number = written.value(in: range) else {
      throw .mapping("\"\(name)\" must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  mutating func choice<T: RawRepresentable<String> & CaseIterable>(_ name: String) throws(ImportError) -> T? {
    guard let text = try string(name) else { return nil }
    guard let choice = T(rawValue: text) else {
      let all = T.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw .mapping("\"\(name)\" is \"\(text)\"; it may be \(all)")
    }
    return choice
  }

  /// One ASCII character.
  mutating func character(_ name: String, _ examples: String) throws(ImportError) -> UInt8? {
    guard let text = try string(name) else { return nil }
    guard text.utf8.count == 1, let byte = text.utf8.first, byte != UInt8(ascii: "\""), byte != 0x0A, byte < 0x80
    else { throw .mapping("\"\(name)\" must be one ASCII character, such as \(examples)") }
    return byte
  }

  /// All that is left, for an object whose keys are the file's own.
  mutating func rest() -> [JSONValue.Member] {
    defer { members = [] }
    return members
  }

  func end() throws(ImportError) {
    guard let member = members.first else { return }
    let meant = known.map { ($0, EditDistance.between($0, member.name)) }.min { $0.1 < $1.1 }
    let hint = meant.flatMap { $0.1 <= max(2, member.name.utf8.count / 3) ? "; did you mean \"\($0.0)\"?" : nil }
    let all = hint ?? "; it may have \(known.map { "\"\($0)\"" }.joined(separator: ", "))"
    throw .mapping("line \(member.line): \(owner) has no key \"\(member.name)\"\(all)")
  }
}

/// How many letters of one text must be added, left out or replaced to make it another.
package enum EditDistance {
  /// O(*a* × *b*) for the first 64 bytes.
  package static func between(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.utf8.prefix(64)), Array(b.utf8.prefix(64)))
    var row = Array(0...b.count)
    for (i, byte) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in b.enumerated() {
        let replaced = diagonal + (byte == other ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[b.count]
  }
}
