// Answers of a log, made again from what somebody was told: only what reads them back needs these.

extension WaitingPlace {
  package init(
    told item: ItemName, id: Name, sequence: UInt64, place: Int, quantity: Int64, unitsBefore: Int64, time: Int64,
    givesUp: Int64?, customer: Name?
  ) {
    self.init(
      item: item, id: id, sequence: sequence, place: place, quantity: quantity, unitsBefore: unitsBefore, time: time,
      givesUp: givesUp, customer: customer)
  }
}

extension StockLevel {
  /// - Parameter available: of what has a recipe, which alone is not told by the other numbers.
  package init(
    told item: ItemName, onHand: Int64, held: Int64, available: Int64, waiting: Int64, limit: Int64?, floor: Int64,
    sequence: UInt64, parts: [Line], hasOwnStock: Bool, preference: Int?
  ) {
    self.init(
      item: item, onHand: onHand, held: held, waiting: waiting, limit: limit, floor: floor, sequence: sequence,
      parts: parts, hasOwnStock: hasOwnStock, preference: preference, made: parts.isEmpty ? nil : available)
  }
}

extension ReservationStatus {
  package init(
    told id: Name, sequence: UInt64, state: ReservationState, customer: Name?, time: Int64?, expires: Int64?,
    givesUp: Int64?, isDue: Bool, lines: [Line], places: [WaitingPlace]
  ) {
    self.init(
      id: id, sequence: sequence, state: state, customer: customer, time: time, expires: expires, givesUp: givesUp,
      isDue: isDue, lines: lines, places: places)
  }
}

extension ReservationStory.Line {
  package init(
    told item: ItemName, reserved: Int64, waiting: Int64, open: Int64, committed: Int64, released: Int64,
    expired: Int64, returned: Int64
  ) {
    self.init(
      item: item, reserved: reserved, waiting: waiting, open: open, committed: committed, released: released,
      expired: expired, returned: returned)
  }
}

extension ReservationStory {
  package init(
    told id: Name, sequence: UInt64, state: ReservationState, customer: Name?, time: Int64, expires: Int64?,
    givesUp: Int64?, filled: Int64?, isDue: Bool, lines: [Line], events: [RecordedEvent]
  ) {
    self.init(
      id: id, sequence: sequence, state: state, customer: customer, time: time, expires: expires, givesUp: givesUp,
      filled: filled, isDue: isDue, lines: lines, events: events)
  }
}

extension RecordedEvent {
  /// An event that names nothing yet.
  package init(told sequence: UInt64, time: Int64, kind: EventKind) {
    self.init(sequence: sequence, time: time, kind: kind, more: false, lines: [])
  }
}

extension RecordedEvent.Line {
  package init(told item: ItemName, quantity: Int64, onHandChange: Int64, heldChange: Int64, waitingChange: Int64) {
    self.init(
      item: item, quantity: quantity, onHandChange: onHandChange, heldChange: heldChange, waitingChange: waitingChange)
  }
}

extension RecordedEvent.Refusal {
  package init(told cause: RefusalCause, asks: UInt64, units: UInt64, last: Int64) {
    self.init(cause: cause, asks: asks, units: units, last: last)
  }
}

extension RecordedEvent.Hold {
  package init(told reservation: UInt64, id: Name, quantity: Int64) {
    self.init(reservation: reservation, id: id, quantity: quantity)
  }
}

extension Rejection.OpenLine {
  package init(told item: ItemName, asked: Int64, open: Int64?) { self.init(item: item, asked: asked, open: open) }
}

extension Rejection.SoldLine {
  package init(told item: ItemName, asked: Int64, sold: Int64, returned: Int64) {
    self.init(item: item, asked: asked, sold: sold, returned: returned)
  }
}

extension Rejection.Holder {
  package init(told id: Name, customer: Name?, quantity: Int64) {
    self.init(id: id, customer: customer, quantity: quantity)
  }
}

extension Rejection.Holders {
  package init(told holders: [Rejection.Holder], others: Int, units: Int64, newest: [Name], newestCount: Int) {
    self.init(holders: holders, others: others, units: units, newest: newest, newestCount: newestCount)
  }
}

extension Rejection.Differences {
  package init(told first: UInt64) { self.init(first: first) }
}

extension StockReport {
  /// Of which the moment was not told.
  package init(told levels: [StockLevel]) { self.init(sequence: 0, time: 0, levels: levels) }
}
