/// `transfer` with the holds on the goods.
extension Judge {
  mutating func transfer(
    _ quantity: Int64, from: ItemName, to: ItemName, with selection: HoldSelection, _ step: Step,
    into events: inout EventColumns
  ) -> Outcome {
    let selected: [Reservation]
    switch select(selection, holding: from) {
    case .selected(let reservations): selected = reservations
    case .refused(let refusal): return refusal
    }
    guard let source = state.number(of: from) else { return rejected(unknown: from) }
    let target = state.number(of: to)
    if target == nil, refusesNewItems { return rejected(newItem: to, []) }
    if Guards.isChanged(source, step.expected, state.items.span) { return rejected(.changed) }
    if let target, Guards.isChanged(target, step.expected, state.items.span) { return rejected(.changed) }
    var moved = [EventColumns.MovedHold]()
    var left = quantity
    for reservation in selected where left > 0 || selection != .all {
      let open = reservation.open(of: source)
      if selection != .all, open > left {
        let asked = selected.reduce(0) { $0 + $1.open(of: source) }
        return rejected(.insufficient, short: [.init(item: from, asked: asked, available: quantity)])
      }
      moved.append(.init(reservation: reservation.sequence, quantity: min(open, left)))
      left -= min(open, left)
    }
    let available = state.items[Int(source.rawValue)].available
    guard available >= left else {
      return rejected(.insufficient, short: [.init(item: from, asked: left, available: available)])
    }
    if let target, !Guards.fits(quantity, onHand: state.items[Int(target.rawValue)].onHand) {
      return rejected(.overflow, item: to)
    }
    guard moved.count <= Limits.maxHoldsPerEvent else {
      return .invalid("\(moved.count) holds would move at once, more than \(Limits.maxHoldsPerEvent): move some first")
    }
    if let flaw = flaw(of: moved, from: source, to: target) { return .invalid(flaw) }
    let destination = target ?? register(to, step, into: &events)
    events.appendTransfer(
      from: source, to: destination, quantity: quantity, with: moved, isOfAll: selection == .all, key: step.key,
      digest: step.digest, time: step.time, more: step.more)
    foldLast(&events)
    rememberKey(step.key, step.digest)
    return accepted(registering: target == nil ? [to] : [])
  }

  private enum Selected {
    /// By sequence number; each holds something of the item.
    case selected([Reservation])
    case refused(Outcome)
  }

  /// Whose holds go with the goods. Cost: for all a look at every reservation in memory.
  private mutating func select(_ selection: HoldSelection, holding item: ItemName) -> Selected {
    let number = state.number(of: item)
    var selected = [Reservation]()
    switch selection {
    case .all:
      guard let number else { return .selected([]) }
      state.reservations.visit { if $0.isOpen, $0.open(of: number) > 0 { selected.append(copy $0) } }
    case .of(let ids):
      var seen = Set<Name>()
      for id in ids where seen.insert(id).inserted {
        switch select(id, number, holding: item) {
        case .success(let reservation): selected.append(reservation)
        case .failure(let refusal): return .refused(refusal.naming(id))
        }
      }
    }
    return .selected(selected.sorted { $0.sequence < $1.sequence })
  }

  private struct Refusal: Error {
    var outcome: Outcome

    /// Several are named: it says which of them.
    func naming(_ id: Name) -> Outcome {
      guard case .rejected(var rejection) = outcome else { return outcome }
      rejection.reservation = id
      return .rejected(rejection)
    }
  }

  private mutating func select(
    _ id: Name, _ number: ItemNumber?, holding item: ItemName
  ) -> Result<Reservation, Refusal> {
    let found = find(id)
    if !found.isKnown { return .failure(Refusal(outcome: rejected(.unknownReservation))) }
    guard found.isOpen, let reservation = found.reservation else {
      return .failure(Refusal(outcome: refusalOfClosed(found)))
    }
    if reservation.waits { return .failure(Refusal(outcome: rejectedAsWaiting(reservation))) }
    guard let number, reservation.open(of: number) > 0 else {
      return .failure(
        Refusal(outcome: rejected(.settled, detail: .notOpen([.init(item: item, asked: 1, open: nil)]))))
    }
    return .success(reservation)
  }

  /// What a reservation cannot come to by moving; `nil`: nothing.
  private func flaw(of moved: [EventColumns.MovedHold], from: ItemNumber, to: ItemNumber?) -> String? {
    for hold in moved {
      guard let reservation = state.reservations[hold.reservation],
        reservation.lineCount == Limits.maxLinesPerEvent || to.map({ reservation.lineIndex(of: $0) != nil }) ?? false
      else { continue }
      var lines = AmendedLines(reservation)
      // An item that is yet to be registered comes behind all others.
      let to = to ?? ItemNumber(.max)
      if !lines.set(from, open: reservation.open(of: from) - hold.quantity)
        || !lines.set(to, open: reservation.open(of: to) + hold.quantity) || !lines.fit
      {
        return "the reservation \(reservation.id.name) would have more lines, or more in one, than there can be"
      }
    }
    return nil
  }
}
