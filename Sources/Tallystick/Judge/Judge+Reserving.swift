/// `reserve`: an id's first answer again, a conflict, or the ladder of a reservation.
extension Judge {
  /// - Parameters:
  ///   - fingerprint: the id's.
  ///   - entries: known items, merged, ascending.
  ///   - unknown: items that the command names and that do not exist.
  ///   - customer: no bytes: none.
  ///   - timeToLive: milliseconds; 0: none.
  ///   - wait: what is insufficient waits so long.
  mutating func reserve(
    id: UnsafeBufferPointer<UInt8>, _ fingerprint: UInt64, _ entries: UnsafeBufferPointer<LineEntry>,
    unknown: [ItemName], customer: UnsafeBufferPointer<UInt8>, timeToLive: Int64,
    wait: Operation.Wait? = nil, _ step: Step, into events: inout EventColumns
  ) -> Outcome {
    // Before anything is read from the log to confirm it.
    if unknown.isEmpty,
      let first = sealedRepeat(id, fingerprint, entries, customer: customer, timeToLive: timeToLive)
    {
      return again(first, presentState(ofSealed: first))
    }
    let earlier = answer(
      to: known(id, fingerprint), entries, namesUnknown: !unknown.isEmpty, customer: customer, timeToLive: timeToLive)
    if earlier == nil, unknown.isEmpty, let taken = state.recipes.taken(by: entries) {
      return reserveParts(
        id: id, fingerprint, asked: entries, taken, customer: customer, timeToLive: timeToLive, wait: wait, step,
        into: &events)
    }
    switch verdict(
      isTaken: earlier != nil, namesUnknown: !unknown.isEmpty, entries, customer: customer, timeToLive: timeToLive, step
    )
    {
    case .taken: return earlier ?? rejected(.conflict)
    case .unknownItem: return rejected(unknown: unknown, entries)
    case .changed: return rejected(.changed)
    case .limit(let line): return rejected(limitOf: entries[line], customer)
    case .insufficient:
      guard let wait else { return rejected(short: entries) }
      return standInLine(
        id: id, fingerprint, entries, customer: customer, timeToLive: timeToLive, wait, step, into: &events)
    case .overflow: return rejected(.overflow)
    case .accepted: break
    }
    events.appendReservation(
      id: id, lines: entries, customer: customer, timeToLive: timeToLive, time: step.time, more: step.more)
    foldLast(&events)
    remember(fingerprint)
    return accepted()
  }

  /// A function of its own, so that nothing refers to the counts any more when the event is folded: they would be
  /// copied. Changes nothing, but a caller that may change the judge would copy it for a function that may not.
  @inline(never)
  mutating func verdict(
    isTaken: Bool, namesUnknown: Bool, _ entries: UnsafeBufferPointer<LineEntry>,
    customer: UnsafeBufferPointer<UInt8>, timeToLive: Int64, _ step: Step
  ) -> Guards.Reservation {
    Guards.reservation(
      isTaken: isTaken, namesUnknown: namesUnknown, entries.span, expected: step.expected,
      customer: NamedCustomer(name: customer, counts: state.counts), timeToLive: timeToLive, at: step.time,
      state.items.span)
  }

  /// What to answer when the id stands for something already; `nil`: it does not.
  private func answer(
    to earlier: EarlierName, _ entries: UnsafeBufferPointer<LineEntry>, namesUnknown: Bool,
    customer: UnsafeBufferPointer<UInt8>, timeToLive: Int64
  ) -> Outcome? {
    switch earlier {
    case .nothing: return nil
    case .key: return rejected(.conflict)
    case .reservation(let first):
      let asked = asked(of: first)
      guard !namesUnknown, asked?.isOf(entries, timeToLive: timeToLive) ?? first.isAsked(entries, timeToLive),
        first.customer == (customer.isEmpty ? .none : CompactName(customer))
      else {
        return conflict(
          first.sequence, asked ?? OriginalReservation(first), first.customer.name, entries, customer: customer,
          timeToLive: timeToLive, namesUnknown: namesUnknown)
      }
      return again(first.sequence, first.state)
    case .sealed(let first, let closing):
      guard case .reservation(let lines, let firstCustomer, let firstTimeToLive) = first.meaning, !namesUnknown,
        (first.asked ?? lines).elementsEqual(entries), firstTimeToLive == timeToLive,
        firstCustomer.bytes.elementsEqual(customer)
      else {
        guard case .reservation(let lines, let firstCustomer, let firstTimeToLive) = first.meaning else {
          return rejected(.conflict)
        }
        return conflict(
          first.sequence, OriginalReservation(lines: first.asked ?? lines, timeToLive: firstTimeToLive), firstCustomer,
          entries, customer: customer, timeToLive: timeToLive, namesUnknown: namesUnknown)
      }
      return again(first.sequence, closing?.state)
    }
  }

  /// The answer to a retry: it says whether anything is held, because nothing need be any more.
  func again(_ sequence: UInt64, _ present: ReservationState?) -> Outcome {
    .repeated(Acceptance(sequence: sequence, ofRepeated: present))
  }

  /// What was asked of a reservation that does not hold that, or has been altered since; `nil`: it holds that.
  func asked(of reservation: Reservation) -> OriginalReservation? {
    guard reservation.isAltered else { return nil }
    if let original = state.originals[reservation.sequence] { return original }
    // It was altered before the snapshot that memory began with: the log has it.
    guard let record = history?.record(at: reservation.sequence),
      case .reservation(let lines, _, let timeToLive) = record.meaning
    else { return nil }
    return OriginalReservation(lines: record.asked ?? lines, timeToLive: timeToLive)
  }
}

extension Acceptance {
  /// Of a `reserve` that came before, whose reservation is in that state now.
  init(sequence: UInt64, ofRepeated present: ReservationState?) {
    self.init(sequence: sequence, state: present, holds: present.map { $0 == .open || $0 == .partlySettled })
  }
}
