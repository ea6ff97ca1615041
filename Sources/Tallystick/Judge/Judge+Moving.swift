/// `receive`, `return` and `transfer`: what moves stock into an item, which is registered if it does not exist; and
/// `register`, which does only that.
extension Judge {
  mutating func move(
    isReturn: Bool, _ lines: MergedLines, _ reference: Name?, _ step: Step, into events: inout EventColumns
  ) -> Outcome {
    if isReturn, refusesNewItems, let first = lines.unknown.first {
      return rejected(newItem: first.item, lines.unknown.map(\.item))
    }
    if Guards.isChanged(lines.entries.span, step.expected, state.items.span) { return rejected(.changed) }
    if isReturn, !state.recipes.isEmpty {
      for entry in lines.entries {
        if let refusal = refusalOfPartsOnly(entry.item, "goods that come back") { return refusal }
      }
    }
    for entry in lines.entries
    where !Guards.fits(entry.quantity, onHand: state.items[Int(entry.item.rawValue)].onHand) {
      return rejected(.overflow, item: state.itemNames[Int(entry.item.rawValue)])
    }
    for line in lines.unknown where !Guards.fits(line.quantity, onHand: 0) {
      return rejected(.overflow, item: line.item)
    }
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
    return accepted(registering: isReturn ? lines.unknown.map(\.item) : [])
  }

  mutating func register(_ items: [ItemName], _ step: Step, into events: inout EventColumns) -> Outcome {
    let lines = MergedLines(items.map { Line($0, 1) }, state)
    if Guards.isChanged(lines.entries.span, step.expected, state.items.span) { return rejected(.changed) }
    for (index, line) in lines.unknown.enumerated() {
      events.appendRegistration(
        sku: line.item.sku, location: line.item.location, time: step.time, more: index + 1 < lines.unknown.count)
      foldLast(&events)
    }
    return accepted(registering: lines.unknown.map(\.item))
  }

  func accepted(registering items: [ItemName]) -> Outcome {
    .accepted(Acceptance(sequence: state.lastSequence, registered: items))
  }

  /// Registers an item in the same step as what moves into it. New numbers are above all others.
  mutating func register(_ item: ItemName, _ step: Step, into events: inout EventColumns) -> ItemNumber {
    events.appendRegistration(sku: item.sku, location: item.location, time: step.time, more: true)
    foldLast(&events)
    return ItemNumber(UInt32(state.items.count - 1))
  }

  mutating func transfer(
    _ quantity: Int64, from: ItemName, to: ItemName, _ step: Step, into events: inout EventColumns
  ) -> Outcome {
    guard let source = state.number(of: from) else { return rejected(unknown: from) }
    let target = state.number(of: to)
    if target == nil, refusesNewItems { return rejected(newItem: to, []) }
    if Guards.isChanged(source, step.expected, state.items.span) { return rejected(.changed) }
    if let target, Guards.isChanged(target, step.expected, state.items.span) { return rejected(.changed) }
    let available = state.items[Int(source.rawValue)].available
    guard available >= quantity else {
      return rejected(.insufficient, short: [.init(item: from, asked: quantity, available: available)])
    }
    if let target, !Guards.fits(quantity, onHand: state.items[Int(target.rawValue)].onHand) {
      return rejected(.overflow, item: to)
    }
    let destination = target ?? register(to, step, into: &events)
    events.appendTransfer(
      from: source, to: destination, quantity: quantity, key: step.key, digest: step.digest, time: step.time,
      more: step.more)
    foldLast(&events)
    rememberKey(step.key, step.digest)
    return accepted(registering: target == nil ? [to] : [])
  }
}
