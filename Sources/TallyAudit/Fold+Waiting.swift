import TallyFormat

/// Waiting in line: first come, first served, of each item.
extension Fold {
  mutating func wait(_ event: Event, _ group: EventColumns.Waitings, _ index: Int) {
    let timeToLive = Int64(truncatingIfNeeded: group.timesToLive[index])
    let wait = Int64(truncatingIfNeeded: group.waits[index])
    // All are at most 2^53 − 1 by decoding.
    let givesUp = wait == 0 ? 0 : event.time + wait
    let lines = group.lines.range(index)
    let record = group.ids.withRawBytes(index) { id in
      group.customers.withRawBytes(index) { customer in
        open.add(
          event.ordinal, sequence: event.sequence, id: id, customer: customer, time: event.time, expires: givesUp,
          lines: lines.count)
      }
    }
    reservations += 1
    if max(givesUp, event.time + timeToLive) > Limits.maxQuantity {
      violations.report(.overflow, event.sequence, "it would give up, or the hold expire, after 2^53 − 1")
    }
    if givesUp != 0 { due.add(DueHolds.Hold(expires: givesUp, ordinal: event.ordinal)) }
    var previous: Int64 = -1
    for position in lines {
      let line = group.lines.entries[position]
      let item = Int(line.item.rawValue)
      if admits(line, after: previous, event) {
        change(item, event)
        record.addLine(line.item.rawValue, line.quantity)
        // It counts as if it held.
        if items.hasLimits, items.limits[item].plusOne != 0 { count(event, line, customer: group.customers[index]) }
        if bounded(waiting.wanted(item), plus: line.quantity) > Limits.maxQuantity {
          violations.report(
            .overflow, event.sequence, item: items.names(item), "more than 2^53 − 1 would be waited for")
        }
      }
      previous = Int64(item)
    }
    if record.lineCount < lines.count { open.closeLines(of: record) }
    record.setOpen(false)
    record.mark(OpenRecord.waits | OpenRecord.waited)
    waiting.join(event.ordinal, record, timeToLive: timeToLive)
  }

  /// Judges a step's first event by who could be filled before it.
  @inline(never)
  mutating func judgeOwed(_ event: Event) {
    waiting.reach(items)
    guard let first = waiting.first() else { return }
    // What is due at one time expires before anything is filled.
    if event.time == lastTime, event.kind == .filled || event.kind == .expired { return }
    violations.report(
      .fillingLate, event.sequence,
      "the reservation of event \(order.sequence(of: first)) waits for what is available since event \(lastSequence)")
    waiting.dropReady()
  }

  mutating func fill(_ event: Event, reservation: UInt64) {
    guard let (handle, ordinal) = find(event, reservation: reservation) else { return }
    let record = handle.record
    guard record.isWaiting else {
      violations.report(.notWaiting, event.sequence, "the reservation of event \(reservation) does not wait")
      return
    }
    judgeTurn(event, record, ordinal)
    filled += 1
    waiting.leave(ordinal, record)
    record.unmark(OpenRecord.waits)
    record.setOpen(true)
    for index in 0..<record.lineCount {
      let line = record.line(index)
      change(line.item, held: line.reserved, event)
      judgeTaken(line.item, event)
    }
    let timeToLive = waiting.timesToLive[reservation] ?? 0
    record.setExpires(timeToLive == 0 ? 0 : min(bounded(event.time, plus: timeToLive), Limits.maxQuantity))
    if timeToLive != 0 { due.add(DueHolds.Hold(expires: record.expires, ordinal: ordinal)) }
    // It holds what later ones held before it.
    holders.forget()
  }

  /// Whether it is a waiting reservation's turn.
  private mutating func judgeTurn(_ event: Event, _ record: OpenRecord, _ ordinal: Int) {
    for index in 0..<record.lineCount {
      let line = record.line(index)
      let available = items.aboveFloor(line.item)
      guard available < line.reserved else { continue }
      violations.report(
        .filledWithoutStock, event.sequence, item: items.names(line.item),
        "\(line.reserved) are filled of \(available) available")
      return
    }
    if !waiting.isReady(ordinal) {
      violations.report(
        .overtaking, event.sequence, "reservation \(record.sequence) gets what others wait for who came before it")
    } else if let first = waiting.first(), first < ordinal {
      violations.report(
        .overtaking, event.sequence, "reservation \(order.sequence(of: first)) can be filled, and comes before")
    }
  }

  /// Reports a reservation that takes what others wait for.
  mutating func judgePassing(_ item: Int, _ event: Event) {
    let available = items.aboveFloor(item)
    guard available >= 0, available < waiting.wanted(item) else { return }
    violations.report(
      .overtaking, event.sequence, item: items.names(item),
      "\(available) are left available, and \(waiting.wanted(item)) are waited for")
  }

  /// The open reservation that an event changes; reports where there is none, or it waits and holds nothing.
  mutating func findHold(
    _ event: Event, reservation: UInt64
  ) -> (handle: OpenReservations.Handle, ordinal: Int)? {
    guard let (handle, ordinal) = find(event, reservation: reservation) else { return nil }
    guard handle.record.isWaiting else { return (handle, ordinal) }
    violations.report(
      .settledBeyondOpen, event.sequence, "the reservation of event \(reservation) waits and holds nothing")
    return nil
  }

  /// An amendment of a reservation that waits: it waits for less, at its place.
  ///
  /// - Parameter amended: how many it waits for of each item from then on.
  mutating func wantLess(
    _ event: Event, _ handle: OpenReservations.Handle, _ ordinal: Int, _ amended: ArraySlice<LineEntry>
  ) {
    let record = handle.record
    var lines = record.lines
    var previous: Int64 = -1
    for line in amended {
      let item = Int(line.item.rawValue)
      let isAdmitted = admitsLevel(line, after: previous, event)
      previous = Int64(item)
      guard isAdmitted else { continue }
      change(item, event)
      let place = record.lineIndex(of: item)
      let wanted = place.map { lines[$0].reserved } ?? 0
      guard line.quantity <= wanted else {
        violations.report(
          .settledBeyondOpen, event.sequence, item: items.names(item),
          "\(line.quantity) wanted by what waits for \(wanted)")
        continue
      }
      guard let place, line.quantity < wanted else { continue }
      waiting.wantLess(ordinal, item, by: wanted - line.quantity, isAll: line.quantity == 0)
      giveBack(item, wanted - line.quantity, record)
      lines[place].reserved = line.quantity
    }
    record.mark(128)
    lines.removeAll { $0.reserved == 0 }
    if !lines.isEmpty { return record.setLines(lines) }
    record.mark(2)
    waiting.leave(ordinal, record)
    close(handle)
  }

  /// What ends the waiting of a reservation: its release, or an expiry.
  mutating func giveUp(_ event: Event, _ handle: OpenReservations.Handle) {
    let record = handle.record
    guard let ordinal = order.ordinal(of: record.sequence, among: event.ordinal) else { return }
    waiting.leave(ordinal, record)
    for index in 0..<record.lineCount {
      let line = record.line(index)
      change(line.item, event)
      giveBack(line.item, line.reserved, record)
    }
    close(handle)
  }

  /// Takes back what counted of an item with a limit.
  mutating func giveBack(_ item: Int, _ quantity: Int64, _ record: OpenRecord) {
    guard items.hasLimits, items.limits[item].plusOne != 0, items.limits[item].since < record.sequence else { return }
    let customer = Name(bytes: Array(record.customer))
    if !customer.isEmpty { _ = counts.add(-quantity, item: item, customer: customer) }
  }
}
