/// Rows that extend or amend.
extension Judge {
  /// An open hold's expiry in a straight line. False: not that; nothing has happened.
  ///
  /// - Parameter group: the rows that ``preparedSlots`` are of.
  mutating func extendRow(
    _ rows: borrowing PreparedRows, _ index: Int, of group: Range<Int>, time: Int64, into events: inout EventColumns
  ) -> Bool {
    let prepared = preparedSlots[index - group.lowerBound]
    let slot = prepared >= 0 ? prepared : slot(of: rows.fingerprints[index]) ?? -1
    let timeToLive = rows.columns.timesToLive[index]
    guard slot >= 0, rows.isCompact(index), timeToLive == 0 || Form.isTimeToLive(timeToLive),
      timeToLive <= Limits.maxQuantity - time
    else { return false }
    let record = state.reservations[slot: slot]
    let isKnown = record.hasID(rows.halves[index], length: rows.columns.names.range(index).count)
    guard !record.waits, Guards.settlement(isKnown: isKnown, isOpen: record.isOpen) == .accepted else { return false }
    #if DEBUG
      let before = BeforeStraightLine(state, events, settling: record.sequence)
      defer { foldAgain(before, &events) }
    #endif
    events.appendExtension(
      reservation: record.sequence, timeToLive: timeToLive, key: nil, digest: .none, time: time, more: false)
    state.lastSequence += 1
    state.lastTime = time
    state.extend(slot: slot, to: timeToLive == 0 ? 0 : time + timeToLive)
    return true
  }

  /// Another quantity of the one item that an open hold without customer has, in a straight line. False: not that; nothing has
  /// happened.
  ///
  /// - Parameter group: the rows that ``preparedSlots`` are of.
  mutating func amendRow(
    _ rows: borrowing PreparedRows, _ index: Int, of group: Range<Int>, time: Int64, into events: inout EventColumns
  ) -> Bool {
    let range = rows.columns.lines.range(index)
    let prepared = preparedSlots[index - group.lowerBound]
    let slot = prepared >= 0 ? prepared : slot(of: rows.fingerprints[index]) ?? -1
    guard slot >= 0, range.count == 1, rows.isCompact(index), state.recipes.isEmpty else { return false }
    let line = rows.columns.lines.entries[range.lowerBound]
    let record = state.reservations[slot: slot]
    let isKnown = record.hasID(rows.halves[index], length: rows.columns.names.range(index).count)
    guard Form.isQuantity(line.quantity), record.isPlain, record.item == line.item, !record.waits,
      Guards.settlement(isKnown: isKnown, isOpen: record.isOpen) == .accepted
    else { return false }
    let more = line.quantity - record.open
    if more > 0 {
      let claim = Guards.Claim(item: line.item, more: more, counted: more)
      guard more <= Limits.maxQuantity - record.reserved,
        Guards.claims(CollectionOfOne(claim), customer: NoCustomer(), state.items.span) == .accepted
      else { return false }
    }
    #if DEBUG
      let before = BeforeStraightLine(state, events, settling: record.sequence)
      defer { foldAgain(before, &events) }
    #endif
    withUnsafePointer(to: line) { line in
      events.appendAmendment(
        reservation: record.sequence, lines: UnsafeBufferPointer(start: line, count: 1), key: nil, digest: .none,
        time: time, more: false)
    }
    state.amend(slot: slot, line, time: time)
    return true
  }

  /// Judges a row that has no flaw in full.
  mutating func alterRow(
    _ rows: borrowing PreparedRows, _ index: Int, _ step: Step, into events: inout EventColumns
  ) -> Outcome {
    let id = rows.columns.names[index]
    if rows.columns.kinds[index] == .extend {
      return extend(id, rows.columns.timesToLive[index], step, into: &events)
    }
    var lines = MergedLines()
    for entry in rows.columns.lines[index] {
      if Int(entry.item.rawValue) < state.items.count {
        lines.entries.append(entry)
      } else {
        lines.unknown.append(Line(Judge.unnumbered, entry.quantity))
      }
    }
    return amend(id, lines, step, into: &events)
  }
}
