import TallyText
import Tallystick

/// The fields of an object that a server has answered. What is missing, or of another kind than it should be, is a flaw of
/// the answer; what is not asked for is passed over: a newer server may say more.
struct ToldFields {
  private let value: JSONValue

  /// How deep an answer is nested at most.
  private static let mostLevels = 16

  init(_ value: JSONValue) throws(JSONFlaw) {
    guard case .object = value else { throw JSONFlaw("an object should stand here, not \(value.kind)") }
    self.value = value
  }

  init(parsing bytes: [UInt8]) throws(JSONFlaw) {
    try self.init(try JSONValue(parsing: bytes, maximumDepth: ToldFields.mostLevels))
  }

  private func given(_ name: String) -> JSONValue? {
    guard let found = value[name], found != .null else { return nil }
    return found
  }

  private func required<Value>(_ value: Value?, _ name: String) throws(JSONFlaw) -> Value {
    guard let value else { throw JSONFlaw("\(name) is missing") }
    return value
  }

  func numberIfAny(_ name: String) throws(JSONFlaw) -> Int64? {
    guard let found = given(name) else { return nil }
    guard case .number(let number) = found, let value = number.value(in: .min ... .max) else {
      throw JSONFlaw("\(name) is no whole number")
    }
    return value
  }

  func number(_ name: String) throws(JSONFlaw) -> Int64 { try required(try numberIfAny(name), name) }

  func sequence(_ name: String) throws(JSONFlaw) -> UInt64 {
    guard let value = UInt64(exactly: try number(name)) else { throw JSONFlaw("\(name) is negative") }
    return value
  }

  func count(_ name: String) throws(JSONFlaw) -> Int { Int(clamping: try number(name)) }

  func textIfAny(_ name: String) throws(JSONFlaw) -> String? {
    guard let found = given(name) else { return nil }
    guard case .string(let text) = found else { throw JSONFlaw("\(name) is no string") }
    return text
  }

  func text(_ name: String) throws(JSONFlaw) -> String { try required(try textIfAny(name), name) }
  func nameIfAny(_ name: String) throws(JSONFlaw) -> Name? { try textIfAny(name).map { Name($0) } }
  func name(_ name: String) throws(JSONFlaw) -> Name { Name(try text(name)) }

  /// `sku` and `location`.
  func item() throws(JSONFlaw) -> ItemName { ItemName(sku: try name("sku"), location: try name("location")) }
  func itemIfAny() throws(JSONFlaw) -> ItemName? { given("sku") == nil ? nil : try item() }

  /// False where it is not said.
  func flag(_ name: String) throws(JSONFlaw) -> Bool { try flagIfAny(name) ?? false }

  func flagIfAny(_ name: String) throws(JSONFlaw) -> Bool? {
    guard let found = given(name) else { return nil }
    guard case .bool(let truth) = found else { throw JSONFlaw("\(name) is neither true nor false") }
    return truth
  }

  func has(_ name: String) -> Bool { given(name) != nil }

  func object(_ name: String) throws(JSONFlaw) -> ToldFields? {
    guard let found = given(name) else { return nil }
    return try ToldFields(found)
  }

  /// Each object of a list; none where there is no list.
  func list<Element>(
    _ name: String, _ read: (ToldFields) throws(JSONFlaw) -> Element
  ) throws(JSONFlaw) -> [Element] {
    guard let found = given(name) else { return [] }
    guard case .array(let elements) = found else { throw JSONFlaw("\(name) is no list") }
    var list: [Element] = []
    list.reserveCapacity(elements.count)
    for element in elements { list.append(try read(try ToldFields(element))) }
    return list
  }

  /// Each string of a list.
  func names(_ name: String) throws(JSONFlaw) -> [Name] {
    guard let found = given(name) else { return [] }
    guard case .array(let elements) = found else { throw JSONFlaw("\(name) is no list") }
    var names: [Name] = []
    for element in elements {
      guard case .string(let text) = element else { throw JSONFlaw("\(name) holds something that is no string") }
      names.append(Name(text))
    }
    return names
  }

  /// `"lines":[{"sku":…,"location":…,"qty":…},…]`
  func lines(_ name: String) throws(JSONFlaw) -> [Line] {
    try list(name) { (line) throws(JSONFlaw) in Line(try line.item(), try line.number("qty")) }
  }

  func state(_ name: String) throws(JSONFlaw) -> ReservationState? {
    guard let text = try textIfAny(name) else { return nil }
    guard let state = ReservationState(rawValue: text) else { throw JSONFlaw("there is no state \"\(text)\"") }
    return state
  }
}
