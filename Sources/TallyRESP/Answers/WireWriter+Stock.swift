import TallyJSON
import TallyText
import Tallystick

/// Answers of the log.
extension WireWriter {
  /// The event's sequence number, or why there is none.
  package mutating func write(_ outcome: Outcome) {
    switch outcome {
    case .accepted(let acceptance), .repeated(let acceptance): integer(acceptance.sequence)
    case .rejected(let rejection): error(RefusalWords.text(rejection))
    case .invalid(let message): error("INVALID \(message)")
    case .busy(let busy): error(RefusalWords.text(busy))
    case .failed(let failure): error(RefusalWords.text(failure))
    }
  }

  /// A map of each consumer; in JSON, a line of it each.
  package mutating func write(_ consumers: [ConsumerPosition], asJSON: Bool = false) {
    array(consumers.count)
    for consumer in consumers {
      if asJSON {
        json { $0.write(consumer) }
        continue
      }
      map(4)
      bulk("consumer")
      bulk(consumer.name.bytes)
      for (name, value) in [("seq", consumer.position), ("event_seq", consumer.sequence), ("lag", consumer.lag)] {
        bulk(name)
        integer(value)
      }
    }
  }

  /// A map of what there is of an item; `nil`: a null.
  package mutating func write(_ level: StockLevel?, asJSON: Bool = false) {
    guard let level else { return null() }
    if asJSON { return json { $0.write(level) } }
    map(6 + (level.limit == nil ? 0 : 1) + (level.floor > 0 ? 1 : 0))
    bulk("sku")
    bulk(level.item.sku.bytes)
    bulk("location")
    bulk(level.item.location.bytes)
    field("on_hand", level.onHand)
    field("held", level.held)
    field("available", level.available)
    if let limit = level.limit { field("limit", limit) }
    if level.floor > 0 { field("floor", level.floor) }
    field("seq", level.sequence)
  }

  /// A map of where a reservation stands, its lines an array of maps; `nil`: a null.
  package mutating func write(_ status: ReservationStatus?, asJSON: Bool = false) {
    guard let status else { return null() }
    if asJSON { return json { $0.write(status) } }
    let optional = [status.time != nil, status.customer != nil, status.expires != nil, status.isDue]
    map(4 + optional.count(where: { $0 }))
    bulk("id")
    bulk(status.id.bytes)
    field("seq", status.sequence)
    if let time = status.time { field("time_ms", time) }
    bulk("state")
    bulk(status.state.rawValue)
    if let customer = status.customer {
      bulk("customer")
      bulk(customer.bytes)
    }
    if let expires = status.expires { field("expires_ms", expires) }
    if status.isDue {
      bulk("due")
      boolean(true)
    }
    bulk("lines")
    array(status.lines.count)
    for line in status.lines {
      map(4)
      bulk("sku")
      bulk(line.item.sku.bytes)
      bulk("location")
      bulk(line.item.location.bytes)
      field("qty", line.reserved)
      field("open", line.open)
    }
  }

  /// An event as a line of JSON, as `tally events --json` shows it.
  package mutating func write(_ event: RecordedEvent) { json { $0.write(event) } }

  private mutating func field(_ name: StaticString, _ value: some BinaryInteger) {
    bulk(name)
    integer(value)
  }

  private mutating func json(_ body: (inout JSONWriter) -> Void) {
    var writer = JSONWriter()
    body(&writer)
    bulk(writer.bytes)
  }
}
