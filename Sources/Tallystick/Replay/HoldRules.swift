/// Judges whether the holds that go with goods are those that the command's selection makes. The rule is
/// ``Rule/stepForm``.
enum HoldRules {
  /// - Parameter state: before the event. A look at every open reservation where the holds of all were asked for and some
  ///   stay: as long as the judge's who made the event.
  static func admits(
    _ group: EventColumns.AccompaniedTransfers, _ ordinal: Int, _ state: borrowing State
  ) -> Bool {
    let (from, quantity) = (group.from[ordinal], group.quantities[ordinal])
    let holds = group.holds[ordinal]
    // What is no item, or no reservation, is the fold's to refuse.
    guard Int(from.rawValue) < state.items.count else { return true }
    func isWhole(_ hold: EventColumns.MovedHold) -> Bool {
      state.reservations[hold.reservation].map { $0.open(of: from) == hold.quantity } ?? true
    }
    guard group.isOfAll[ordinal] else { return !holds.isEmpty && holds.allSatisfy(isWhole) }
    guard holds.dropLast().allSatisfy(isWhole) else { return false }
    let moved = holds.reduce(Int64(0)) { $0 &+ $1.quantity }
    let held = state.items[Int(from.rawValue)].held
    guard moved == min(quantity, held) else { return false }
    guard moved < held, let last = holds.last else { return true }
    let listed = Set(holds.map(\.reservation))
    var isPassedOver = false
    state.reservations.visit { reservation in
      guard reservation.isOpen, reservation.sequence < last.reservation, !listed.contains(reservation.sequence) else {
        return
      }
      isPassedOver = isPassedOver || reservation.open(of: from) > 0
    }
    return !isPassedOver
  }
}
