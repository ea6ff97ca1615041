import TallyText
import Tallystick

extension JSONWriter {
  /// A command, as ``CommandParser`` reads it: `{"op":"commit","id":"order-1","key":"pay-1"}`.
  package mutating func write(_ command: Command) {
    beginObject()
    fields(of: command.operation)
    if let key = command.key { field("key", key) }
    if let time = command.time { field("time_ms", time) }
    if let sequence = command.expectedSequence { field("expect_seq", sequence) }
    endObject()
  }

  private mutating func fields(of operation: Operation) {
    switch operation {
    case .receive(let lines, let reference):
      begin("receive", lines)
      if let reference { field("ref", reference) }
    case .reserve: fields(ofReserve: operation)
    case .commit(let id, let lines): begin("commit", id, lines)
    case .commitMore(let id, let lines):
      begin("commit", id, lines)
      field("more", true)
    case .release(let id, let lines): begin("release", id, lines)
    case .extend(let id, let timeToLive):
      begin("extend", id, nil)
      field("ttl_ms", orNull: timeToLive)
    case .reopen(let id, let timeToLive):
      begin("reopen", id, nil)
      field("ttl_ms", orNull: timeToLive)
    case .amend(let id, let lines): begin("amend", id, lines)
    case .returned(let lines, let reference):
      begin("return", lines)
      if let reference { field("ref", reference) }
    case .returnedOf(let order, let lines, let reference):
      begin("return", lines)
      field("order", order)
      if let reference { field("ref", reference) }
    case .dated(let movement, let effective):
      fields(of: movement)
      field("effective_ms", effective)
    case .batch(let operations):
      field("op", "batch")
      key("commands")
      beginArray()
      for operation in operations { write(Command(operation)) }
      endArray()
    default: fields(ofKeeping: operation)
    }
  }

  private mutating func fields(ofReserve operation: Operation) {
    guard case .reserve(let id, let lines, let customer, let timeToLive, let wait) = operation else { return }
    begin("reserve", id, lines)
    if let customer { field("customer", customer) }
    if let timeToLive { field("ttl_ms", timeToLive) }
    switch wait {
    case nil: break
    case .forever: field("wait", true)
    case .milliseconds(let count): field("wait_ms", count)
    }
  }

  /// What a shop does with its stock, rather than with an order.
  private mutating func fields(ofKeeping operation: Operation) {
    switch operation {
    case .adjust(let item, let adjustment, let reason, let policy):
      begin("adjust", item)
      switch adjustment {
      case .to(let level): field("to", level)
      case .by(let change): field("by", change)
      }
      field("reason", reason)
      if let policy { field("release", policy.isNewest ? "newest" : "oldest") }
      if policy?.trims == true { field("trim", true) }
    case .transfer(let sku, let quantity, let from, let to): begin(transfer: sku, quantity, from, to)
    case .transferWith(let sku, let quantity, let from, let to, let selection):
      begin(transfer: sku, quantity, from, to)
      switch selection {
      case .all: field("with", "all")
      case .of(let ids): names("with", ids)
      }
    case .limit(let item, let limit):
      begin("limit", item)
      field("qty", orNull: limit)
    case .floor(let item, let floor):
      begin("floor", item)
      field("qty", floor)
    case .recipe(let item, let parts):
      begin("recipe", item)
      if parts.isEmpty { nullField("parts") } else { write(parts, "parts") }
    case .prefer(let sku, let locations):
      field("op", "prefer")
      field("sku", sku)
      if locations.isEmpty { nullField("locations") } else { names("locations", locations) }
    case .register(let items):
      field("op", "register")
      array("lines", items) { json, item in json.fields(item) }
    case .acknowledge(let consumer, let position):
      field("op", "acknowledge")
      field("consumer", consumer)
      field("seq", position)
    case .forgetConsumer(let consumer):
      field("op", "forget-consumer")
      field("consumer", consumer)
    case .expire: field("op", "expire")
    case .receive, .reserve, .commit, .commitMore, .release, .extend, .reopen, .amend, .returned, .returnedOf, .dated,
      .batch:
      break
    }
  }

  private mutating func begin(_ verb: String, _ lines: [Line]) {
    field("op", verb)
    write(lines, "lines")
  }

  private mutating func begin(_ verb: String, _ id: Name, _ lines: [Line]?) {
    field("op", verb)
    field("id", id)
    if let lines { write(lines, "lines") }
  }

  private mutating func begin(_ verb: String, _ item: ItemName) {
    field("op", verb)
    fields(item)
  }

  private mutating func begin(transfer sku: Name, _ quantity: Int64, _ from: Name, _ to: Name) {
    field("op", "transfer")
    field("sku", sku)
    field("qty", quantity)
    field("from", from)
    field("to", to)
  }

  private mutating func names(_ name: StaticString, _ names: [Name]) {
    key(name)
    beginArray()
    for name in names { string(name.bytes) }
    endArray()
  }
}
