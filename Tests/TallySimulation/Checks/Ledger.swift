import Tallystick

/// The stock as the events' own changes add up to it: no look at the library's fold.
struct Ledger {
  private var stock: [ItemName: (onHand: Int64, held: Int64)] = [:]
  private var time: Int64 = 0
  private(set) var lastSequence: UInt64 = 0

  /// Returns what is wrong with an event after those before it; `nil`: nothing.
  mutating func add(_ event: RecordedEvent) -> String? {
    guard event.sequence == lastSequence + 1 else { return "event \(event.sequence) follows event \(lastSequence)" }
    lastSequence = event.sequence
    guard event.time >= time else { return "event \(event.sequence) is earlier than the one before it" }
    time = event.time
    for line in event.lines {
      var level = stock[line.item] ?? (0, 0)
      level.onHand += line.onHandChange
      level.held += line.heldChange
      stock[line.item] = level
      if level.held < 0 || level.onHand < level.held {
        return "after event \(event.sequence) \(line.item) has \(level.onHand) on hand and \(level.held) held"
      }
    }
    return nil
  }
}
