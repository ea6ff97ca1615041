import TallyText
import Tallystick

extension JSONWriter {
  /// `{"sku":…,"location":…,"on_hand":…,"held":…,"available":…,"seq":…}`, and `limit`, `floor`, `parts`,
  /// `own_stock` and `preferred` where one is set.
  ///
  /// - Parameter due: units of what is held whose time is over; 0 leaves it out.
  package mutating func write(_ level: StockLevel, due: Int64 = 0) {
    beginObject()
    fields(level.item)
    field("on_hand", level.onHand)
    field("held", level.held)
    if due > 0 { field("due", due) }
    field("available", level.available)
    if level.waiting > 0 { field("waiting", level.waiting) }
    if let limit = level.limit { field("limit", limit) }
    if level.floor > 0 { field("floor", level.floor) }
    if !level.parts.isEmpty {
      write(level.parts, "parts")
      field("own_stock", level.hasOwnStock)
    }
    if let preference = level.preference { field("preferred", preference) }
    field("seq", level.sequence)
    endObject()
  }

  /// Where a reservation stands, as `holds` shows it.
  package mutating func write(_ hold: ReservationStatus) {
    beginObject()
    field("id", hold.id)
    field("seq", hold.sequence)
    if let time = hold.time { field("time_ms", time) }
    field("state", hold.state.rawValue)
    if let customer = hold.customer { field("customer", customer) }
    if let expires = hold.expires { field("expires_ms", expires) }
    if let givesUp = hold.givesUp { field("waits_until_ms", givesUp) }
    if hold.isDue { field("due", true) }
    if !hold.places.isEmpty { write(hold.places) }
    key("lines")
    beginArray()
    for line in hold.lines {
      beginObject()
      fields(line.item)
      field("qty", line.reserved)
      field("open", line.open)
      endObject()
    }
    endArray()
    endObject()
  }

  /// Where something stands in the lines of its items: `"place":2,"queue":[…]`, of an object that says whose places these
  /// are.
  mutating func write(_ places: [WaitingPlace]) {
    // Where it is furthest back: before its turn there it is filled nowhere.
    field("place", places.lazy.map(\.place).max() ?? 1)
    key("queue")
    beginArray()
    for place in places { write(place, isAlone: false) }
    endArray()
  }

  /// How far a consumer has come: `{"consumer":"orders","seq":90210,"event_seq":90214,"lag":3}`.
  package mutating func write(_ consumer: ConsumerPosition) {
    beginObject()
    field("consumer", consumer.name)
    field("seq", consumer.position)
    field("event_seq", consumer.sequence)
    field("lag", consumer.lag)
    endObject()
  }

  /// A place in line: `{"sku":…,"location":…,"place":1,"id":…,"seq":…,"qty":2,"units_before":0,"time_ms":…}`.
  ///
  /// - Parameter isAlone: it stands beside nothing that says whose it is.
  package mutating func write(_ place: WaitingPlace, isAlone: Bool = true) {
    beginObject()
    fields(place.item)
    field("place", place.place)
    if isAlone {
      field("id", place.id)
      field("seq", place.sequence)
    }
    field("qty", place.quantity)
    field("units_before", place.unitsBefore)
    if isAlone {
      field("time_ms", place.time)
      if let givesUp = place.givesUp { field("waits_until_ms", givesUp) }
      if let customer = place.customer { field("customer", customer) }
    }
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
    if let givesUp = story.givesUp { field("waits_until_ms", givesUp) }
    if let filled = story.filled { field("filled_ms", filled) }
    if story.isDue { field("due", true) }
    key("lines")
    beginArray()
    for line in story.lines {
      beginObject()
      fields(line.item)
      field("qty", line.reserved)
      if story.waited { field("waiting", line.waiting) }
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
