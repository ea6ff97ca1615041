import Tallystick

/// What makes a command none at all: `Form` in the contract, read as plainly as possible.
enum Form {
  static let most: Int64 = 9_007_199_254_740_991

  static func isValid(_ command: Command) -> Bool {
    if let key = command.key {
      guard isName(key) else { return false }
      if case .reserve = command.operation { return false }
    }
    if case .expire = command.operation, command.key != nil || command.expectedSequence != nil { return false }
    if case .register = command.operation, command.key != nil { return false }
    switch command.operation {
    case .acknowledge, .forgetConsumer:
      if command.key != nil || command.expectedSequence != nil { return false }
    default: break
    }
    if command.key != nil, case .batch(let operations) = command.operation, operations.contains(where: \.isAnywhere) {
      return false
    }
    if let time = command.time, !(0...most).contains(time) { return false }
    return isValid(command.operation, insideBatch: false)
  }

  private static func isValid(_ operation: Operation, insideBatch: Bool) -> Bool {
    switch operation {
    case .receive(let lines, let reference), .returned(let lines, let reference):
      return areLines(lines) && !lines.contains { $0.item.location == "*" } && (reference.map(isText) ?? true)
    case .reserve(let id, let lines, let customer, let timeToLive, let wait):
      return isName(id) && areLines(lines) && (customer.map(isName) ?? true)
        && (timeToLive.map { (1...most).contains($0) } ?? true) && isValid(wait)
    case .commit(let id, let lines), .release(let id, let lines):
      return isName(id) && (lines.map { areLines($0) } ?? true)
    case .returnedOf(let order, let lines, let reference):
      return isName(order) && areLines(lines) && (reference.map(isText) ?? true)
    case .commitMore(let id, let lines): return isName(id) && areLines(lines)
    case .extend(let id, let timeToLive), .reopen(let id, let timeToLive):
      return isName(id) && (timeToLive.map { (1...most).contains($0) } ?? true)
    case .amend(let id, let lines): return isName(id) && areLines(lines, from: 0)
    case .adjust(let item, let adjustment, let reason, _):
      switch adjustment {
      case .to(let quantity): guard (0...most).contains(quantity) else { return false }
      case .by(let change): guard change != 0, (-most...most).contains(change) else { return false }
      }
      return isItem(item) && isText(reason)
    case .transfer(let sku, let quantity, let from, let to):
      return isName(sku) && isName(from) && isName(to) && to != "*" && from != to && (1...most).contains(quantity)
    case .transferWith(let sku, let quantity, let from, let to, let holds):
      if case .of(let ids) = holds, !(1...4096).contains(ids.count) || !ids.allSatisfy(isName) { return false }
      return isName(sku) && isName(from) && isName(to) && to != "*" && from != to && (1...most).contains(quantity)
    case .limit(let item, let limit): return isItem(item) && (limit.map { (0...most).contains($0) } ?? true)
    case .floor(let item, let floor): return isItem(item) && (0...most).contains(floor)
    case .recipe(let item, let parts):
      return isItem(item) && item.location != "*" && (parts.isEmpty || areLines(parts))
        && !parts.contains { $0.item.location == "*" } && parts.merged[item] == nil && parts.merged.count <= 256
        && parts.merged.values.allSatisfy { $0 <= most }
    case .prefer(let sku, let locations):
      return isName(sku) && locations.count <= 4096 && locations.allSatisfy { isName($0) && $0 != "*" }
        && Set(locations).count == locations.count
    case .register(let items):
      return !insideBatch && (1...4096).contains(items.count) && items.allSatisfy { isItem($0) && $0.location != "*" }
    case .dated(let movement, let effective):
      switch movement {
      case .receive, .returned, .returnedOf, .adjust, .transfer:
        return (0...most).contains(effective) && isValid(movement, insideBatch: insideBatch)
      default: return false
      }
    case .expire: return !insideBatch
    case .acknowledge(let consumer, let position):
      return !insideBatch && isName(consumer) && position <= UInt64(most)
    case .forgetConsumer(let consumer): return !insideBatch && isName(consumer)
    case .batch(let operations):
      return !insideBatch && (1...8192).contains(operations.count)
        && operations.allSatisfy { isValid($0, insideBatch: true) }
    }
  }

  private static func isValid(_ wait: Operation.Wait?) -> Bool {
    if case .milliseconds(let count) = wait { return (1...most).contains(count) }
    return true
  }

  private static func areLines(_ lines: [Line], from least: Int64 = 1) -> Bool {
    (1...4096).contains(lines.count)
      && lines.allSatisfy { isItem($0.item) && (least...most).contains($0.quantity) }
  }
  private static func isItem(_ item: ItemName) -> Bool { isName(item.sku) && isName(item.location) }
  private static func isName(_ name: Name) -> Bool { (1...64).contains(name.bytes.count) && isClean(name) }
  private static func isText(_ text: Name) -> Bool { text.bytes.count <= 256 && isClean(text) }

  private static func isClean(_ name: Name) -> Bool {
    guard let text = String(validating: name.bytes, as: UTF8.self) else { return false }
    return text.unicodeScalars.allSatisfy { !(0...0x1F).contains($0.value) && !(0x7F...0x9F).contains($0.value) }
  }
}

extension Operation {
  /// A reservation with a line at any location.
  var isAnywhere: Bool {
    if case .reserve(_, let lines, _, _, _) = self { return lines.contains { $0.item.location == "*" } }
    return false
  }
}
