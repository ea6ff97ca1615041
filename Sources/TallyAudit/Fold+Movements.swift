import TallyFormat

/// Events that change what is on hand, and what is known of items.
extension Fold {
  mutating func register(_ event: Event, _ group: EventColumns.Registrations, _ index: Int) {
    let number = items.count
    let earlier = group.skus.withBytes(index) { sku in
      group.locations.withBytes(index) { items.register(sku, $0, at: event.sequence) }
    }
    if let earlier {
      violations.report(
        .itemRegisteredTwice, event.sequence, item: items.names(number), "it is item number \(earlier) already")
    }
    judgeStep(event, into: [number])
  }

  mutating func receive(_ event: Event, _ group: EventColumns.Movements, _ index: Int) {
    var previous: Int64 = -1
    var into = [Int]()
    let isWhole = step.isWholeStep(event.kind, more: event.more)
    for position in group.lines.range(index) {
      let line = group.lines.entries[position]
      let item = Int(line.item.rawValue)
      if admits(line, after: previous, event) {
        change(item, onHand: line.quantity, event)
        judgeAdded(item, event)
      }
      previous = Int64(item)
      if !isWhole { into.append(item) }
    }
    judgeStep(event, key: group.keys, index, into: into)
  }

  mutating func adjust(_ event: Event, _ group: EventColumns.Adjustments, _ index: Int) {
    let item = Int(group.items[index].rawValue)
    let amount = group.changes[index]
    if isKnown(item, event) {
      judgeReleases(event, item: item, amount: amount, policy: group.policies[index])
      if amount < -Limits.maxQuantity || amount > Limits.maxQuantity || (amount == 0 && !group.isTo[index]) {
        violations.report(.quantityRange, event.sequence, item: items.names(item), "a change by \(amount)")
      }
      change(item, onHand: amount, event)
      if amount < 0 { judgeTaken(item, event) } else { judgeAdded(item, event) }
    }
    judgeStep(event, key: group.keys, index)
  }

  /// Whether the releases just before an adjust are what its policy makes: whole reservations that hold the item, or of
  /// each what is missing of it, newest or oldest first, only as many as needed.
  private mutating func judgeReleases(_ event: Event, item: Int, amount: Int64, policy: UInt8) {
    guard let last = releasedForAdjust.last else { return }
    func report(_ detail: String) {
      violations.report(.stepForm, event.sequence, item: items.names(item), detail)
    }
    if policy == 0 { report("reservations are released for an adjust without a release policy") }
    let trims = policy > 2
    for release in releasedForAdjust
    where !(trims ? release.lines.count == 1 : release.isWhole) || !release.lines.contains(where: { $0.item == item }) {
      report("reservation \(release.reservation) is released for the adjust of an item that it does not hold")
    }
    if trims, let partial = releasedForAdjust.dropLast().first(where: { !$0.isAllOfItem }) {
      report("reservation \(partial.reservation) gives a part of what it holds, and another follows")
    }
    for (earlier, later) in zip(releasedForAdjust, releasedForAdjust.dropFirst())
    where policy != 0 && (policy % 2 == 1) != (earlier.reservation > later.reservation) {
      report("reservations \(earlier.reservation) and \(later.reservation) are released in the wrong order")
    }
    if let other = passedOver(item, policy: policy, last) {
      report("reservation \(order.sequence(of: other)) holds the item, too, and comes before \(last.reservation)")
    }
    let given = last.lines.reduce(Int64(0)) { $1.item == item ? bounded($0, plus: $1.quantity) : $0 }
    let before = bounded(items.stock[item].available, plus: -given)
    if bounded(before, plus: amount) >= 0 { report("reservation \(last.reservation) is released without need") }
    if trims, bounded(items.stock[item].available, plus: amount) != 0 {
      report("reservation \(last.reservation) gives more or less than is missing")
    }
  }

  /// The place of an open reservation that the policy would have released before `last`, the last that was; `nil`: none.
  private mutating func passedOver(_ item: Int, policy: UInt8, _ last: ReleaseForAdjust) -> Int? {
    guard let released = last.ordinal else { return nil }
    switch policy {
    case 1, 3: return holders.newest(item, open).flatMap { $0 > released ? $0 : nil }
    case 2, 4: return holders.oldest(item, open).flatMap { $0 < released ? $0 : nil }
    default: return nil
    }
  }

  /// Whether goods can be moved between two items; reports what is wrong with that.
  mutating func areItemsOfTransfer(_ from: Int, _ to: Int, _ event: Event) -> Bool {
    if from == to {
      violations.report(.transferToItself, event.sequence, item: items.names(from), "from and to are one item")
    }
    guard isKnown(from, event) && isKnown(to, event) else { return false }
    if items.sku(from) != items.sku(to) {
      violations.report(.stepForm, event.sequence, item: items.names(from), "a transfer to another SKU")
    }
    return true
  }

  mutating func transfer(_ event: Event, _ group: EventColumns.Transfers, _ index: Int) {
    let from = Int(group.from[index].rawValue)
    let to = Int(group.to[index].rawValue)
    let quantity = group.quantities[index]
    if areItemsOfTransfer(from, to, event), isQuantity(quantity, from, event) {
      change(from, onHand: -quantity, event)
      judgeTaken(from, event)
      judgeFloor(from, event)
      change(to, onHand: quantity, event)
      judgeAdded(to, event)
    }
    judgeStep(event, key: group.keys, index, into: [to])
  }

  mutating func setFloor(_ event: Event, _ group: EventColumns.FloorSettings, _ index: Int) {
    let item = Int(group.items[index].rawValue)
    if isKnown(item, event) {
      items.setFloor(item, Int64(truncatingIfNeeded: group.floors[index]))
      items.stock[item].lastChange = event.sequence
      if waiting.isKept { waiting.touch(item) }
    }
    judgeStep(event, key: group.keys, index)
  }

  mutating func setLimit(_ event: Event, _ group: EventColumns.LimitSettings, _ index: Int) {
    let item = Int(group.items[index].rawValue)
    let limitPlusOne = group.limitsPlusOne[index]
    if isKnown(item, event) {
      var limit = items.limits[item]
      if limitPlusOne == 0 {
        limit.since = 0
        counts.drop(item: item)
      } else if limit.plusOne == 0 {
        limit.since = event.sequence
      }
      limit.plusOne = limitPlusOne
      items.setLimit(item, limit)
      items.stock[item].lastChange = event.sequence
    }
    judgeStep(event, key: group.keys, index)
  }
}
