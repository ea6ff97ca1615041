import TallyText
import Tallystick

/// One line of JSON → a command, strictly: unknown, missing, repeated and mistyped fields are errors, never ignored.
package enum CommandParser {
  /// Reads one command.
  ///
  /// - Parameter line: one JSON object as UTF-8, with or without its line's end.
  /// - Parameter key: what came beside the command by which a repeat is told: the id of a reservation that has none, or the
  ///   key of a command that has none and may have one.
  /// - Throws: ``InvalidCommand`` saying what is wrong and where. Nothing in the bytes can do worse.
  /// - Complexity: O(*n*), with memory for what is kept only.
  package static func parse(
    _ line: UnsafeRawBufferPointer, key: Name? = nil
  ) throws(InvalidCommand) -> Command {
    do throws(JSONFlaw) {
      var reader = JSONReader(line.bindMemory(to: UInt8.self))
      guard reader.peek() != nil else { throw JSONFlaw("the line is empty") }
      var fields = try CommandFields(&reader, isInBatch: false)
      try reader.end()
      if let key { fields.take(key: key) }
      return Command(
        try fields.operation(), key: fields.key, time: fields.time, expectedSequence: fields.expectedSequence)
    } catch {
      throw InvalidCommand(error.inLine)
    }
  }

  /// As ``parse(_:)``, over an array.
  package static func parse(_ line: [UInt8]) throws(InvalidCommand) -> Command {
    let result = line.withUnsafeBytes { bytes -> Result<Command, InvalidCommand> in
      do throws(InvalidCommand) {
        return .success(try parse(bytes))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}

extension CommandFields {
  /// Takes what came beside the command, where it says nothing itself.
  fileprivate mutating func take(key: Name) {
    guard let verb else { return }
    if verb == .reserve { id = id ?? key } else if verb.fields.contains(.key) { self.key = self.key ?? key }
  }

  /// What the fields ask for together.
  func operation() throws(JSONFlaw) -> Operation {
    guard let verb else { throw JSONFlaw("op is missing") }
    if let field = seen.first(notIn: verb.fields) {
      if verb == .reserve && field == .key { throw JSONFlaw(Form.keyOfReserve) }
      throw JSONFlaw("\(verb.rawValue) has no field \(field.name)")
    }
    if verb != .register {
      if let line = lineWithout { throw JSONFlaw("qty is missing").within("lines[\(line)]") }
      if verb != .amend, let index = lines?.firstIndex(where: { $0.quantity == 0 }) {
        throw JSONFlaw(Form.mustBe(in: Form.quantities, "qty")).within("lines[\(index)]")
      }
    }
    let operation = try operation(verb)
    guard let effective else { return operation }
    if case .transferWith = operation { throw JSONFlaw(Form.effectiveOfOther) }
    return .dated(operation, effective: effective)
  }

  private func operation(_ verb: Verb) throws(JSONFlaw) -> Operation {
    switch verb {
    case .receive: return .receive(try required(lines, "lines"), reference: reference)
    case .return:
      let lines = try required(lines, "lines")
      return order.map { .returnedOf(order: $0, lines, reference: reference) } ?? .returned(lines, reference: reference)
    case .reserve:
      if seen.contains(.timeToLive), timeToLive == nil {
        throw JSONFlaw("ttl_ms must not be null; leave it out for no limit")
      }
      return .reserve(
        id: try required(id, "id"), try required(lines, "lines"), customer: customer, timeToLive: timeToLive,
        wait: try wait())
    case .commit:
      return more
        ? .commitMore(id: try required(id, "id"), try required(lines, "lines"))
        : .commit(id: try required(id, "id"), lines)
    case .release: return .release(id: try required(id, "id"), lines)
    case .adjust:
      return .adjust(
        try item(), try adjustment(), reason: try required(reason, "reason"), release: try policy())
    case .transfer: return try transfer()
    case .limit:
      guard seen.contains(.qty) else { throw JSONFlaw("qty is missing; null means no limit") }
      return .limit(try item(), try quantity?.checked("qty", Form.levels))
    case .batch: return .batch(try required(commands, "commands"))
    case .expire: return .expire
    case .extend:
      guard seen.contains(.timeToLive) else { throw JSONFlaw("ttl_ms is missing; null means that it never expires") }
      return .extend(id: try required(id, "id"), timeToLive: timeToLive)
    case .reopen: return .reopen(id: try required(id, "id"), timeToLive: timeToLive)
    case .amend: return .amend(id: try required(id, "id"), try required(lines, "lines"))
    case .floor:
      guard let quantity = try quantity?.checked("qty", Form.levels) else {
        throw JSONFlaw("qty is missing; 0 is no floor")
      }
      return .floor(try item(), quantity)
    case .acknowledge:
      return .acknowledge(consumer: try required(consumer, "consumer"), through: try required(position, "seq"))
    case .forgetConsumer: return .forgetConsumer(try required(consumer, "consumer"))
    case .recipe:
      guard seen.contains(.parts) else { throw JSONFlaw("parts is missing; null drops the recipe") }
      let item = try item()
      return .recipe(
        item,
        (parts ?? []).map { Line(sku: $0.sku, location: $0.location ?? item.location, $0.quantity) })
    case .prefer:
      guard seen.contains(.locations) else { throw JSONFlaw("locations is missing; null drops the order") }
      let (sku, locations) = (try required(sku, "sku"), locations ?? [])
      if let flaw = Form.flaw(ofPreference: sku, locations) { throw JSONFlaw(flaw) }
      return .prefer(sku, locations)
    case .register:
      if seen.contains(.key) { throw JSONFlaw(Form.registerWithKey) }
      if let line = lineWith {
        throw JSONFlaw("a register's line has no qty: receive brings stock").within("lines[\(line)]")
      }
      return .register(try required(lines, "lines").map(\.item))
    }
  }

  private func wait() throws(JSONFlaw) -> Operation.Wait? {
    guard let waitMilliseconds else { return waitsForever ? .forever : nil }
    if seen.contains(.wait) { throw JSONFlaw("wait and wait_ms exclude each other") }
    return .milliseconds(waitMilliseconds)
  }

  private func transfer() throws(JSONFlaw) -> Operation {
    let sku = try required(sku, "sku")
    guard seen.contains(.qty) else { throw JSONFlaw("qty is missing") }
    guard let quantity = try quantity?.checked("qty", Form.quantities) else {
      throw JSONFlaw(Form.mustBe(in: Form.quantities, "qty"))
    }
    let from = try required(from, "from")
    if toQuantity != nil { throw JSONFlaw("to must be a string: the location that gets it") }
    let to = try required(toLocation, "to")
    if let flaw = Form.flaw(ofTransferFrom: from, to: to) { throw JSONFlaw(flaw) }
    if let holds { return .transferWith(sku: sku, quantity: quantity, from: from, to: to, holds) }
    return .transfer(sku: sku, quantity: quantity, from: from, to: to)
  }

  private func adjustment() throws(JSONFlaw) -> Operation.Adjustment {
    if toLocation != nil { throw JSONFlaw("to must be a whole number: what is on hand") }
    switch (toQuantity, by) {
    case (let to?, nil): return .to(try to.checked("to", Form.levels))
    case (nil, let by?):
      let change = try by.checked("by", Form.changes)
      if let flaw = Form.flaw(ofChange: change, "by") { throw JSONFlaw(flaw) }
      return .by(change)
    case (nil, nil): throw JSONFlaw("to or by is missing")
    default: throw JSONFlaw("to and by exclude each other")
    }
  }

  private func policy() throws(JSONFlaw) -> ReleasePolicy? {
    guard let release else {
      if trim { throw JSONFlaw("trim needs release, which says whose holds give way first") }
      return nil
    }
    return ReleasePolicy(isNewest: release.isNewest, trims: trim)
  }

  private func item() throws(JSONFlaw) -> ItemName {
    ItemName(sku: try required(sku, "sku"), location: location ?? .main)
  }

  private func required<T>(_ value: T?, _ field: StaticString) throws(JSONFlaw) -> T {
    guard let value else { throw JSONFlaw("\(field) is missing") }
    return value
  }
}
