/// A reservation's story, told event by event.
extension ReservationStory {
  /// - Parameter event: `reserved` or `waiting`.
  init(made event: RecordedEvent) {
    let waits = event.kind == .waiting
    self.init(
      id: event.id ?? "", sequence: event.sequence, state: waits ? .waiting : .open, customer: event.customer,
      time: event.time, expires: event.expires, givesUp: event.givesUp,
      lines: event.lines.map {
        Line(
          item: $0.item, reserved: $0.quantity, waiting: waits ? $0.quantity : 0, open: waits ? 0 : $0.quantity,
          committed: 0, released: 0, expired: 0)
      }, events: [event])
  }

  mutating func add(_ event: RecordedEvent) {
    events.append(event)
    for change in event.lines {
      guard let index = lines.firstIndex(where: { $0.item == change.item }) else { continue }
      lines[index].waiting += change.waitingChange
      lines[index].open += change.heldChange
      switch event.kind {
      case .filled: break
      case .committed: lines[index].committed += change.quantity
      case .expired: lines[index].expired += change.quantity
      default: lines[index].released += change.quantity
      }
    }
    if event.kind == .filled { (filled, expires) = (event.time, event.expires) }
    state = presentState
  }

  private var presentState: ReservationState {
    let kinds = Set(events.dropFirst().map(\.kind)).subtracting([.filled])
    if lines.contains(where: { $0.waiting > 0 }) { return .waiting }
    if lines.contains(where: { $0.open > 0 }) { return kinds.isEmpty ? .open : .partlySettled }
    if kinds.count > 1 { return .mixed }
    return kinds.first == .committed ? .committed : kinds.first == .expired ? .expired : .released
  }
}
