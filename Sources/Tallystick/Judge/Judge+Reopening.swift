/// `reopen`: a reservation that holds nothing any more, and of which nothing was sold, holds again what it held.
extension Judge {
  /// - Parameter timeToLive: milliseconds; 0: it never expires.
  mutating func reopen(_ id: Name, _ timeToLive: Int64, _ step: Step, into events: inout EventColumns) -> Outcome {
    let closed: Closed
    switch lapsed(id) {
    case .closed(let found): closed = found
    case .refused(let refusal): return refusal
    }
    if Guards.isChanged(closed.lines.span, step.expected, state.items.span) { return rejected(.changed) }
    let claims = closed.lines.map { line in
      Guards.Claim(item: line.item, more: line.quantity, counted: line.quantity)
    }
    switch verdict(claims, customer: closed.customer.isEmpty ? .none : CompactName(closed.customer)) {
    case .accepted: break
    case .limit(let claim):
      return closed.customer.bytes.withUnsafeBufferPointer { rejected(limitOf: closed.lines[claim], $0) }
    case .insufficient: return closed.lines.withUnsafeBufferPointer { rejected(short: $0) }
    }
    guard timeToLive <= Limits.maxQuantity - step.time else { return rejected(.overflow) }
    closed.lines.withUnsafeBufferPointer {
      events.appendReopening(
        of: closed.sequence, id: id, customer: closed.customer, made: closed.time, lines: $0, timeToLive: timeToLive,
        key: step.key, digest: step.digest, time: step.time, more: step.more)
    }
    foldLast(&events)
    rememberKey(step.key, step.digest)
    return accepted()
  }

  /// A reservation that can be reopened.
  private struct Closed {
    var sequence: UInt64
    /// When it was made.
    var time: Int64
    /// No bytes: none.
    var customer: Name
    /// What it held, all told.
    var lines: [LineEntry]
  }

  private enum Lapsed {
    case closed(Closed)
    case refused(Outcome)
  }

  /// What memory does not tell, the log does: for one that was altered, the events of its life.
  private func lapsed(_ id: Name) -> Lapsed {
    switch known(id) {
    case .nothing, .key: return .refused(rejected(.unknownReservation))
    case .reservation(let reservation):
      guard let closing = reservation.closing else { return .refused(rejected(.conflict)) }
      if reservation.wasCommitted { return .refused(sold(closing)) }
      return .closed(
        Closed(
          sequence: reservation.sequence, time: reservation.time, customer: reservation.customer.name,
          lines: reservation.reservedLines))
    case .sealed(let record, let sealed):
      guard case .reservation(var lines, let customer, _) = record.meaning, let sealed else {
        return .refused(rejected(.settled))
      }
      if sealed.state == .committed { return .refused(sold(sealed.closing)) }
      if sealed.isAltered || sealed.state == .mixed,
        let life = history?.life(of: record.sequence, through: sealed.closing.sequence)
      {
        if !life.sold.isEmpty { return .refused(sold(sealed.closing)) }
        lines = life.reservedLines
      }
      return .closed(Closed(sequence: record.sequence, time: record.time, customer: customer, lines: lines))
    }
  }

  private func sold(_ closing: Reservation.Closing) -> Outcome {
    rejected(.settled, detail: .closed(by: closing.sequence, .committed))
  }
}
