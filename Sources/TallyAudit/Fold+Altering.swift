import TallyFormat

/// Events that change an open reservation: `extended`, `amended`, and `committed` of more than is held.
extension Fold {
  mutating func extend(_ event: Event, _ group: EventColumns.Extensions, _ index: Int) {
    if let (handle, ordinal) = find(event, reservation: group.references[index]) {
      let timeToLive = Int64(truncatingIfNeeded: group.timesToLive[index])
      // Both are at most 2^53 − 1 by decoding.
      let expires = timeToLive == 0 ? 0 : event.time + timeToLive
      if expires > Limits.maxQuantity {
        violations.report(.overflow, event.sequence, "the hold would expire at \(expires), after 2^53 − 1")
      }
      let before = handle.record.expires
      handle.record.setExpires(expires)
      handle.record.mark(128)
      if before != 0 { due.settle(open) }
      if expires != 0 { due.add(DueHolds.Hold(expires: expires, ordinal: ordinal)) }
    }
    judgeStep(event, key: group.keys, index)
  }

  mutating func amend(_ event: Event, _ group: EventColumns.Amendments, _ index: Int) {
    if let (handle, _) = find(event, reservation: group.references[index]) {
      amend(event, handle, group.lines[index])
    }
    judgeStep(event, key: group.keys, index)
  }

  /// - Parameter amended: how many are held of each item from then on.
  private mutating func amend(
    _ event: Event, _ handle: OpenReservations.Handle, _ amended: ArraySlice<LineEntry>
  ) {
    let record = handle.record
    var lines = record.lines
    var previous: Int64 = -1
    var place = 0
    for line in amended {
      let item = Int(line.item.rawValue)
      let isAdmitted = admitsLevel(line, after: previous, event)
      // Both ascend by item number in an intact log.
      if Int64(item) <= previous { place = 0 }
      previous = Int64(item)
      guard isAdmitted else { continue }
      while place < lines.count, lines[place].item < item { place += 1 }
      if place == lines.count || lines[place].item != item {
        lines.insert(OpenRecord.Line(item: item, reserved: 0, open: 0), at: place)
      }
      hold(event, line.quantity, &lines[place], record)
    }
    record.mark(128)
    guard lines.contains(where: { $0.open > 0 }) else {
      // What was open was let go.
      record.mark(2)
      return close(handle)
    }
    lines.removeAll { $0.reserved == 0 }
    if lines.count > Limits.maxLinesPerEvent {
      violations.report(.overflow, event.sequence, "the reservation has \(lines.count) lines")
      lines.removeLast(lines.count - Limits.maxLinesPerEvent)
    }
    if lines.map(\.item) != record.lines.map(\.item)
      || zip(lines, record.lines).contains(where: { $0.open > 0 && $1.open <= 0 })
    {
      holders.forget()
    }
    open.setLines(lines, of: handle)
  }

  /// Has a reservation hold so many of a line, more or less than before.
  ///
  /// - Parameter isReopening: its parts, if it has a recipe, come with it as they did at first.
  mutating func hold(
    _ event: Event, _ quantity: Int64, _ line: inout OpenRecord.Line, _ record: OpenRecord, isReopening: Bool = false
  ) {
    let more = bounded(quantity, plus: -line.open)
    let item = line.item
    change(item, held: more, event)
    let limit = items.limits[item]
    let isCounted = limit.since < record.sequence
    let customer = limit.plusOne == 0 ? "" : Name(bytes: Array(record.customer))
    if more > 0 {
      judgeTaken(item, event)
      if items.hasFloors { judgeFloor(item, event) }
      if items.hasRecipes, !isReopening { judgeMore(item, event) }
      if limit.plusOne != 0 { count(event, more, isCounted: isCounted, of: quantity, item, customer) }
    } else if items.stock[item].held < 0 {
      violations.report(
        .negativeHeld, event.sequence, item: items.names(item), "held is \(items.stock[item].held) after the event")
    }
    if more < 0, limit.plusOne != 0, isCounted, !customer.isEmpty {
      _ = counts.add(more, item: item, customer: customer)
    }
    line.reserved = bounded(line.reserved, plus: more)
    line.open = quantity
    if line.reserved > Limits.maxQuantity {
      violations.report(
        .overflow, event.sequence, item: items.names(item), "\(line.reserved) reserved, more than 2^53 − 1")
    }
  }

  /// Units that a reservation takes beyond what it holds, of an item that has a limit.
  ///
  /// - Parameters:
  ///   - isCounted: the reservation was made since the limit was set.
  ///   - quantity: what is then open.
  private mutating func count(
    _ event: Event, _ more: Int64, isCounted: Bool, of quantity: Int64, _ item: Int, _ customer: Name
  ) {
    guard !customer.isEmpty else {
      return violations.report(
        .limitWithoutCustomer, event.sequence, item: items.names(item), "the item has a limit a customer")
    }
    let limit = Int64(bitPattern: items.limits[item].plusOne) - 1
    // Of an older reservation nothing counts, nor will: then all that it holds must fit beside what does.
    let count =
      isCounted
      ? counts.add(more, item: item, customer: customer)
      : bounded(counts.add(0, item: item, customer: customer), plus: quantity)
    if count > limit {
      violations.report(
        .limitExceeded, event.sequence, item: items.names(item), "customer \(customer) comes to \(count) of \(limit)")
    }
  }

  mutating func commitMore(_ event: Event, _ group: EventColumns.Amendments, _ index: Int) {
    if let (handle, _) = find(event, reservation: group.references[index]) {
      commitMore(event, handle, group.lines[index])
    }
    judgeStep(event, key: group.keys, index)
  }

  private mutating func commitMore(
    _ event: Event, _ handle: OpenReservations.Handle, _ committed: ArraySlice<LineEntry>
  ) {
    let record = handle.record
    var lines = record.lines
    var previous: Int64 = -1
    for line in committed {
      let item = Int(line.item.rawValue)
      let isAdmitted = admits(line, after: previous, event)
      previous = Int64(item)
      guard isAdmitted, let place = lineIndex(of: item, record, event) else { continue }
      if line.quantity > lines[place].open {
        record.mark(128)
        hold(event, line.quantity, &lines[place], record)
      }
      take(event, item, line.quantity, record)
      lines[place].open = bounded(lines[place].open, plus: -line.quantity)
    }
    record.mark(1)
    record.setLines(lines)
    if record.isSettled { close(handle) }
  }

  /// Whether a line of an amendment can be applied; reports what is wrong with it.
  private mutating func admitsLevel(_ line: LineEntry, after previous: Int64, _ event: Event) -> Bool {
    line.quantity == 0
      ? admits(LineEntry(item: line.item, quantity: 1), after: previous, event) : admits(line, after: previous, event)
  }
}
