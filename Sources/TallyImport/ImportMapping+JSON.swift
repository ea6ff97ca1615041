import TallyText
import Tallystick

extension ImportMapping {
  /// The largest mapping file, in bytes.
  static let maximumBytes = 1 << 20

  /// Reads a mapping file.
  ///
  /// - Throws: ``ImportError`` naming the file, the line or key, and what is wrong. Unknown keys are wrong: a mistyped
  ///   one must not be ignored silently.
  public init(path: String, files: any FileSystem = LocalFileSystem()) throws(ImportError) {
    let bytes: [UInt8]?
    do {
      bytes = try files.contents(of: path, maximum: ImportMapping.maximumBytes)
    } catch {
      throw .file(error.description)
    }
    guard let bytes else { throw .file("there is no mapping file \(path)") }
    guard bytes.count <= ImportMapping.maximumBytes else {
      throw .mapping("\(path): has more than \(ImportMapping.maximumBytes) bytes")
    }
    do {
      try self.init(json: bytes)
    } catch {
      throw .mapping("\(path): \(error)")
    }
  }

  /// Decodes a mapping file's bytes.
  public init(json bytes: [UInt8]) throws(ImportError) {
    var fields = try MappingFields(try ImportMapping.value(bytes), of: "the mapping")
    var columns = try MappingFields(try fields.take("columns") ?? .object([]), of: "\"columns\"")
    self.init(
      columns: Columns(
        document: try columns.required("document"), sku: try columns.required("sku"),
        quantity: try columns.required("quantity"), time: try columns.required("time"),
        customer: try columns.string("customer"), location: try columns.string("location")),
      timeFormat: try TimePattern(try fields.required("time_format")),
      documents: try ImportMapping.documents(try fields.take("documents")))
    try columns.end()
    if let text = try fields.string("separator") {
      guard text.utf8.count == 1, let byte = text.utf8.first, byte != UInt8(ascii: "\""), byte != 0x0A, byte < 0x80
      else { throw .mapping("\"separator\" must be one ASCII character, such as \",\" \";\" or \"\\t\"") }
      separator = byte
    }
    location = try fields.name("location") ?? location
    onlyCodes = try fields.strings("only_codes").map { CodePattern($0) }
    skippedCodes = try fields.strings("skip_codes").map { CodePattern($0) }
    writeOffReason = try fields.name("write_off_reason", maximum: Limits.maxTextBytes) ?? writeOffReason
    commitsOrders = try fields.bool("commit") ?? commitsOrders
    late = try fields.choice("late") ?? late
    if let value = try fields.take("opening") { try readOpening(value) }
    try fields.end()
  }

  private static func value(_ bytes: [UInt8]) throws(ImportError) -> JSONValue {
    do throws(JSONFlaw) { return try JSONValue(parsing: bytes, maximumDepth: 16) } catch {
      throw .mapping(error.inFile(bytes))
    }
  }

  private mutating func readOpening(_ value: JSONValue) throws(ImportError) {
    var fields = try MappingFields(value, of: "\"opening\"")
    let quantity = try fields.number("quantity", in: 0...Limits.maxQuantity)
    let percent = try fields.number("percent_of_demand", in: 0...1_000_000)
    // "/" and a number come after it.
    openingKey = try fields.name("key", maximum: 40) ?? openingKey
    try fields.end()
    switch (quantity, percent) {
    case (nil, nil): opening = .none
    case (let quantity?, nil): opening = .quantity(quantity)
    case (nil, let percent?): opening = .percentOfDemand(percent)
    default: throw .mapping("\"opening\" has either \"quantity\" or \"percent_of_demand\", not both")
    }
  }

  private static func documents(_ value: JSONValue?) throws(ImportError) -> [DocumentKind] {
    guard let value else { throw .mapping("the mapping lacks \"documents\": what quantities mean") }
    guard case .array(let elements) = value, !elements.isEmpty else {
      throw .mapping("\"documents\" must be a list of at least one object")
    }
    var kinds = [DocumentKind]()
    for element in elements {
      var fields = try MappingFields(element, of: "\"documents\"")
      kinds.append(
        DocumentKind(
          prefix: try fields.string("prefix") ?? "", positive: try fields.choice("positive") ?? .refuse,
          negative: try fields.choice("negative") ?? .refuse))
      try fields.end()
    }
    return kinds
  }
}

/// The fields of one object, taken one by one, so that what is left over is known to be a mistake.
private struct MappingFields {
  private var members: [JSONValue.Member]
  private let owner: String

  init(_ value: JSONValue, of owner: String) throws(ImportError) {
    guard case .object(let members) = value else { throw .mapping("\(owner) must be an object, not \(value.kind)") }
    self.members = members
    self.owner = owner
  }

  /// A field's value; `nil` if it is absent or null.
  mutating func take(_ name: String) throws(ImportError) -> JSONValue? {
    guard let index = members.firstIndex(where: { $0.name == name }) else { return nil }
    let value = members.remove(at: index).value
    return value == .null ? nil : value
  }

  mutating func string(_ name: String) throws(ImportError) -> String? {
    guard let value = try take(name) else { return nil }
    guard case .string(let text) = value else { throw .mapping("\"\(name)\" must be a string, not \(value.kind)") }
    return text
  }

  mutating func required(_ name: String) throws(ImportError) -> String {
    guard let text = try string(name) else { throw .mapping("\(owner) lacks \"\(name)\"") }
    return text
  }

  mutating func name(_ name: String, maximum: Int = Limits.maxNameBytes) throws(ImportError) -> Name? {
    guard let text = try string(name) else { return nil }
    if let flaw = Name(text).flaw(maximum: maximum) { throw .mapping("\"\(name)\" \(flaw)") }
    return Name(text)
  }

  mutating func strings(_ name: String) throws(ImportError) -> [String] {
    guard let value = try take(name) else { return [] }
    guard case .array(let elements) = value else { throw .mapping("\"\(name)\" must be a list, not \(value.kind)") }
    var texts = [String]()
    for element in elements {
      guard case .string(let text) = element else { throw .mapping("\"\(name)\" must be a list of strings") }
      texts.append(text)
    }
    return texts
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

  func end() throws(ImportError) {
    guard let member = members.first else { return }
    throw .mapping("line \(member.line): \(owner) has no key \"\(member.name)\"")
  }
}
