import TallyText
import Tallystick

extension JSONWriter {
  /// `{"sku":…,"location":…,"on_hand":…,"held":…,"available":…,"seq":…}`, and `limit` where one is set.
  ///
  /// - Parameter due: units of what is held whose time is over; 0 leaves it out.
  package mutating func write(_ level: StockLevel, due: Int64 = 0) {
    beginObject()
    fields(level.item)
    field("on_hand", level.onHand)
    field("held", level.held)
    if due > 0 { field("due", due) }
    field("available", level.available)
    if let limit = level.limit { field("limit", limit) }
    field("seq", level.sequence)
    endObject()
  }

  /// A reservation and everything that happened to it.
  package mutating func write(_ story: ReservationStory) {
    beginObject()
    field("id", story.id)
    field("seq", story.sequence)
    field("time_ms", story.time)
    field("state", story.state.rawValue)
    if let customer = story.customer { field("customer", customer) }
    if let expires = story.expires { field("expires_ms", expires) }
    if story.isDue { field("due", true) }
    key("lines")
    beginArray()
    for line in story.lines {
      beginObject()
      fields(line.item)
      field("qty", line.reserved)
      field("open", line.open)
      field("committed", line.committed)
      field("released", line.released)
      field("expired", line.expired)
      if line.returned > 0 { field("returned", line.returned) }
      endObject()
    }
    endArray()
    key("events")
    beginArray()
    for event in story.events { write(event) }
    endArray()
    endObject()
  }
}
