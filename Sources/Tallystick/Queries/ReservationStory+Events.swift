/// How events make the story of a reservation.
extension ReservationStory {
  /// - Parameter event: the `reserved` one.
  init(made event: RecordedEvent) {
    self.init(
      id: event.id ?? "", sequence: event.sequence, state: .open, customer: event.customer, time: event.time,
      expires: event.expires,
      lines: event.lines.map {
        Line(item: $0.item, reserved: $0.quantity, open: $0.quantity, committed: 0, released: 0, expired: 0)
      }, events: [event])
  }

  /// What happened to it next.
  mutating func add(_ event: RecordedEvent) {
    events.append(event)
    switch event.kind {
    case .extended: expires = event.expires
    case .reopened: reopen(event)
    case .amended: amend(event)
    case .returnedOf: for line in event.lines { lines[index(of: line.item)].returned += line.quantity }
    case .transferredWith: move(event)
    default: for settled in event.lines { settle(settled, event.kind) }
    }
    state = presentState
  }

  /// All that it had let go is held again.
  private mutating func reopen(_ event: RecordedEvent) {
    expires = event.expires
    for line in event.lines {
      let index = index(of: line.item)
      lines[index].reserved = line.quantity
      lines[index].open = line.quantity
      (lines[index].released, lines[index].expired) = (0, 0)
    }
  }

  /// What it holds is at another location now.
  private mutating func move(_ event: RecordedEvent) {
    guard let hold = event.holds.first(where: { $0.reservation == sequence }), event.lines.count == 2 else { return }
    for (line, change) in zip(event.lines, [-hold.quantity, hold.quantity]) {
      let index = index(of: line.item)
      lines[index].reserved += change
      lines[index].open += change
    }
    lines.removeAll { $0.reserved == 0 }
  }

  private mutating func amend(_ event: RecordedEvent) {
    for line in event.lines {
      let index = index(of: line.item)
      if event.letsGo {
        // What was open counts as released.
        lines[index].released += lines[index].open
      } else {
        lines[index].reserved += line.heldChange
      }
      lines[index].open = line.quantity
    }
    if !event.letsGo { lines.removeAll { $0.reserved == 0 } }
  }

  private mutating func settle(_ settled: RecordedEvent.Line, _ kind: EventKind) {
    let index = index(of: settled.item)
    if kind == .committedMore {
      // What was taken beyond what was held was reserved and sold at once.
      lines[index].reserved += max(0, settled.quantity - lines[index].open)
      lines[index].open -= min(settled.quantity, lines[index].open)
      lines[index].committed += settled.quantity
      return
    }
    lines[index].open -= settled.quantity
    switch kind {
    case .committed: lines[index].committed += settled.quantity
    case .expired: lines[index].expired += settled.quantity
    default: lines[index].released += settled.quantity
    }
  }

  /// Where the item's line is; a new one ends the list.
  private mutating func index(of item: ItemName) -> Int {
    if let index = lines.firstIndex(where: { $0.item == item }) { return index }
    lines.append(Line(item: item, reserved: 0, open: 0, committed: 0, released: 0, expired: 0))
    return lines.count - 1
  }

  private var presentState: ReservationState {
    let ways = [
      lines.contains { $0.committed > 0 }, lines.contains { $0.released > 0 }, lines.contains { $0.expired > 0 },
    ]
    let count = ways.count { $0 }
    if lines.contains(where: { $0.open > 0 }) { return count == 0 ? .open : .partlySettled }
    if count > 1 { return .mixed }
    return ways[0] ? .committed : ways[2] ? .expired : .released
  }
}
