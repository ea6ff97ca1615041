/// `commit` and `release`.
extension Judge {
  mutating func settle(
    _ kind: EventKind, _ id: Name, _ lines: [Line]?, _ step: Step, into events: inout EventColumns
  ) -> Outcome {
    let found = find(id)
    let reservation = found.reservation
    let merged = lines.map { MergedLines($0, state) }
    // Nothing is open of one that waits; it gives up by being released.
    let waits = reservation?.waits ?? false
    let isBeyondOpen =
      if waits && kind == .committed { true } else if let merged { reservation?.hasOpen(merged) != true } else { false }
    let isChanged = if let reservation { isChanged(reservation, step.expected) } else { false }
    switch Guards.settlement(
      isKnown: found.isKnown, isOpen: found.isOpen, isBeyondOpen: isBeyondOpen, isChanged: isChanged)
    {
    case .unknownReservation: return rejected(.unknownReservation)
    case .closed: return answerToClosed(kind, lines, step, found)
    case .beyondOpen:
      if let reservation, waits { return rejectedAsWaiting(reservation) }
      return rejected(.settled, detail: merged.flatMap { notOpen($0, of: reservation) })
    case .changed: return rejected(.changed)
    case .accepted: break
    }
    guard let sequence = reservation?.sequence else { return rejected(.unknownReservation) }
    (merged?.entries ?? []).withUnsafeBufferPointer {
      events.appendSettlement(
        kind, reservation: sequence, lines: $0, key: step.key, digest: step.digest, time: step.time, more: step.more)
    }
    foldLast(&events)
    rememberKey(step.key, step.digest)
    return accepted()
  }

  /// What stands behind an id.
  struct FoundReservation {
    /// It is in memory.
    var reservation: Reservation?
    /// Nothing of it is open any more.
    var closed: (closing: Reservation.Closing, state: ReservationState)?
    var isKnown = true
    var isOpen: Bool { reservation?.isOpen ?? false }
  }

  func find(_ id: Name) -> FoundReservation {
    switch known(id) {
    case .nothing, .key: FoundReservation(isKnown: false)
    // Sealed names that are not open are closed; a closing that cannot be read has set the history's failure.
    case .sealed(_, let sealed): FoundReservation(closed: sealed.map { ($0.closing, $0.state) })
    case .reservation(let known):
      FoundReservation(reservation: known, closed: known.closing.map { ($0, known.state) })
    }
  }

  /// The refusal of what would change a reservation of which nothing is open.
  func refusalOfClosed(_ found: FoundReservation) -> Outcome {
    guard let closing = found.closed?.closing else { return rejected(.settled) }
    return rejected(
      closing.kind == .expired ? .expired : .settled, detail: .closed(by: closing.sequence, closing.kind))
  }

  /// Of which lines less is open than was asked.
  func notOpen(_ lines: MergedLines, of reservation: Reservation?) -> Rejection.Detail? {
    guard let reservation else { return nil }
    var short = [Rejection.OpenLine]()
    for entry in lines.entries {
      let open = reservation.lineIndex(of: entry.item).map { reservation[$0].open }
      if open ?? 0 >= entry.quantity, open != nil { continue }
      short.append(
        .init(item: state.itemNames[Int(entry.item.rawValue)], asked: entry.quantity, open: open))
    }
    for line in lines.unknown { short.append(.init(item: line.item, asked: line.quantity, open: nil)) }
    return .notOpen(short)
  }

  /// A settlement names all items of its reservation, whatever lines it has.
  func isChanged(_ reservation: Reservation, _ expected: Expectation?) -> Bool {
    guard expected != nil else { return false }
    for index in 0..<reservation.lineCount
    where Guards.isChanged(reservation[index].item, expected, state.items.span) {
      return true
    }
    return false
  }

  private func answerToClosed(
    _ kind: EventKind, _ lines: [Line]?, _ step: Step, _ found: FoundReservation
  ) -> Outcome {
    if let (closing, state) = found.closed, lines == nil, step.key == nil, closing.kind == kind, closing.isWhole,
      !closing.byAdjust
    {
      return .repeated(Acceptance(sequence: closing.sequence, state: state))
    }
    return refusalOfClosed(found)
  }
}

extension Reservation {
  /// Whether as many are open of each of these lines.
  fileprivate func hasOpen(_ lines: MergedLines) -> Bool {
    lines.unknown.isEmpty
      && lines.entries.allSatisfy { entry in
        lineIndex(of: entry.item).map { self[$0].open >= entry.quantity } ?? false
      }
  }
}
