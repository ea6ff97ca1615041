/// One operation each, by the contract's order of judgement: repeat or conflict, unknown reservation, settled or expired,
/// unknown item, changed, limit, insufficient, overflow.
extension Judge {
  mutating func judge(
    _ operation: Operation, key: Name?, expected: Expectation?, time: Int64, more: Bool,
    into events: inout EventColumns
  ) -> Outcome {
    var digest = ContentDigest.none
    if let key {
      digest = operation.contentDigest
      if let answer = repeatOrConflict(key, digest, operation) { return answer }
    }
    let step = Step(key: key, digest: digest, expected: expected, time: time, more: more)
    switch operation {
    case .receive(let lines, let reference):
      return move(isReturn: false, MergedLines(lines, state), reference, step, into: &events)
    case .returned(let lines, let reference):
      return move(isReturn: true, MergedLines(lines, state), reference, step, into: &events)
    case .reserve(let id, let lines, let customer, let timeToLive):
      // The batch's key is taken as soon as the batch is accepted: nothing in it may take it first.
      if id == keyOfBatch { return rejected(.conflict) }
      let merged = MergedLines(lines, state)
      return id.bytes.withUnsafeBufferPointer { id in
        merged.entries.withUnsafeBufferPointer { entries in
          (customer?.bytes ?? []).withUnsafeBufferPointer { customer in
            reserve(
              id: id, hash(id), entries, unknown: merged.unknown.first?.item, customer: customer,
              timeToLive: timeToLive ?? 0,
              step, into: &events)
          }
        }
      }
    case .commit(let id, let lines): return settle(.committed, id, lines, step, into: &events)
    case .release(let id, let lines): return settle(.released, id, lines, step, into: &events)
    case .adjust(let item, let adjustment, let reason, let policy):
      return adjust(item, adjustment, reason, policy, step, into: &events)
    case .transfer(let sku, let quantity, let from, let to):
      return transfer(
        quantity, from: ItemName(sku: sku, location: from), to: ItemName(sku: sku, location: to), step, into: &events)
    case .limit(let item, let limit): return setLimit(item, limit, step, into: &events)
    case .expire: return accepted()
    case .batch: return .invalid("a batch in a batch")
    }
  }

  /// What goes with an operation.
  struct Step {
    var key: Name?
    var digest: ContentDigest
    var expected: Expectation?
    var time: Int64
    /// Events of the same atomic step follow.
    var more: Bool
  }

  /// The answer to a key that was used before; `nil` for a new one.
  func repeatOrConflict(_ key: Name, _ digest: ContentDigest, _ operation: Operation) -> Outcome? {
    switch known(key) {
    case .nothing: return nil
    case .reservation, .sealed: return rejected(.conflict)
    case .key(let first, let answer, let results):
      guard first == digest else { return rejected(.conflict) }
      var acceptance = Acceptance(sequence: answer, results: results)
      switch operation {
      case .commit(let id, _), .release(let id, _): acceptance.state = reservationState(of: id)
      default: break
      }
      return .repeated(acceptance)
    }
  }

  /// What a caller believes: that nothing the command names has changed since an event.
  struct Expectation {
    var sequence: UInt64
    /// It lies beyond the last event.
    var isBeyondEnd: Bool
    /// For a batch: which of its items had changed when it began, since its own events do not count.
    var changedBefore: Set<ItemNumber>?
  }

  @inline(__always) private func hasChanged(_ item: ItemNumber, since expected: Expectation) -> Bool {
    expected.changedBefore.map { $0.contains(item) } ?? (state.items[Int(item.rawValue)].lastChange > expected.sequence)
  }

  // MARK: receive, return

  private mutating func move(
    isReturn: Bool, _ lines: MergedLines, _ reference: Name?, _ step: Step, into events: inout EventColumns
  ) -> Outcome {
    if let expected = step.expected,
      expected.isBeyondEnd || lines.entries.contains(where: { hasChanged($0.item, since: expected) })
    {
      return rejected(.changed)
    }
    for entry in lines.entries
    where entry.quantity > Limits.maxQuantity - state.items[Int(entry.item.rawValue)].onHand {
      return rejected(.overflow, item: state.itemNames[Int(entry.item.rawValue)])
    }
    for line in lines.unknown where line.quantity > Limits.maxQuantity { return rejected(.overflow, item: line.item) }
    var entries = lines.entries
    for line in lines.unknown {
      entries.append(LineEntry(item: register(line.item, step, into: &events), quantity: line.quantity))
    }
    entries.withUnsafeBufferPointer {
      events.appendMovement(
        isReturn: isReturn, lines: $0, reference: reference, key: step.key, digest: step.digest, time: step.time,
        more: step.more)
    }
    foldLast(&events)
    rememberKey(step.key, step.digest)
    return accepted()
  }

  /// Registers an item in the same step as what moves into it. New numbers are above all others.
  private mutating func register(_ item: ItemName, _ step: Step, into events: inout EventColumns) -> ItemNumber {
    events.appendRegistration(sku: item.sku, location: item.location, time: step.time, more: true)
    foldLast(&events)
    return ItemNumber(UInt32(state.items.count - 1))
  }

  // MARK: reserve

  /// - Parameters:
  ///   - fingerprint: the id's.
  ///   - entries: known items, merged, ascending.
  ///   - unknown: an item that does not exist, if the command names one.
  ///   - customer: no bytes: none.
  ///   - timeToLive: milliseconds; 0: none.
  mutating func reserve(
    id: UnsafeBufferPointer<UInt8>, _ fingerprint: UInt64, _ entries: UnsafeBufferPointer<LineEntry>,
    unknown: ItemName?, customer: UnsafeBufferPointer<UInt8>, timeToLive: Int64, _ step: Step,
    into events: inout EventColumns
  ) -> Outcome {
    if unknown == nil,
      let first = sealedRepeat(id, fingerprint, entries, customer: customer, timeToLive: timeToLive)
    {
      return .repeated(Acceptance(sequence: first, state: presentState(ofSealed: first)))
    }
    switch known(id, fingerprint) {
    case .nothing: break
    case .key: return rejected(.conflict)
    case .reservation(let first):
      guard unknown == nil, first.hasLines(entries), first.timeToLive == timeToLive,
        first.customer == (customer.isEmpty ? .none : CompactName(customer))
      else { return rejected(.conflict) }
      return .repeated(Acceptance(sequence: first.sequence, state: first.state))
    case .sealed(let first, let closing):
      guard case .reservation(let lines, let firstCustomer, let firstTimeToLive) = first.meaning, unknown == nil,
        lines.elementsEqual(entries), firstTimeToLive == timeToLive, firstCustomer.bytes.elementsEqual(customer)
      else { return rejected(.conflict) }
      return .repeated(Acceptance(sequence: first.sequence, state: closing?.state))
    }
    if let unknown { return rejected(.unknownItem, item: unknown) }
    if let expected = step.expected,
      expected.isBeyondEnd || entries.contains(where: { hasChanged($0.item, since: expected) })
    {
      return rejected(.changed)
    }
    var isShort = false
    for entry in entries {
      let item = state.items[Int(entry.item.rawValue)]
      if item.limit >= 0, let outcome = limitOutcome(entry, item, customer) { return outcome }
      isShort = isShort || item.available < entry.quantity
    }
    if isShort { return rejected(.insufficient, short: shortages(entries)) }
    guard timeToLive <= Limits.maxQuantity - step.time else { return rejected(.overflow) }
    events.appendReservation(
      id: id, lines: entries, customer: customer, timeToLive: timeToLive, time: step.time, more: step.more)
    foldLast(&events)
    remember(fingerprint)
    return accepted()
  }

  private func limitOutcome(
    _ entry: LineEntry, _ item: State.Item, _ customer: UnsafeBufferPointer<UInt8>
  ) -> Outcome? {
    let key = State.CountKey(item: entry.item, customer: Name(bytes: Array(customer)))
    if !customer.isEmpty, entry.quantity <= item.limit - state.counts[key, default: 0] { return nil }
    return rejected(.limit, item: state.itemNames[Int(entry.item.rawValue)])
  }

  private func shortages(_ entries: UnsafeBufferPointer<LineEntry>) -> [Rejection.Shortage] {
    entries.compactMap { entry in
      let available = state.items[Int(entry.item.rawValue)].available
      guard available < entry.quantity else { return nil }
      return Rejection.Shortage(
        item: state.itemNames[Int(entry.item.rawValue)], asked: entry.quantity, available: available)
    }
  }

  // MARK: commit, release

  private mutating func settle(
    _ kind: EventKind, _ id: Name, _ lines: [Line]?, _ step: Step, into events: inout EventColumns
  ) -> Outcome {
    let reservation: Reservation
    switch known(id) {
    case .nothing, .key: return rejected(.unknownReservation)
    case .sealed(_, let closing):
      // Sealed names that are not open are closed; a closing that cannot be read has set the history's failure.
      guard let closing else { return rejected(.settled) }
      return answerToClosed(kind, lines, step, closing.closing, closing.state)
    case .reservation(let known):
      if let closing = known.closing { return answerToClosed(kind, lines, step, closing, known.state) }
      reservation = known
    }
    var entries = [LineEntry]()
    if let lines {
      let merged = MergedLines(lines, state)
      guard merged.unknown.isEmpty else { return rejected(.settled) }
      for entry in merged.entries {
        guard let line = reservation.lineIndex(of: entry.item), reservation[line].open >= entry.quantity else {
          return rejected(.settled)
        }
      }
      entries = merged.entries
    }
    if let expected = step.expected {
      var isChanged = expected.isBeyondEnd
      for index in 0..<reservation.lineCount {
        isChanged = isChanged || hasChanged(reservation[index].item, since: expected)
      }
      if isChanged { return rejected(.changed) }
    }
    entries.withUnsafeBufferPointer {
      events.appendSettlement(
        kind, reservation: reservation.sequence, lines: $0, key: step.key, digest: step.digest, time: step.time,
        more: step.more)
    }
    foldLast(&events)
    rememberKey(step.key, step.digest)
    return accepted()
  }

  private func answerToClosed(
    _ kind: EventKind, _ lines: [Line]?, _ step: Step, _ closing: Reservation.Closing, _ state: ReservationState
  ) -> Outcome {
    if lines == nil, step.key == nil, closing.kind == kind, closing.isWhole, !closing.byAdjust {
      return .repeated(Acceptance(sequence: closing.sequence, state: state))
    }
    return rejected(closing.kind == .expired ? .expired : .settled)
  }

  // MARK: adjust

  private mutating func adjust(
    _ name: ItemName, _ adjustment: Operation.Adjustment, _ reason: Name, _ policy: ReleasePolicy?, _ step: Step,
    into events: inout EventColumns
  ) -> Outcome {
    guard let number = state.number(of: name) else { return rejected(.unknownItem, item: name) }
    if let expected = step.expected, expected.isBeyondEnd || hasChanged(number, since: expected) {
      return rejected(.changed)
    }
    let item = state.items[Int(number.rawValue)]
    let change: Int64
    var isTo = false
    switch adjustment {
    case .by(let difference): change = difference
    case .to(let quantity):
      change = quantity - item.onHand
      isTo = true
    }
    let lacking = -(item.available + change)
    if lacking > 0 {
      guard let policy, item.onHand + change >= 0 else {
        return rejected(.insufficient, short: [.init(item: name, asked: -change, available: item.available)])
      }
      let holds = holds(of: number, policy, covering: lacking)
      guard holds.count <= Judge.maxStepEvents / 2 else {
        return .invalid(
          "the adjustment would release \(holds.count) reservations in one step, more than \(Judge.maxStepEvents / 2):"
            + " release some first")
      }
      for hold in holds {
        events.appendSettlement(
          .released, reservation: hold, lines: UnsafeBufferPointer(start: nil, count: 0), byAdjust: true, key: nil,
          digest: .none, time: step.time, more: true)
        foldLast(&events)
      }
    }
    guard item.onHand + change <= Limits.maxQuantity else { return rejected(.overflow, item: name) }
    events.appendAdjustment(
      item: number, isTo: isTo, change: change, reason: reason, policy: policy?.rawValue ?? 0, key: step.key,
      digest: step.digest, time: step.time, more: step.more)
    foldLast(&events)
    rememberKey(step.key, step.digest)
    return accepted()
  }

  /// Whole reservations that hold the item, newest or oldest first, as many as it takes to free `quantity`.
  private func holds(of item: ItemNumber, _ policy: ReleasePolicy, covering quantity: Int64) -> [UInt64] {
    var holding = [(sequence: UInt64, open: Int64)]()
    state.reservations.visit { reservation in
      if reservation.isOpen, let line = reservation.lineIndex(of: item), reservation[line].open > 0 {
        holding.append((reservation.sequence, reservation[line].open))
      }
    }
    holding.sort { policy == .newest ? $0.sequence > $1.sequence : $0.sequence < $1.sequence }
    var chosen = [UInt64]()
    var freed: Int64 = 0
    for hold in holding where freed < quantity {
      chosen.append(hold.sequence)
      freed += hold.open
    }
    return chosen
  }

  // MARK: transfer, limit

  private mutating func transfer(
    _ quantity: Int64, from: ItemName, to: ItemName, _ step: Step, into events: inout EventColumns
  ) -> Outcome {
    guard let source = state.number(of: from) else { return rejected(.unknownItem, item: from) }
    let target = state.number(of: to)
    if let expected = step.expected,
      expected.isBeyondEnd || hasChanged(source, since: expected)
        || target.map({ hasChanged($0, since: expected) }) ?? false
    {
      return rejected(.changed)
    }
    let available = state.items[Int(source.rawValue)].available
    guard available >= quantity else {
      return rejected(.insufficient, short: [.init(item: from, asked: quantity, available: available)])
    }
    if let target, quantity > Limits.maxQuantity - state.items[Int(target.rawValue)].onHand {
      return rejected(.overflow, item: to)
    }
    let destination = target ?? register(to, step, into: &events)
    events.appendTransfer(
      from: source, to: destination, quantity: quantity, key: step.key, digest: step.digest, time: step.time,
      more: step.more)
    foldLast(&events)
    rememberKey(step.key, step.digest)
    return accepted()
  }

  private mutating func setLimit(
    _ name: ItemName, _ limit: Int64?, _ step: Step, into events: inout EventColumns
  ) -> Outcome {
    guard let number = state.number(of: name) else { return rejected(.unknownItem, item: name) }
    if let expected = step.expected, expected.isBeyondEnd || hasChanged(number, since: expected) {
      return rejected(.changed)
    }
    events.appendLimit(
      item: number, limit: limit, key: step.key, digest: step.digest, time: step.time, more: step.more)
    foldLast(&events)
    rememberKey(step.key, step.digest)
    return accepted()
  }
}
