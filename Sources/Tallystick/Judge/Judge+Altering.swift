/// `extend` and `amend`, and a commit of more than is held: what changes an open reservation but lets go of none of it.
extension Judge {
  /// - Parameter timeToLive: milliseconds; 0: it never expires.
  mutating func extend(
    _ id: Name, _ timeToLive: Int64, _ step: Step, into events: inout EventColumns
  ) -> Outcome {
    let found = find(id)
    if let refusal = refusal(found, isChanged: found.reservation.map { isChanged($0, step.expected) } ?? false) {
      return refusal
    }
    guard let sequence = found.reservation?.sequence else { return rejected(.unknownReservation) }
    guard timeToLive <= Limits.maxQuantity - step.time else { return rejected(.overflow) }
    events.appendExtension(
      reservation: sequence, timeToLive: timeToLive, key: step.key, digest: step.digest, time: step.time,
      more: step.more)
    foldLast(&events)
    rememberKey(step.key, step.digest)
    return accepted()
  }

  mutating func amend(
    _ id: Name, _ lines: MergedLines, _ step: Step, into events: inout EventColumns
  ) -> Outcome {
    let found = find(id)
    if let refusal = refusal(found, mayWait: true) { return refusal }
    guard let reservation = found.reservation else { return rejected(.unknownReservation) }
    // One that waits keeps its place for less; what it would take beyond has none.
    if reservation.waits, isMore(lines, than: reservation) { return rejectedAsWaiting(reservation) }
    if let line = lines.unknown.first { return rejected(unknown: line.item) }
    if isChanged(reservation, step.expected) || Guards.isChanged(lines.entries.span, step.expected, state.items.span) {
      return rejected(.changed)
    }
    if !reservation.waits, let refusal = refusal(of: lines.entries, for: reservation) { return refusal }
    lines.entries.withUnsafeBufferPointer {
      events.appendAmendment(
        reservation: reservation.sequence, lines: $0, key: step.key, digest: step.digest, time: step.time,
        more: step.more)
    }
    foldLast(&events)
    rememberKey(step.key, step.digest)
    return accepted()
  }

  mutating func commitMore(
    _ id: Name, _ asked: [Line], _ step: Step, into events: inout EventColumns
  ) -> Outcome {
    let found = find(id)
    if let refusal = refusal(found) { return refusal }
    guard let reservation = found.reservation else { return rejected(.unknownReservation) }
    let lines = MergedLines(asked, state)
    guard lines.unknown.isEmpty, lines.entries.allSatisfy({ reservation.lineIndex(of: $0.item) != nil }) else {
      return rejected(.settled, detail: notOpen(lines, of: reservation))
    }
    if isChanged(reservation, step.expected) { return rejected(.changed) }
    let beyond = lines.entries.filter { $0.quantity > reservation.open(of: $0.item) }
    if let refusal = refusal(of: beyond, for: reservation) { return refusal }
    lines.entries.withUnsafeBufferPointer {
      events.appendLargerCommit(
        reservation: reservation.sequence, lines: $0, key: step.key, digest: step.digest, time: step.time,
        more: step.more)
    }
    foldLast(&events)
    rememberKey(step.key, step.digest)
    return accepted()
  }

  /// Whether one that waits would wait for more of something than it does.
  private func isMore(_ lines: MergedLines, than reservation: borrowing Reservation) -> Bool {
    if lines.unknown.contains(where: { $0.quantity > 0 }) { return true }
    for entry in lines.entries {
      let wanted = reservation.lineIndex(of: entry.item).map { reservation[$0].reserved } ?? 0
      if entry.quantity > wanted { return true }
    }
    return false
  }

  /// The first rungs; `nil`: the reservation is open, or waits where that is asked for.
  private func refusal(
    _ found: FoundReservation, isChanged: Bool = false, mayWait: Bool = false
  ) -> Outcome? {
    if let reservation = found.reservation, reservation.waits, !mayWait { return rejectedAsWaiting(reservation) }
    return switch Guards.settlement(isKnown: found.isKnown, isOpen: found.isOpen, isChanged: isChanged) {
    case .unknownReservation: rejected(.unknownReservation)
    case .closed, .beyondOpen: refusalOfClosed(found)
    case .changed: rejected(.changed)
    case .accepted: nil
    }
  }

  /// The last rungs of what has a reservation hold these quantities; `nil`: it can.
  private mutating func refusal(of entries: [LineEntry], for reservation: Reservation) -> Outcome? {
    var claims = [Guards.Claim]()
    for entry in entries {
      let open = reservation.open(of: entry.item)
      guard entry.quantity > open else { continue }
      if state.recipes[entry.item] != nil {
        return .invalid(
          "more of \(state.itemNames[Int(entry.item.rawValue)]) would be held without its parts, of which its recipe says that"
            + " it is made: reserve more of it by another id")
      }
      let counts = state.limitSince(entry.item) < reservation.sequence
      let more = entry.quantity - open
      claims.append(Guards.Claim(item: entry.item, more: more, counted: counts ? more : entry.quantity))
    }
    switch verdict(claims, customer: reservation.customer) {
    case .accepted: break
    case .limit(let claim):
      let line = LineEntry(item: claims[claim].item, quantity: claims[claim].counted)
      let customer = reservation.customer.isEmpty ? [] : reservation.customer.name.bytes
      return customer.withUnsafeBufferPointer { rejected(limitOf: line, $0) }
    case .insufficient: return rejected(.insufficient, short: shortages(claims))
    }
    var lines = AmendedLines(reservation)
    for entry in entries where !lines.set(entry.item, open: entry.quantity) {
      return rejected(.overflow, item: state.itemNames[Int(entry.item.rawValue)])
    }
    return lines.fit ? nil : .invalid("the reservation would have more than \(Limits.maxLinesPerEvent) lines")
  }

  /// A function of its own, so that nothing refers to the counts any more when the event is folded: they would be
  /// copied.
  @inline(never)
  mutating func verdict(_ claims: [Guards.Claim], customer: CompactName) -> Guards.Claims {
    guard !claims.isEmpty else { return .accepted }
    return customer.name.bytes.withUnsafeBufferPointer {
      Guards.claims(claims, customer: NamedCustomer(name: $0, counts: state.counts), state.items.span)
    }
  }

  private func shortages(_ claims: [Guards.Claim]) -> [Rejection.Shortage] {
    claims.compactMap { claim in
      let available = Guards.availableToNewcomer(state.items[Int(claim.item.rawValue)])
      guard available < claim.more else { return nil }
      return Rejection.Shortage(
        item: state.itemNames[Int(claim.item.rawValue)], asked: claim.more, available: max(0, available),
        waiting: state.items[Int(claim.item.rawValue)].wanted)
    }
  }
}

extension Reservation {
  /// What is open of an item; 0: nothing, or it has no such line.
  func open(of item: ItemNumber) -> Int64 { lineIndex(of: item).map { self[$0].open } ?? 0 }
}
