import TallyFormat

/// Closed reservations that hold again what they had let go.
extension Fold {
  mutating func reopen(_ event: Event, _ group: EventColumns.Reopenings, _ index: Int) {
    if let ordinal = closed(event, reservation: group.references[index]) { reopen(event, group, index, ordinal) }
    judgeStep(event, key: group.keys, index)
  }

  /// The place of the closed reservation that an event refers to; reports where there is none.
  private mutating func closed(_ event: Event, reservation: UInt64) -> Int? {
    guard let (ordinal, standing) = made(event, reservation: reservation) else { return nil }
    if case .open = standing {
      violations.report(.reopenedOtherwise, event.sequence, "the reservation of event \(reservation) is open")
      return nil
    }
    return ordinal
  }

  private mutating func reopen(_ event: Event, _ group: EventColumns.Reopenings, _ index: Int, _ ordinal: Int) {
    // What it had let go, and whether some was sold, a second reading tells.
    rereadOrders.insert(group.references[index])
    let timeToLive = Int64(truncatingIfNeeded: group.timesToLive[index])
    // Both are at most 2^53 − 1 by decoding.
    let expires = timeToLive == 0 ? 0 : event.time + timeToLive
    let lines = group.lines[index]
    let record = group.ids.withRawBytes(index) { id in
      group.customers.withRawBytes(index) { customer in
        open.addAgain(
          ordinal, sequence: group.references[index], id: id, customer: customer,
          time: Int64(truncatingIfNeeded: group.timesMade[index]), expires: expires, lines: lines.count)
      }
    }
    record.mark(128)
    if expires > Limits.maxQuantity {
      violations.report(.overflow, event.sequence, "the hold would expire at \(expires), after 2^53 − 1")
    }
    if expires != 0 { due.add(DueHolds.Hold(expires: expires, ordinal: ordinal)) }
    var held = [OpenRecord.Line]()
    var previous: Int64 = -1
    for line in lines {
      let item = Int(line.item.rawValue)
      if admits(line, after: previous, event) {
        var own = OpenRecord.Line(item: item, reserved: 0, open: 0)
        hold(event, line.quantity, &own, record, isReopening: true)
        held.append(own)
      }
      previous = Int64(item)
    }
    record.setLines(held)
    // They go by the log's order, in which this one does not come last.
    holders.forget()
  }
}
