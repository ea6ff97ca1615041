import TallyFormat

/// Goods that come back of an order.
extension Fold {
  mutating func takeBack(_ event: Event, _ group: EventColumns.OrderReturns, _ index: Int) {
    let reservation = group.references[index]
    if wasMade(reservation, before: event) {
      rereadOrders.insert(reservation)
    } else {
      violations.report(.unknownReservation, event.sequence, "event \(reservation) is no reservation before it")
    }
    let customer = group.customers[index]
    var previous: Int64 = -1
    for line in group.lines[index] {
      let item = Int(line.item.rawValue)
      if admits(line, after: previous, event) {
        change(item, onHand: line.quantity, event)
        judgeAdded(item, event)
        if !customer.isEmpty, items.limits[item].plusOne != 0, items.limits[item].since < reservation {
          _ = counts.add(-line.quantity, item: item, customer: customer)
        }
      }
      previous = Int64(item)
    }
    judgeStep(event, key: group.keys, index)
  }

  private func wasMade(_ reservation: UInt64, before event: Event) -> Bool {
    guard let ordinal = order.ordinal(of: reservation, among: event.ordinal) else { return false }
    if case .neverMade = open.standing(ordinal) { return false }
    return true
  }
}
