/// `adjust`, `limit` and `floor`: what sets an item that exists.
extension Judge {
  mutating func adjust(
    _ name: ItemName, _ adjustment: Operation.Adjustment, _ reason: Name, _ policy: ReleasePolicy?, _ step: Step,
    into events: inout EventColumns
  ) -> Outcome {
    guard let number = state.number(of: name) else { return rejected(unknown: name) }
    if Guards.isChanged(number, step.expected, state.items.span) { return rejected(.changed) }
    let item = state.items[Int(number.rawValue)]
    let change: Int64
    var isTo = false
    switch adjustment {
    case .by(let difference): change = difference
    case .to(let quantity):
      change = quantity - item.onHand
      isTo = true
    }
    let lacking = -(item.unheld + change)
    var released = [ReleasedHold]()
    if lacking > 0 {
      guard let policy, item.onHand + change >= 0 else {
        return rejected(
          .insufficient, short: [.init(item: name, asked: -change, available: item.unheld)],
          detail: item.held > 0 ? .held(holders(of: number, lacking: lacking)) : nil)
      }
      let holds = holds(of: number, policy, covering: lacking)
      guard holds.count <= Judge.maxStepEvents / 2 else {
        return .invalid(
          "the adjustment would release \(holds.count) reservations in one step, more than \(Judge.maxStepEvents / 2):"
            + " release some first")
      }
      for hold in holds {
        released.append(releasedHold(hold))
        hold.lines.withUnsafeBufferPointer {
          events.appendSettlement(
            .released, reservation: hold.sequence, lines: $0, byAdjust: true, key: nil, digest: .none, time: step.time,
            more: true)
        }
        foldLast(&events)
      }
    }
    guard Guards.fits(change, onHand: item.onHand) else { return rejected(.overflow, item: name) }
    events.appendAdjustment(
      item: number, isTo: isTo, change: change, reason: reason, policy: policy?.rawValue ?? 0, key: step.key,
      digest: step.digest, time: step.time, more: step.more)
    foldLast(&events)
    rememberKey(step.key, step.digest)
    return .accepted(Acceptance(sequence: state.lastSequence, released: released))
  }

  /// A hold that gives way to an adjustment.
  private struct Yielding {
    var sequence: UInt64
    /// What it gives of the item; none: all that it has open.
    var lines: [LineEntry] = []
  }

  /// Reservations that hold the item, newest or oldest first, as many as it takes to free `quantity`: whole, or of each
  /// what is missing.
  private func holds(of item: ItemNumber, _ policy: ReleasePolicy, covering quantity: Int64) -> [Yielding] {
    var chosen = [Yielding]()
    var freed: Int64 = 0
    let holding = holding(item)
    for hold in policy.isNewest ? holding.reversed() : holding where freed < quantity {
      var yielding = Yielding(sequence: hold.sequence)
      if policy.trims { yielding.lines = [LineEntry(item: item, quantity: min(hold.open, quantity - freed))] }
      chosen.append(yielding)
      freed += hold.open
    }
    return chosen
  }

  /// What open reservations hold of an item, by sequence number. Cost: a look at every reservation in memory.
  private func holding(_ item: ItemNumber) -> [(sequence: UInt64, open: Int64)] {
    var holding = [(sequence: UInt64, open: Int64)]()
    state.reservations.visit { reservation in
      if reservation.isOpen, let line = reservation.lineIndex(of: item), reservation[line].open > 0 {
        holding.append((reservation.sequence, reservation[line].open))
      }
    }
    return holding.sorted { $0.sequence < $1.sequence }
  }

  /// What is told of a hold that is about to be released.
  private func releasedHold(_ hold: Yielding) -> ReleasedHold {
    guard let reservation = state.reservations[hold.sequence] else {
      return ReleasedHold(id: "", customer: nil, lines: [])
    }
    var given = hold.lines
    if given.isEmpty {
      for index in 0..<reservation.lineCount where reservation[index].open > 0 {
        given.append(LineEntry(item: reservation[index].item, quantity: reservation[index].open))
      }
    }
    return ReleasedHold(
      id: reservation.id.name, customer: reservation.customer.isEmpty ? nil : reservation.customer.name,
      lines: given.map { Line(state.itemNames[Int($0.item.rawValue)], $0.quantity) })
  }

  /// Who holds an item of which an adjustment lacks so many.
  private func holders(of item: ItemNumber, lacking: Int64) -> Rejection.Holders {
    let holding = holding(item)
    let shown = holding.prefix(Rejection.Holders.most).compactMap { hold in
      state.reservations[hold.sequence].map {
        Rejection.Holder(
          id: $0.id.name, customer: $0.customer.isEmpty ? nil : $0.customer.name, quantity: hold.open)
      }
    }
    // Where less is on hand than it would take, no release does.
    let newest = lacking > state.items[Int(item.rawValue)].held ? [] : holds(of: item, .newest, covering: lacking)
    return Rejection.Holders(
      holders: shown, others: holding.count - shown.count, units: state.items[Int(item.rawValue)].held,
      newest: newest.prefix(Rejection.Holders.most).compactMap { state.reservations[$0.sequence]?.id.name },
      newestCount: newest.count)
  }

  mutating func setFloor(
    _ name: ItemName, _ floor: Int64, _ step: Step, into events: inout EventColumns
  ) -> Outcome {
    guard let number = state.number(of: name) else { return rejected(unknown: name) }
    if Guards.isChanged(number, step.expected, state.items.span) { return rejected(.changed) }
    if floor > 0, let refusal = refusalOfPartsOnly(number, "a floor") { return refusal }
    events.appendFloor(
      item: number, floor: floor, key: step.key, digest: step.digest, time: step.time, more: step.more)
    foldLast(&events)
    rememberKey(step.key, step.digest)
    return accepted()
  }

  mutating func setLimit(
    _ name: ItemName, _ limit: Int64?, _ step: Step, into events: inout EventColumns
  ) -> Outcome {
    guard let number = state.number(of: name) else { return rejected(unknown: name) }
    if Guards.isChanged(number, step.expected, state.items.span) { return rejected(.changed) }
    if limit != nil, let refusal = refusalOfPartsOnly(number, "a limit") { return refusal }
    events.appendLimit(
      item: number, limit: limit, key: step.key, digest: step.digest, time: step.time, more: step.more)
    foldLast(&events)
    rememberKey(step.key, step.digest)
    return accepted()
  }
}
