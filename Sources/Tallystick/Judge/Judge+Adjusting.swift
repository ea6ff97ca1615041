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
    if lacking > 0 {
      guard let policy, item.onHand + change >= 0 else {
        return rejected(.insufficient, short: [.init(item: name, asked: -change, available: item.unheld)])
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
    guard Guards.fits(change, onHand: item.onHand) else { return rejected(.overflow, item: name) }
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

  mutating func setFloor(
    _ name: ItemName, _ floor: Int64, _ step: Step, into events: inout EventColumns
  ) -> Outcome {
    guard let number = state.number(of: name) else { return rejected(unknown: name) }
    if Guards.isChanged(number, step.expected, state.items.span) { return rejected(.changed) }
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
    events.appendLimit(
      item: number, limit: limit, key: step.key, digest: step.digest, time: step.time, more: step.more)
    foldLast(&events)
    rememberKey(step.key, step.digest)
    return accepted()
  }
}
