/// `commit` and `release`.
extension Judge {
  mutating func settle(
    _ kind: EventKind, _ id: Name, _ lines: [Line]?, _ step: Step, into events: inout EventColumns
  ) -> Outcome {
    var reservation: Reservation?
    var closed: (closing: Reservation.Closing, state: ReservationState)?
    var isKnown = true
    switch known(id) {
    case .nothing, .key: isKnown = false
    // Sealed names that are not open are closed; a closing that cannot be read has set the history's failure.
    case .sealed(_, let sealed): closed = sealed.map { ($0.closing, $0.state) }
    case .reservation(let known):
      reservation = known
      closed = known.closing.map { ($0, known.state) }
    }
    let merged = lines.map { MergedLines($0, state) }
    // Nothing is open of one that waits; it gives up by being released.
    let waits = reservation?.waits ?? false
    let isBeyondOpen =
      if waits && kind == .committed { true } else if let merged { reservation?.hasOpen(merged) != true } else { false }
    let isChanged = if let reservation { isChanged(reservation, step.expected) } else { false }
    switch Guards.settlement(
      isKnown: isKnown, isOpen: reservation?.isOpen ?? false, isBeyondOpen: isBeyondOpen, isChanged: isChanged)
    {
    case .unknownReservation: return rejected(.unknownReservation)
    case .closed: return closed.map { answerToClosed(kind, lines, step, $0.closing, $0.state) } ?? rejected(.settled)
    case .beyondOpen: return rejected(.settled, places: reservation.map { places(of: $0) } ?? [])
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

  /// A settlement names all items of its reservation, whatever lines it has.
  private func isChanged(_ reservation: Reservation, _ expected: Expectation?) -> Bool {
    guard expected != nil else { return false }
    for index in 0..<reservation.lineCount
    where Guards.isChanged(reservation[index].item, expected, state.items.span) {
      return true
    }
    return false
  }

  private func answerToClosed(
    _ kind: EventKind, _ lines: [Line]?, _ step: Step, _ closing: Reservation.Closing, _ state: ReservationState
  ) -> Outcome {
    if lines == nil, step.key == nil, closing.kind == kind, closing.isWhole, !closing.byAdjust {
      return .repeated(Acceptance(sequence: closing.sequence, state: state))
    }
    return rejected(closing.kind == .expired ? .expired : .settled)
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
