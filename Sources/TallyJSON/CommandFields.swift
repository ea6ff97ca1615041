import TallyText
import Tallystick

/// The fields of one command as they were read, in any order, each at most once, each of its type and in its range.
struct CommandFields {
  var seen = CommandFieldSet()
  var verb: Verb?
  var id: Name?
  var sku: Name?
  var location: Name?
  var lines: [Line]?
  /// Which of the lines has no quantity, and which has one: a `register` wants none, everything else wants one.
  var lineWithout: Int?
  var lineWith: Int?
  var quantity: JSONNumber?
  var from: Name?
  var toLocation: Name?
  var toQuantity: JSONNumber?
  var by: JSONNumber?
  var reason: Name?
  var release: ReleasePolicy?
  var reference: Name?
  var customer: Name?
  var timeToLive: Int64?
  var waitsForever = false
  var waitMilliseconds: Int64?
  var time: Int64?
  var expectedSequence: UInt64?
  var key: Name?
  var commands: [Operation]?
  var effective: Int64?
  var more = false
  var trim = false
  var holds: HoldSelection?
  var order: Name?
  var parts: [Part]?
  var locations: [Name]?
  var consumer: Name?
  var position: UInt64?

  /// What an item is made of, where the item is if nothing else is said.
  struct Part {
    var sku: Name
    var location: Name?
    var quantity: Int64
  }

  /// What `op` may be.
  enum Verb: String, CaseIterable {
    case receive, reserve, commit, release, `return`, adjust, transfer, limit, batch, expire
    case extend, amend, floor, register, recipe, reopen, prefer, acknowledge
    case forgetConsumer = "forget-consumer"

    /// What a command of this kind may have, all told.
    var fields: CommandFieldSet {
      switch self {
      case .receive: CommandFieldSet(.op, .lines, .ref, .effective, .key, .time, .expectedSequence)
      case .return: CommandFieldSet(.op, .lines, .ref, .order, .effective, .key, .time, .expectedSequence)
      case .reserve:
        CommandFieldSet(
          .op, .id, .lines, .customer, .timeToLive, .wait, .waitMilliseconds, .time, .expectedSequence)
      case .commit: CommandFieldSet(.op, .id, .lines, .more, .key, .time, .expectedSequence)
      case .release, .amend: CommandFieldSet(.op, .id, .lines, .key, .time, .expectedSequence)
      case .extend, .reopen: CommandFieldSet(.op, .id, .timeToLive, .key, .time, .expectedSequence)
      case .adjust:
        CommandFieldSet(
          .op, .sku, .location, .to, .by, .reason, .release, .trim, .effective, .key, .time, .expectedSequence)
      case .transfer: CommandFieldSet(.op, .sku, .qty, .from, .to, .with, .effective, .key, .time, .expectedSequence)
      case .limit, .floor: CommandFieldSet(.op, .sku, .location, .qty, .key, .time, .expectedSequence)
      case .recipe: CommandFieldSet(.op, .sku, .location, .parts, .key, .time, .expectedSequence)
      case .prefer: CommandFieldSet(.op, .sku, .locations, .key, .time, .expectedSequence)
      case .batch: CommandFieldSet(.op, .commands, .key, .time, .expectedSequence)
      case .expire: CommandFieldSet(.op, .time)
      case .acknowledge: CommandFieldSet(.op, .consumer, .position, .time)
      case .forgetConsumer: CommandFieldSet(.op, .consumer, .time)
      case .register: CommandFieldSet(.op, .lines, .key, .time, .expectedSequence)
      }
    }

    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
      guard let verb = Verb.allCases.first(where: { bytes.elementsEqual($0.rawValue.utf8) }) else { return nil }
      self = verb
    }
  }

  // MARK: Reading

  /// Reads one object.
  ///
  /// - Parameter isInBatch: it stands in a batch, where some fields may not.
  init(_ reader: inout JSONReader, isInBatch: Bool) throws(JSONFlaw) {
    try reader.beginObject("a command")
    var isFirst = true
    while let key = try reader.nextKey(isFirst: &isFirst) {
      guard let field = try reader.withBytes(of: key, { CommandField(named: $0) }) else {
        let name = try reader.withBytes(of: key) { String(decoding: $0.prefix(Limits.maxNameBytes), as: UTF8.self) }
        throw JSONFlaw("there is no field \"\(name)\"; a mistyped one must not be ignored")
      }
      guard seen.insert(field) else { throw JSONFlaw("\(field.name) stands there twice") }
      if isInBatch {
        switch field {
        case .commands: throw JSONFlaw(Form.batchInBatch)
        case .key, .time, .expectedSequence:
          throw JSONFlaw("\(field.name) belongs to the whole batch, not to a command in it")
        default: break
        }
      }
      try read(field, from: &reader)
    }
  }

  private mutating func read(_ field: CommandField, from reader: inout JSONReader) throws(JSONFlaw) {
    switch field {
    case .op:
      let text = try reader.string("op")
      guard let verb = try reader.withBytes(of: text, { Verb($0) }) else {
        throw JSONFlaw("op must be one of \(Verb.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      self.verb = verb
    case .id: id = try reader.name("id")
    case .sku: sku = try reader.name("sku")
    case .location: location = try reader.name("location")
    case .lines: lines = try reader.lines(&lineWith, &lineWithout)
    case .parts: parts = try reader.null() ? nil : try reader.parts()
    case .locations: locations = try reader.null() ? nil : try reader.locations()
    case .consumer: consumer = try reader.name("consumer")
    case .position: position = UInt64(try reader.number("seq").checked("seq", Form.levels))
    case .qty: quantity = try reader.null() ? nil : try reader.number("qty")
    case .from: from = try reader.name("from")
    case .to:
      if reader.peek() == UInt8(ascii: "\"") {
        toLocation = try reader.name("to")
      } else {
        toQuantity = try reader.number("to")
      }
    case .by: by = try reader.number("by")
    case .reason: reason = try reader.text("reason", minimum: 1)
    case .release:
      let text = try reader.string("release")
      release = try reader.withBytes(of: text) { bytes in
        bytes.elementsEqual("newest".utf8) ? .newest : bytes.elementsEqual("oldest".utf8) ? .oldest : nil
      }
      guard release != nil else { throw JSONFlaw("release must be newest or oldest") }
    case .ref: reference = try reader.text("ref", minimum: 0)
    case .customer: customer = try reader.name("customer")
    case .timeToLive:
      timeToLive = try reader.null() ? nil : try reader.number("ttl_ms").checked("ttl_ms", Form.timesToLive)
    case .wait:
      guard let flag = try reader.bool() else { throw JSONFlaw("wait must be true or false; wait_ms says how long") }
      waitsForever = flag
    case .waitMilliseconds:
      waitMilliseconds = try reader.number("wait_ms").checked("wait_ms", Form.timesToLive)
    case .time: time = try reader.number("time_ms").checked("time_ms", Form.times)
    case .expectedSequence:
      expectedSequence = UInt64(try reader.number("expect_seq").checked("expect_seq", 0...Int64.max))
    case .key: key = try reader.name("key")
    case .effective: effective = try reader.number("effective_ms").checked("effective_ms", Form.times)
    case .commands: commands = try reader.commands()
    case .more: more = try reader.flag("more")
    case .trim: trim = try reader.flag("trim")
    case .with: holds = try reader.holds()
    case .order: order = try reader.name("order")
    }
  }
}

extension JSONReader {
  /// A string that is a name.
  mutating func name(_ field: StaticString) throws(JSONFlaw) -> Name {
    try name(field) { Form.flaw(ofName: $0, "\(field)") }
  }

  /// `"all"`, or `["order-1",…]`.
  fileprivate mutating func holds() throws(JSONFlaw) -> HoldSelection {
    if peek() == UInt8(ascii: "\"") {
      guard try name("with") == "all" else { throw JSONFlaw("with must be \"all\" or a list of reservation ids") }
      return .all
    }
    try beginArray("with")
    var ids = [Name]()
    var isFirst = true
    while try nextElement(isFirst: &isFirst) {
      ids.append(try name("a reservation id"))
      if ids.count > Limits.maxLinesPerEvent {
        throw JSONFlaw("with names more than \(Limits.maxLinesPerEvent) reservations")
      }
    }
    if let flaw = Form.flaw(of: HoldSelection.of(ids)) { throw JSONFlaw(flaw) }
    return .of(ids)
  }

  fileprivate mutating func flag(_ field: StaticString) throws(JSONFlaw) -> Bool {
    guard let flag = try bool() else { throw JSONFlaw("\(field) must be true or false") }
    return flag
  }

  /// A string that is a text.
  mutating func text(_ field: StaticString, minimum: Int) throws(JSONFlaw) -> Name {
    try name(field) { Form.flaw(ofText: $0, minimum: minimum, "\(field)") }
  }

  private mutating func name(
    _ field: StaticString, _ flaw: (UnsafeBufferPointer<UInt8>) -> String?
  ) throws(JSONFlaw) -> Name {
    let text = try string("\(field)")
    let (name, flaw) = try withBytes(of: text) { bytes -> (Name, String?) in
      if let flaw = flaw(bytes) { return (.main, flaw) }
      // Nearly every location is the default one: share its storage.
      return (bytes.elementsEqual(Name.main.bytes) ? .main : Name(bytes: Array(bytes)), nil)
    }
    if let flaw { throw JSONFlaw(flaw) }
    return name
  }

  /// `[{"sku":…,"location":…,"qty":…},…]`
  ///
  /// - Parameters:
  ///   - lineWith: the first line with a quantity.
  ///   - lineWithout: the first line without one; its quantity is read as 0.
  fileprivate mutating func lines(_ lineWith: inout Int?, _ lineWithout: inout Int?) throws(JSONFlaw) -> [Line] {
    try beginArray("lines")
    var lines = [Line]()
    var isFirst = true
    while try nextElement(isFirst: &isFirst) {
      // Before the next one is read: what is too long must not take the memory.
      if let flaw = Form.flaw(ofLineCount: lines.count + 1) { throw JSONFlaw(flaw) }
      do throws(JSONFlaw) {
        let (sku, location, quantity) = try line()
        if quantity == nil { lineWithout = lineWithout ?? lines.count } else { lineWith = lineWith ?? lines.count }
        lines.append(Line(sku: sku, location: location ?? .main, quantity ?? 0))
      } catch {
        throw error.within("lines[\(lines.count)]")
      }
    }
    if let flaw = Form.flaw(ofLineCount: lines.count) { throw JSONFlaw(flaw) }
    return lines
  }

  /// `[{"sku":…,"location":…,"qty":…},…]`, of a recipe.
  fileprivate mutating func parts() throws(JSONFlaw) -> [CommandFields.Part] {
    try beginArray("parts")
    var parts = [CommandFields.Part]()
    var isFirst = true
    while try nextElement(isFirst: &isFirst) {
      if let flaw = Form.flaw(ofLineCount: parts.count + 1) { throw JSONFlaw(flaw) }
      do throws(JSONFlaw) {
        let (sku, location, quantity) = try line()
        guard let quantity else { throw JSONFlaw("qty is missing") }
        guard quantity > 0 else { throw JSONFlaw(Form.mustBe(in: Form.quantities, "qty")) }
        parts.append(CommandFields.Part(sku: sku, location: location, quantity: quantity))
      } catch {
        throw error.within("parts[\(parts.count)]")
      }
    }
    if parts.isEmpty { throw JSONFlaw("parts must hold at least one part; null drops the recipe") }
    return parts
  }

  /// `["berlin","main"]`
  fileprivate mutating func locations() throws(JSONFlaw) -> [Name] {
    try beginArray("locations")
    var locations = [Name]()
    var isFirst = true
    while try nextElement(isFirst: &isFirst) {
      locations.append(try name("a location"))
      if locations.count > Limits.maxLinesPerEvent {
        throw JSONFlaw("locations are more than \(Limits.maxLinesPerEvent)")
      }
    }
    if locations.isEmpty { throw JSONFlaw("locations must hold at least one location; null drops the order") }
    return locations
  }

  private mutating func line() throws(JSONFlaw) -> (sku: Name, location: Name?, quantity: Int64?) {
    try beginObject("a line")
    var seen = CommandFieldSet()
    var sku: Name?
    var location: Name?
    var quantity: Int64?
    var isFirst = true
    while let key = try nextKey(isFirst: &isFirst) {
      guard let field = try withBytes(of: key, { CommandField(named: $0) }),
        field == .sku || field == .location || field == .qty
      else { throw JSONFlaw("a line has the fields sku, location and qty and no other") }
      guard seen.insert(field) else { throw JSONFlaw("\(field.name) stands there twice") }
      switch field {
      case .sku: sku = try name("sku")
      case .location: location = try name("location")
      // Only an amendment may say 0, which is looked at where it is known what the lines are of.
      default:
        let number = try number("qty")
        if number.value(in: 0...0) != nil {
          quantity = 0
        } else {
          quantity = try number.checked("qty", Form.quantities)
        }
      }
    }
    guard let sku else { throw JSONFlaw("sku is missing") }
    return (sku, location, quantity)
  }

  fileprivate mutating func commands() throws(JSONFlaw) -> [Operation] {
    try beginArray("commands")
    var operations = [Operation]()
    var isFirst = true
    while try nextElement(isFirst: &isFirst) {
      if let flaw = Form.flaw(ofCommandCount: operations.count + 1) { throw JSONFlaw(flaw) }
      do throws(JSONFlaw) {
        operations.append(try CommandFields(&self, isInBatch: true).operation())
      } catch {
        throw error.within("commands[\(operations.count)]")
      }
    }
    if let flaw = Form.flaw(ofCommandCount: operations.count) { throw JSONFlaw(flaw) }
    return operations
  }
}

extension JSONNumber {
  /// The value, or what is wrong with it.
  package func checked(_ field: StaticString, _ range: ClosedRange<Int64>) throws(JSONFlaw) -> Int64 {
    if let value = value(in: range) { return value }
    if !isWhole { throw JSONFlaw("\(field) must be a whole number, written without fraction and exponent") }
    throw JSONFlaw(Form.mustBe(in: range, "\(field)"))
  }
}
