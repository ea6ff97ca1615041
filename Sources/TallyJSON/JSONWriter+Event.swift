import TallyText
import Tallystick

extension JSONWriter {
  /// An event with all that a stranger needs to fold it: each line has the signed changes of `on_hand` and `held`,
  /// and of what is waited for where that changes.
  package mutating func write(_ event: RecordedEvent) {
    beginObject()
    field("seq", event.sequence)
    field("time_ms", event.time)
    field("type", event.kind.name)
    if let id = event.id { field("id", id) }
    if let reservation = event.reservation { field("reservation_seq", reservation) }
    writeHead(of: event)
    if !event.asked.isEmpty { write(event.asked, "asked") }
    if !event.lines.isEmpty { write(lines: event.lines) }
    if let customer = event.customer { field("customer", customer) }
    if let expires = event.expires { field("expires_ms", expires) }
    if let timeToLive = event.timeToLive { field("ttl_ms", timeToLive) }
    if let givesUp = event.givesUp { field("waits_until_ms", givesUp) }
    if let reference = event.reference { field("ref", reference) }
    if let effective = event.effective { field("effective_ms", effective) }
    if let key = event.key { field("key", key) }
    if event.isPartial { field("partial", true) }
    if event.byAdjust { field("by_adjust", true) }
    if event.letsGo { field("released", true) }
    if event.more { field("more", true) }
    endObject()
  }

  /// What only events of one kind have.
  private mutating func writeHead(of event: RecordedEvent) {
    switch event.kind {
    case .itemRegistered:
      if let item = event.item { fields(item) }
      if let number = event.itemNumber { field("item", number.rawValue) }
    case .limitSet:
      if let item = event.item { fields(item) }
      if let limit = event.limit { field("qty", limit) } else { nullField("qty") }
    case .floorSet:
      if let item = event.item { fields(item) }
      if let floor = event.floor { field("qty", floor) }
    case .recipeSet:
      if let item = event.item { fields(item) }
      if event.parts.isEmpty { nullField("parts") } else { write(event.parts, "parts") }
    case .preferenceSet:
      if let item = event.item { field("sku", item.sku) }
      write(locationsOf: event)
    case .adjusted:
      if let item = event.lines.first?.item ?? event.item { fields(item) }
      if let to = event.adjustedTo { field("to", to) }
      if let by = event.adjustedBy { field("by", by) }
      if let reason = event.reason { field("reason", reason) }
      if let policy = event.releasePolicy { field("release", policy.isNewest ? "newest" : "oldest") }
      if event.releasePolicy?.trims == true { field("trim", true) }
    case .transferred, .transferredWith:
      guard let from = event.lines.first(where: { $0.onHandChange < 0 }),
        let to = event.lines.first(where: { $0.onHandChange > 0 })
      else { break }
      field("sku", from.item.sku)
      field("qty", from.quantity)
      field("from", from.item.location)
      field("to", to.item.location)
      if event.kind == .transferredWith { write(holdsOf: event) }
    case .batch: write(results: event.results)
    case .extended, .reopened: if event.expires == nil { nullField("expires_ms") }
    case .acknowledged, .consumerForgotten:
      if let consumer = event.consumer { field("consumer", consumer) }
      if let position = event.position { field("consumed_seq", position) }
    case .refused:
      if let item = event.item { fields(item) }
      if let refusal = event.refusal {
        field("reason", refusal.cause.name)
        field("asks", refusal.asks)
        field("qty", refusal.units)
        field("until_ms", refusal.last)
      }
    case .received, .reserved, .committed, .released, .expired, .returned, .amended, .committedMore, .returnedOf,
      .waiting, .filled:
      break
    }
  }

  /// `"locations":["berlin","main"]`, or `null`
  private mutating func write(locationsOf event: RecordedEvent) {
    if event.locations.isEmpty { return nullField("locations") }
    key("locations")
    beginArray()
    for location in event.locations { string(location.bytes) }
    endArray()
  }

  /// `"with":"all"` or `"with":["order-1",…]`, and what moved of whom.
  private mutating func write(holdsOf event: RecordedEvent) {
    key("with")
    if event.isWithAll {
      string("all".utf8)
    } else {
      beginArray()
      for hold in event.holds { string(hold.id.bytes) }
      endArray()
    }
    key("holds")
    beginArray()
    for hold in event.holds {
      beginObject()
      field("id", hold.id)
      field("reservation_seq", hold.reservation)
      field("qty", hold.quantity)
      endObject()
    }
    endArray()
  }

  /// `"parts":[{"sku":…,"location":…,"qty":…},…]`
  mutating func write(_ lines: [Line], _ name: StaticString) {
    key(name)
    beginArray()
    for line in lines {
      beginObject()
      fields(line.item)
      field("qty", line.quantity)
      endObject()
    }
    endArray()
  }

  private mutating func write(lines: [RecordedEvent.Line]) {
    key("lines")
    beginArray()
    for line in lines {
      beginObject()
      fields(line.item)
      field("qty", line.quantity)
      field("on_hand", line.onHandChange)
      field("held", line.heldChange)
      if line.waitingChange != 0 { field("waiting", line.waitingChange) }
      endObject()
    }
    endArray()
  }
}
