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
