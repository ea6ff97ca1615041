import TallyText
import Tallystick

/// Answers to questions about stock and reservations, read back from the JSON that was made of them.
package enum ToldStock {
  /// - Returns: the level, and how much of what is held is due.
  package static func level(_ line: [UInt8]) throws(JSONFlaw) -> (StockLevel, due: Int64) {
    let fields = try ToldFields(parsing: line)
    let parts = try fields.lines("parts")
    let level = StockLevel(
      told: try fields.item(), onHand: try fields.number("on_hand"), held: try fields.number("held"),
      available: try fields.number("available"), waiting: try fields.numberIfAny("waiting") ?? 0,
      limit: try fields.numberIfAny("limit"), floor: try fields.numberIfAny("floor") ?? 0,
      sequence: try fields.sequence("seq"), parts: parts,
      hasOwnStock: parts.isEmpty ? true : try fields.flag("own_stock"),
      preference: try fields.numberIfAny("preferred").map { Int(clamping: $0) })
    return (level, try fields.numberIfAny("due") ?? 0)
  }

  package static func hold(_ line: [UInt8]) throws(JSONFlaw) -> ReservationStatus {
    let fields = try ToldFields(parsing: line)
    let state = try fields.state("state")
    guard let state else { throw JSONFlaw("state is missing") }
    return ReservationStatus(
      told: try fields.name("id"), sequence: try fields.sequence("seq"), state: state,
      customer: try fields.nameIfAny("customer"), time: try fields.numberIfAny("time_ms"),
      expires: try fields.numberIfAny("expires_ms"), givesUp: try fields.numberIfAny("waits_until_ms"),
      isDue: try fields.flag("due"),
      lines: try fields.list("lines") { (line) throws(JSONFlaw) in
        ReservationStatus.Line(item: try line.item(), reserved: try line.number("qty"), open: try line.number("open"))
      }, places: try fields.list("queue") { (place) throws(JSONFlaw) in try ToldStock.place(place, of: nil) })
  }

  package static func place(_ line: [UInt8]) throws(JSONFlaw) -> WaitingPlace {
    let fields = try ToldFields(parsing: line)
    return try place(fields, of: try fields.name("id"))
  }

  /// - Parameter id: whose it is; `nil`: it stands beside what tells that.
  static func place(_ fields: ToldFields, of id: Name?) throws(JSONFlaw) -> WaitingPlace {
    WaitingPlace(
      told: try fields.item(), id: id ?? Name(bytes: []), sequence: id == nil ? 0 : try fields.sequence("seq"),
      place: try fields.count("place"), quantity: try fields.number("qty"),
      unitsBefore: try fields.number("units_before"), time: try fields.numberIfAny("time_ms") ?? 0,
      givesUp: try fields.numberIfAny("waits_until_ms"), customer: try fields.nameIfAny("customer"))
  }

  package static func consumer(_ line: [UInt8]) throws(JSONFlaw) -> ConsumerPosition {
    let fields = try ToldFields(parsing: line)
    return ConsumerPosition(
      name: try fields.name("consumer"), position: try fields.sequence("seq"),
      sequence: try fields.sequence("event_seq"), lag: try fields.sequence("lag"))
  }

  package static func story(_ line: [UInt8]) throws(JSONFlaw) -> ReservationStory {
    let fields = try ToldFields(parsing: line)
    let state = try fields.state("state")
    guard let state else { throw JSONFlaw("state is missing") }
    return ReservationStory(
      told: try fields.name("id"), sequence: try fields.sequence("seq"), state: state,
      customer: try fields.nameIfAny("customer"), time: try fields.number("time_ms"),
      expires: try fields.numberIfAny("expires_ms"), givesUp: try fields.numberIfAny("waits_until_ms"),
      filled: try fields.numberIfAny("filled_ms"), isDue: try fields.flag("due"),
      lines: try fields.list("lines") { (line) throws(JSONFlaw) in
        ReservationStory.Line(
          told: try line.item(), reserved: try line.number("qty"), waiting: try line.numberIfAny("waiting") ?? 0,
          open: try line.number("open"), committed: try line.number("committed"),
          released: try line.number("released"), expired: try line.number("expired"),
          returned: try line.numberIfAny("returned") ?? 0)
      }, events: try fields.list("events") { (event) throws(JSONFlaw) in try ToldEvent.event(event) })
  }
}
