import TallyText
import Tallystick

/// An event, read back from the JSON that was made of it.
///
/// Two kinds that JSON names alike, as what was committed and what was committed with more, become the one that says more.
package enum ToldEvent {
  package static func read(_ line: [UInt8]) throws(JSONFlaw) -> RecordedEvent { try event(ToldFields(parsing: line)) }

  /// - Parameter saysMore: of those called so, the one with more to say rather than the plain one.
  static func kind(_ name: String, saysMore: Bool) throws(JSONFlaw) -> EventKind {
    let kinds = EventKind.allCases.filter { $0.name == name }
    guard let kind = saysMore ? kinds.last : kinds.first else {
      throw JSONFlaw("there is no type \"\(name)\"")
    }
    return kind
  }

  static func event(_ fields: ToldFields) throws(JSONFlaw) -> RecordedEvent {
    var event = RecordedEvent(
      told: try fields.sequence("seq"), time: try fields.number("time_ms"),
      kind: try kind(try fields.text("type"), saysMore: true))
    event.more = try fields.flag("more")
    event.lines = try fields.list("lines") { (line) throws(JSONFlaw) in
      RecordedEvent.Line(
        told: try line.item(), quantity: try line.number("qty"), onHandChange: try line.number("on_hand"),
        heldChange: try line.number("held"), waitingChange: try line.numberIfAny("waiting") ?? 0)
    }
    event.id = try fields.nameIfAny("id")
    event.reservation = fields.has("reservation_seq") ? try fields.sequence("reservation_seq") : nil
    event.customer = try fields.nameIfAny("customer")
    event.expires = try fields.numberIfAny("expires_ms")
    event.timeToLive = try fields.numberIfAny("ttl_ms")
    event.givesUp = try fields.numberIfAny("waits_until_ms")
    event.key = try fields.nameIfAny("key")
    event.reference = try fields.nameIfAny("ref")
    event.effective = try fields.numberIfAny("effective_ms")
    event.asked = try fields.lines("asked")
    event.isPartial = try fields.flag("partial")
    event.byAdjust = try fields.flag("by_adjust")
    event.letsGo = try fields.flag("released")
    try readHead(of: &event, fields)
    return event
  }

  /// What only events of one kind have.
  private static func readHead(of event: inout RecordedEvent, _ fields: ToldFields) throws(JSONFlaw) {
    switch event.kind {
    case .itemRegistered, .limitSet, .floorSet, .recipeSet:
      event.item = try fields.item()
      event.itemNumber = try fields.numberIfAny("item").map { ItemNumber(rawValue: UInt32(clamping: $0)) }
      event.limit = event.kind == .limitSet ? try fields.numberIfAny("qty") : nil
      event.floor = event.kind == .floorSet ? try fields.numberIfAny("qty") : nil
      event.parts = try fields.lines("parts")
    case .preferenceSet:
      event.item = ItemName(sku: try fields.name("sku"))
      event.locations = try fields.names("locations")
    case .adjusted:
      event.item = try fields.itemIfAny()
      event.adjustedTo = try fields.numberIfAny("to")
      event.adjustedBy = try fields.numberIfAny("by")
      event.reason = try fields.nameIfAny("reason")
      event.releasePolicy = try fields.textIfAny("release").map {
        ReleasePolicy(isNewest: $0 == "newest", trims: (try? fields.flag("trim")) ?? false)
      }
    case .transferred, .transferredWith:
      event.holds = try fields.list("holds") { (hold) throws(JSONFlaw) in
        RecordedEvent.Hold(
          told: try hold.sequence("reservation_seq"), id: try hold.name("id"), quantity: try hold.number("qty"))
      }
    case .batch:
      event.results = try fields.list("results") { (result) throws(JSONFlaw) in
        EventColumns.BatchResult(
          sequence: try result.sequence("seq"), isRepeat: try result.text("status") == "repeated")
      }
    case .acknowledged, .consumerForgotten:
      event.consumer = try fields.nameIfAny("consumer")
      event.position = fields.has("consumed_seq") ? try fields.sequence("consumed_seq") : nil
    case .refused:
      event.item = try fields.itemIfAny()
      let cause = try fields.text("reason")
      guard let cause = RefusalCause.allCases.first(where: { $0.name == cause }) else {
        throw JSONFlaw("nothing is refused for \"\(cause)\"")
      }
      event.refusal = RecordedEvent.Refusal(
        told: cause, asks: try fields.sequence("asks"), units: try fields.sequence("qty"),
        last: try fields.number("until_ms"))
    case .received, .reserved, .committed, .released, .expired, .returned, .amended, .committedMore, .returnedOf,
      .waiting, .filled, .extended, .reopened:
      break
    }
  }
}
