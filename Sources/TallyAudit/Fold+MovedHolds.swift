import TallyFormat

/// Goods that are moved with the holds on them.
extension Fold {
  mutating func transfer(_ event: Event, _ group: EventColumns.AccompaniedTransfers, _ index: Int) {
    let from = Int(group.from[index].rawValue)
    let to = Int(group.to[index].rawValue)
    let quantity = group.quantities[index]
    if areItemsOfTransfer(from, to, event), isQuantity(quantity, from, event) {
      let held = moveHolds(event, group, index, from, to)
      change(from, onHand: -quantity, held: -held, event)
      if items.stock[from].held < 0 {
        violations.report(
          .negativeHeld, event.sequence, item: items.names(from), "held is \(items.stock[from].held) after the event")
      }
      judgeTaken(from, event)
      // Goods that go with their holds leave what is not held as it was.
      if items.hasFloors, held < quantity { judgeFloor(from, event) }
      change(to, onHand: quantity, held: held, event)
      judgeAdded(to, event)
    }
    judgeStep(event, key: group.keys, index, into: [to])
  }

  /// Has reservations hold at one place what they held at another; returns how much that is.
  private mutating func moveHolds(
    _ event: Event, _ group: EventColumns.AccompaniedTransfers, _ index: Int, _ from: Int, _ to: Int
  ) -> Int64 {
    let holds = group.holds[index]
    let quantity = group.quantities[index]
    var selection = Selection(isOfAll: group.isOfAll[index], count: holds.count)
    var moved: Int64 = 0
    var previous: UInt64 = 0
    for hold in holds {
      if hold.reservation <= previous {
        violations.report(.lineOrder, event.sequence, "the hold of \(hold.reservation) follows \(previous)")
      }
      previous = hold.reservation
      guard hold.quantity >= 1, hold.quantity <= bounded(quantity, plus: -moved) else {
        violations.report(
          .quantityRange, event.sequence, item: items.names(from),
          "\(hold.quantity) moves of a hold, of \(quantity) in all")
        continue
      }
      guard let (handle, ordinal) = findHold(event, reservation: hold.reservation) else { continue }
      let isOpen = handle.record.lineIndex(of: from).map { handle.record.line($0).open } ?? 0
      guard hold.quantity <= isOpen else {
        violations.report(
          .settledBeyondOpen, event.sequence, item: items.names(from), "\(hold.quantity) moved of \(isOpen) open")
        continue
      }
      selection.take(isWhole: hold.quantity == isOpen, ordinal)
      moved = bounded(moved, plus: hold.quantity)
      move(hold.quantity, of: handle, from, to, event)
    }
    if !holds.isEmpty { holders.forget() }
    judge(selection, event, from, moved: moved, of: quantity)
    return moved
  }

  private mutating func move(
    _ quantity: Int64, of handle: OpenReservations.Handle, _ from: Int, _ to: Int, _ event: Event
  ) {
    let record = handle.record
    var lines = record.lines
    for (item, change) in [(from, -quantity), (to, quantity)] {
      let place = lines.firstIndex { $0.item >= item } ?? lines.count
      if place == lines.count || lines[place].item != item {
        lines.insert(OpenRecord.Line(item: item, reserved: 0, open: 0), at: place)
      }
      lines[place].reserved = bounded(lines[place].reserved, plus: change)
      lines[place].open = bounded(lines[place].open, plus: change)
      if lines[place].reserved > Limits.maxQuantity {
        violations.report(.overflow, event.sequence, item: items.names(item), "\(lines[place].reserved) reserved")
      }
      let limit = items.limits[item]
      let customer = Name(bytes: Array(record.customer))
      if limit.plusOne != 0, limit.since < record.sequence, !customer.isEmpty {
        let count = counts.add(change, item: item, customer: customer)
        // Moving asks no limit, but no count passes what a number can be.
        if count > Limits.maxQuantity { _ = counts.add(Limits.maxQuantity - count, item: item, customer: customer) }
      }
    }
    lines.removeAll { $0.reserved == 0 }
    if lines.count > Limits.maxLinesPerEvent {
      violations.report(.overflow, event.sequence, "the reservation has \(lines.count) lines")
      lines.removeLast(lines.count - Limits.maxLinesPerEvent)
    }
    record.mark(128)
    open.setLines(lines, of: handle)
  }

  /// Which holds have gone with the goods.
  private struct Selection {
    let isOfAll: Bool
    let count: Int
    private(set) var taken = 0
    /// Of those that moved, how many had more open than that.
    private(set) var parts = 0
    private(set) var isLastPart = false
    private(set) var last: Int?

    init(isOfAll: Bool, count: Int) {
      self.isOfAll = isOfAll
      self.count = count
    }

    mutating func take(isWhole: Bool, _ ordinal: Int) {
      taken += 1
      if !isWhole { parts += 1 }
      isLastPart = !isWhole
      last = ordinal
    }
  }

  /// Whether these are the holds that the command's selection makes.
  private mutating func judge(_ selection: Selection, _ event: Event, _ from: Int, moved: Int64, of quantity: Int64) {
    func report(_ detail: String) { violations.report(.stepForm, event.sequence, item: items.names(from), detail) }
    // What is wrong with one of them has been said.
    guard selection.taken == selection.count else { return }
    guard selection.isOfAll else {
      if selection.count == 0 || selection.parts > 0 { report("of a reservation that is named not all moves") }
      return
    }
    if selection.parts > (selection.isLastPart ? 1 : 0) { return report("a part of a hold moves, and another follows") }
    // As it was before the event.
    let held = items.stock[from].held
    if moved != min(quantity, held) { return report("\(moved) of \(held) held move with \(quantity)") }
    guard moved < held, let last = selection.last else { return }
    holders.keep(open)
    if let oldest = holders.oldest(from, open), oldest < last {
      report("reservation \(order.sequence(of: oldest)) holds the item, too, and comes before")
    }
  }
}
