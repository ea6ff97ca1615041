/// What a `reopened` event does: see `What an event does` in the format document.
extension State {
  /// Judged as far as memory goes; an auditor judges all of it.
  mutating func foldReopening(_ group: EventColumns.Reopenings, _ ordinal: Int, _ row: EventColumns.Row) -> Rule? {
    let sequence = group.references[ordinal]
    guard sequence < row.sequence else { return .unknownReservation }
    let lines = group.lines[ordinal]
    if let rule = flaw(of: lines) { return rule }
    let before = reservations[sequence]
    if let before {
      guard isReopening(group, ordinal, of: before) else { return .reopenedOtherwise }
    } else if keepsClosed, sequence > max(loadedSequence, forgottenSequence) {
      return .unknownReservation
    }
    let timeToLive = Int64(group.timesToLive[ordinal])
    guard timeToLive <= Limits.maxQuantity - row.time else { return .overflow }
    var reservation = Reservation(
      sequence: sequence, time: Int64(group.timesMade[ordinal]),
      expires: timeToLive == 0 ? 0 : row.time + timeToLive, id: CompactName(group.ids[ordinal]),
      customer: group.customers[ordinal].isEmpty ? .none : CompactName(group.customers[ordinal]), lines)
    reservation.isAltered = true
    for line in lines {
      if let rule = claim(line.quantity, of: line.item, from: 0, for: reservation, isReopening: true) { return rule }
    }
    if let before {
      // What was asked at first is not what it holds now, if it ever was.
      if !before.isAltered { originals[sequence] = OriginalReservation(before) }
      if journal != nil { journal!.append(.change(before)) }
      reservations.remove(sequence)
    } else if journal != nil {
      journal!.append(.insertion(sequence))
    }
    reservations.insert(reservation)
    openCount += 1
    if reservation.expires > 0 { insertDue(expires: reservation.expires, sequence: sequence) }
    return nil
  }

  /// Whether the event gives a reservation that is in memory what it had let go.
  private func isReopening(
    _ group: EventColumns.Reopenings, _ ordinal: Int, of reservation: borrowing Reservation
  ) -> Bool {
    guard !reservation.isOpen, !reservation.wasCommitted, reservation.id.name == group.ids[ordinal],
      reservation.customer.name == group.customers[ordinal], reservation.time == Int64(group.timesMade[ordinal])
    else { return false }
    return group.lines[ordinal].elementsEqual(reservation.reservedLines)
  }
}

extension Reservation {
  /// What was reserved, by item number.
  var reservedLines: [LineEntry] {
    (0..<lineCount).map { LineEntry(item: self[$0].item, quantity: self[$0].reserved) }
  }
}
