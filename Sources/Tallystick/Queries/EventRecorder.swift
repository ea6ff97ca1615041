/// Spells an event out, given the state before it.
struct EventRecorder {
  static func record(
    _ columns: borrowing EventColumns, _ row: EventColumns.Row, before state: borrowing State
  ) -> RecordedEvent {
    var event = RecordedEvent(sequence: row.sequence, time: row.time, kind: row.kind, more: row.more, lines: [])
    let ordinal = row.ordinal
    event.key = columns.key(of: row)?.0
    event.effective = columns.effectiveTime(of: row)
    switch row.kind {
    case .itemRegistered:
      event.item = ItemName(sku: columns.registered.skus[ordinal], location: columns.registered.locations[ordinal])
      event.itemNumber = ItemNumber(UInt32(state.items.count))
    case .received: movement(columns.received, ordinal, &event, state)
    case .returned: movement(columns.returned, ordinal, &event, state)
    case .reserved:
      event.id = columns.reserved.ids[ordinal]
      let customer = columns.reserved.customers[ordinal]
      event.customer = customer.isEmpty ? nil : customer
      let timeToLive = Int64(columns.reserved.timesToLive[ordinal])
      event.expires = timeToLive == 0 ? nil : row.time + timeToLive
      event.lines = columns.reserved.lines[ordinal].map { line($0, state, onHand: 0, held: $0.quantity) }
      event.asked = asked(columns.asked(of: row) ?? [], state)
    case .committed:
      settlement(
        of: columns.committed.references[ordinal], columns.committed.lines[ordinal], takes: true, &event, state)
    case .released:
      event.byAdjust = columns.released.byAdjust[ordinal]
      settlement(
        of: columns.released.references[ordinal], columns.released.lines[ordinal], takes: false, &event, state)
    case .expired: settlement(of: columns.expired[ordinal], [], takes: false, &event, state)
    case .adjusted: adjustment(columns.adjusted, ordinal, &event, state)
    case .transferred:
      let quantity = columns.transferred.quantities[ordinal]
      event.lines = [
        line(LineEntry(item: columns.transferred.from[ordinal], quantity: quantity), state, onHand: -quantity, held: 0),
        line(LineEntry(item: columns.transferred.to[ordinal], quantity: quantity), state, onHand: quantity, held: 0),
      ]
    case .limitSet:
      event.item = name(columns.limits.items[ordinal], state)
      let limitPlusOne = columns.limits.limitsPlusOne[ordinal]
      event.limit = limitPlusOne == 0 ? nil : Int64(limitPlusOne - 1)
    case .floorSet:
      event.item = name(columns.floors.items[ordinal], state)
      event.floor = Int64(columns.floors.floors[ordinal])
    case .recipeSet:
      event.item = name(columns.recipes.items[ordinal], state)
      event.parts = asked(columns.recipes.lines[ordinal], state)
    case .preferenceSet:
      event.item = name(columns.preferences.items[ordinal], state)
      let order = columns.preferences.lines[ordinal].sorted { $0.quantity < $1.quantity }
      event.locations = order.map { name($0.item, state).location }
    case .acknowledged:
      event.consumer = columns.acknowledged.consumers[ordinal]
      event.position = columns.acknowledged.positions[ordinal]
    case .consumerForgotten: event.consumer = columns.forgotten.consumers[ordinal]
    case .refused:
      event.item = columns.refused.items[ordinal].map { name($0, state) }
      event.refusal = RecordedEvent.Refusal(
        cause: RefusalCause(rawValue: columns.refused.causes[ordinal]) ?? .insufficient,
        asks: columns.refused.asks[ordinal], units: columns.refused.units[ordinal],
        last: row.time &+ columns.refused.delays[ordinal])
    case .batch: event.results = Array(columns.batches.results(ordinal))
    case .transferredWith: transfer(columns.transferredWith, ordinal, &event, state)
    case .returnedOf: orderReturn(columns.returnedOf, ordinal, &event, state)
    case .reopened: reopening(columns.reopened, row, &event, state)
    case .extended:
      reservation(columns.extended.references[ordinal], &event, state)
      let timeToLive = Int64(columns.extended.timesToLive[ordinal])
      event.expires = timeToLive == 0 ? nil : row.time + timeToLive
    case .amended:
      amendment(of: columns.amended.references[ordinal], columns.amended.lines[ordinal], &event, state)
    case .committedMore:
      largerCommit(of: columns.committedMore.references[ordinal], columns.committedMore.lines[ordinal], &event, state)
    case .waiting:
      event.asked = asked(columns.asked(of: row) ?? [], state)
      waiting(columns.waiting, row, &event, state)
    case .filled: filling(of: columns.filled[ordinal], &event, state)
    }
    return event
  }

  private static func name(_ number: ItemNumber, _ state: borrowing State) -> ItemName {
    // A broken log is refused by the fold that follows; here it must only not trap.
    Int(number.rawValue) < state.itemNames.count ? state.itemNames[Int(number.rawValue)] : ItemName(sku: "?")
  }

  private static func line(
    _ entry: LineEntry, _ state: borrowing State, onHand: Int64, held: Int64, waiting: Int64 = 0
  ) -> RecordedEvent.Line {
    RecordedEvent.Line(
      item: name(entry.item, state), quantity: entry.quantity, onHandChange: onHand, heldChange: held,
      waitingChange: waiting)
  }

  private static func asked(_ entries: ArraySlice<LineEntry>, _ state: borrowing State) -> [Line] {
    var lines = [Line]()
    for entry in entries { lines.append(Line(name(entry.item, state), entry.quantity)) }
    return lines
  }

  private static func movement(
    _ group: EventColumns.Movements, _ ordinal: Int, _ event: inout RecordedEvent, _ state: borrowing State
  ) {
    let reference = group.references[ordinal]
    event.reference = reference.isEmpty ? nil : reference
    for entry in group.lines[ordinal] {
      event.lines.append(line(entry, state, onHand: entry.quantity, held: 0))
    }
  }

  private static func waiting(
    _ group: EventColumns.Waitings, _ row: EventColumns.Row, _ event: inout RecordedEvent, _ state: borrowing State
  ) {
    event.id = group.ids[row.ordinal]
    let customer = group.customers[row.ordinal]
    event.customer = customer.isEmpty ? nil : customer
    let (timeToLive, wait) = (Int64(group.timesToLive[row.ordinal]), Int64(group.waits[row.ordinal]))
    event.timeToLive = timeToLive == 0 ? nil : timeToLive
    event.givesUp = wait == 0 ? nil : row.time + wait
    for entry in group.lines[row.ordinal] {
      event.lines.append(line(entry, state, onHand: 0, held: 0, waiting: entry.quantity))
    }
  }

  private static func filling(of sequence: UInt64, _ event: inout RecordedEvent, _ state: borrowing State) {
    event.reservation = sequence
    guard let reservation = state.reservations[sequence] else { return }
    event.id = reservation.id.name
    event.customer = reservation.customer.isEmpty ? nil : reservation.customer.name
    let timeToLive = reservation.timeToLive
    event.expires = timeToLive == 0 ? nil : min(event.time, Limits.maxQuantity - timeToLive) + timeToLive
    for want in reservation.wants {
      event.lines.append(line(want, state, onHand: 0, held: want.quantity, waiting: -want.quantity))
    }
  }

  private static func settlement(
    of sequence: UInt64, _ entries: ArraySlice<LineEntry>, takes: Bool, _ event: inout RecordedEvent,
    _ state: borrowing State
  ) {
    event.isPartial = !entries.isEmpty
    guard let reservation = reservation(sequence, &event, state) else { return }
    if reservation.waits {
      for want in reservation.wants {
        event.lines.append(line(want, state, onHand: 0, held: 0, waiting: -want.quantity))
      }
      return
    }
    var settled = Array(entries)
    if settled.isEmpty {
      for index in 0..<reservation.lineCount where reservation[index].open > 0 {
        settled.append(LineEntry(item: reservation[index].item, quantity: reservation[index].open))
      }
    }
    for entry in settled {
      event.lines.append(line(entry, state, onHand: takes ? -entry.quantity : 0, held: -entry.quantity))
    }
  }

  /// Says which reservation an event is about; `nil`: there is none, which the fold that follows refuses.
  @discardableResult
  private static func reservation(
    _ sequence: UInt64, _ event: inout RecordedEvent, _ state: borrowing State
  ) -> Reservation? {
    event.reservation = sequence
    guard let reservation = state.reservations[sequence] else { return nil }
    event.id = reservation.id.name
    event.customer = reservation.customer.isEmpty ? nil : reservation.customer.name
    return reservation
  }

  private static func transfer(
    _ group: EventColumns.AccompaniedTransfers, _ ordinal: Int, _ event: inout RecordedEvent, _ state: borrowing State
  ) {
    event.isWithAll = group.isOfAll[ordinal]
    var held: Int64 = 0
    for hold in group.holds[ordinal] {
      held &+= hold.quantity
      let id = state.reservations[hold.reservation]?.id.name ?? "?"
      event.holds.append(.init(reservation: hold.reservation, id: id, quantity: hold.quantity))
    }
    let quantity = group.quantities[ordinal]
    func line(_ item: ItemNumber, _ sign: Int64) -> RecordedEvent.Line {
      self.line(LineEntry(item: item, quantity: quantity), state, onHand: sign * quantity, held: sign * held)
    }
    event.lines = [line(group.from[ordinal], -1), line(group.to[ordinal], 1)]
  }

  private static func reopening(
    _ group: EventColumns.Reopenings, _ row: EventColumns.Row, _ event: inout RecordedEvent, _ state: borrowing State
  ) {
    let ordinal = row.ordinal
    event.reservation = group.references[ordinal]
    event.id = group.ids[ordinal]
    let customer = group.customers[ordinal]
    event.customer = customer.isEmpty ? nil : customer
    let timeToLive = Int64(group.timesToLive[ordinal])
    event.expires = timeToLive == 0 ? nil : row.time + timeToLive
    event.lines = group.lines[ordinal].map { line($0, state, onHand: 0, held: $0.quantity) }
  }

  private static func orderReturn(
    _ group: EventColumns.OrderReturns, _ ordinal: Int, _ event: inout RecordedEvent, _ state: borrowing State
  ) {
    event.reservation = group.references[ordinal]
    event.id = group.ids[ordinal]
    let (customer, reference) = (group.customers[ordinal], group.texts[ordinal])
    event.customer = customer.isEmpty ? nil : customer
    event.reference = reference.isEmpty ? nil : reference
    event.lines = group.lines[ordinal].map { line($0, state, onHand: $0.quantity, held: 0) }
  }

  private static func amendment(
    of sequence: UInt64, _ entries: ArraySlice<LineEntry>, _ event: inout RecordedEvent, _ state: borrowing State
  ) {
    guard let reservation = reservation(sequence, &event, state) else { return }
    var lines = AmendedLines(reservation)
    for entry in entries {
      // Both are below 2^56.
      let change = entry.quantity - lines.open(of: entry.item)
      event.lines.append(
        line(
          entry, state, onHand: 0, held: reservation.waits ? 0 : change, waiting: reservation.waits ? change : 0))
      _ = lines.set(entry.item, open: entry.quantity)
    }
    event.letsGo = !lines.hasOpen
  }

  private static func largerCommit(
    of sequence: UInt64, _ entries: ArraySlice<LineEntry>, _ event: inout RecordedEvent, _ state: borrowing State
  ) {
    event.isPartial = true
    guard let reservation = reservation(sequence, &event, state) else { return }
    for entry in entries {
      let held = min(entry.quantity, reservation.open(of: entry.item))
      event.lines.append(line(entry, state, onHand: -entry.quantity, held: -held))
    }
  }

  private static func adjustment(
    _ group: EventColumns.Adjustments, _ ordinal: Int, _ event: inout RecordedEvent, _ state: borrowing State
  ) {
    let number = group.items[ordinal]
    let change = group.changes[ordinal]
    event.reason = group.reasons[ordinal]
    event.releasePolicy = ReleasePolicy(rawValue: group.policies[ordinal])
    if group.isTo[ordinal] {
      let onHand = Int(number.rawValue) < state.items.count ? state.items[Int(number.rawValue)].onHand : 0
      event.adjustedTo = onHand + change
    } else {
      event.adjustedBy = change
    }
    event.lines = [
      line(LineEntry(item: number, quantity: Int64(change.magnitude)), state, onHand: change, held: 0)
    ]
  }
}
