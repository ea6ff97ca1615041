/// What a `transferred` event does whose goods the holds on them go with: see `What an event does` in the format document.
extension State {
  mutating func foldAccompaniedTransfer(_ group: EventColumns.AccompaniedTransfers, _ ordinal: Int) -> Rule? {
    let (from, to, quantity) = (group.from[ordinal], group.to[ordinal], group.quantities[ordinal])
    guard quantity >= 1, quantity <= Limits.maxQuantity else { return .quantityRange }
    if let rule = flawOfTransfer(from: from, to: to) { return rule }
    guard Int(from.rawValue) < items.count, Int(to.rawValue) < items.count else { return .unknownItem }
    var held: Int64 = 0
    var previous: UInt64 = 0
    for hold in group.holds[ordinal] {
      guard hold.quantity >= 1, hold.quantity <= quantity - held else { return .quantityRange }
      guard hold.reservation > previous else { return .lineOrder }
      previous = hold.reservation
      if let rule = move(hold, from: from, to: to) { return rule }
      held += hold.quantity
    }
    var (source, target) = (items[Int(from.rawValue)], items[Int(to.rawValue)])
    source.onHand -= quantity
    source.held -= held
    target.onHand += quantity
    target.held += held
    (source.lastChange, target.lastChange) = (lastSequence, lastSequence)
    guard target.onHand <= Limits.maxQuantity else { return .overflow }
    guard source.onHand >= 0 else { return .negativeOnHand }
    guard source.held >= 0 else { return .negativeHeld }
    guard source.held <= source.onHand else { return .oversold }
    // Goods that go with their holds leave what is not held as it was.
    guard held == quantity || source.availableOrLess >= 0 else { return .floorPassed }
    setItem(from, source)
    setItem(to, target)
    if !recipes.isEmpty { noteStock(of: to) }
    return nil
  }

  /// Has a reservation hold at one place what it held at another; what the customer has of both is counted anew.
  private mutating func move(_ hold: EventColumns.MovedHold, from: ItemNumber, to: ItemNumber) -> Rule? {
    guard let slot = reservations.slot(of: hold.reservation) else { return missing(hold.reservation) }
    guard reservations[slot: slot].isOpen else { return .settledTwice }
    let before = reservations.reservation(slot: slot)
    let open = before.open(of: from)
    guard open >= hold.quantity else { return .settledBeyondOpen }
    if journal != nil { journal!.append(.change(before)) }
    noteOriginal(slot: slot)
    var lines = AmendedLines(before)
    guard lines.set(from, open: open - hold.quantity),
      lines.set(to, open: before.open(of: to) + hold.quantity), lines.fit
    else { return .overflow }
    var after = before.replacingLines(lines.kept)
    after.isAltered = true
    reservations.replace(slot: slot, with: after)
    if !before.customer.isEmpty {
      count(-hold.quantity, of: from, for: before)
      count(hold.quantity, of: to, for: before)
    }
    return nil
  }

  /// Counts units of an item for the customer of a reservation, if those of the reservation count.
  private mutating func count(_ change: Int64, of number: ItemNumber, for reservation: borrowing Reservation) {
    let item = items[Int(number.rawValue)]
    guard item.limit >= 0, limitSince(number) < reservation.sequence else { return }
    let key = CountKey(item: number, customer: reservation.customer.name)
    // Moving asks no limit, but no count passes what a number can be.
    setCount(key, min(max(0, counts[key, default: 0] + change), Limits.maxQuantity))
  }
}
