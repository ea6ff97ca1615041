/// Runs of rows that are all of the commonest kind: judged in one loop over tables whose memory is found once a run, and
/// recorded column by column.
extension Judge {
  /// Takes reservations that are accepted, from the first row on, up to the first that is something else: a new, plain and
  /// not long id, one line of an item that exists and has enough available, no customer, no limit. The rules are those of
  /// ``reserve(id:_:_:unknown:customer:timeToLive:_:into:)``; whatever is not common is left to it.
  ///
  /// - Parameters:
  ///   - rest: which rows.
  ///   - shortest: so many reserves must follow each other.
  /// - Returns: how many rows were taken; the next is not common.
  mutating func reserveRun(
    _ rows: borrowing PreparedRows, _ rest: Range<Int>, shortest: Int, time: Int64, into events: inout EventColumns
  ) -> Int {
    var reserves = rest.lowerBound
    while reserves < rest.upperBound, rows.columns.kinds[reserves] == .reserve { reserves += 1 }
    let rest = rest.lowerBound..<reserves
    guard rest.count >= shortest,
      state.lastSequence + UInt64(rest.count) - names.newest.base <= NameTable.maxEvents
    else { return 0 }
    let new = knownNames.countOfNew(from: rest.lowerBound, atMost: rest.count, names.generations.count)
    guard new > 0 else { return 0 }
    run.removeAll(keepingCapacity: true)
    Judge.take(
      rows, rest.prefix(new), time: time, after: state.lastSequence, &names.newest, &state.items, into: &run)
    guard !run.isEmpty else { return 0 }
    events.appendReservations(
      rest.lowerBound..<(rest.lowerBound + run.count), ids: rows.columns.names, lines: rows.columns.lines,
      timesToLive: rows.columns.timesToLive, time: time)
    state.hold(run, time: time)
    return run.count
  }

  /// The loop of ``reserveRun(_:_:shortest:time:into:)``: what it may change are the names and the items.
  ///
  /// - Parameter range: rows whose names nothing knows, but perhaps `names`.
  private static func take(
    _ rows: borrowing PreparedRows, _ range: Range<Int>, time: Int64, after last: UInt64, _ names: inout NameTable,
    _ items: inout [State.Item], into run: inout [ReservationRecord]
  ) {
    items.withUnsafeMutableBufferPointer { items in
      names.insert(room: range.count) { inserter in
        var sequence = last
        for index in range {
          let lines = rows.columns.lines.range(index)
          guard lines.count == 1, rows.columns.customers.range(index).isEmpty else { break }
          let line = rows.columns.lines.entries[lines.lowerBound]
          let timeToLive = rows.columns.timesToLive[index]
          guard line.quantity >= 1, line.quantity <= Limits.maxQuantity, timeToLive >= 0,
            timeToLive <= Limits.maxQuantity - time, Int(line.item.rawValue) < items.count
          else { break }
          let item = Int(line.item.rawValue)
          guard items[item].limit < 0, items[item].available >= line.quantity else { break }
          guard rows.isCompact(index), inserter.insertIfNew(rows.fingerprints[index], sequence + 1) else { break }
          sequence += 1
          items[item].held += line.quantity
          items[item].lastChange = sequence
          run.append(
            ReservationRecord(
              sequence: sequence, time: time, expires: timeToLive == 0 ? 0 : time + timeToLive, id: rows.halves[index],
              idLength: rows.columns.names.range(index).count, line))
        }
        return (run.count, sequence)
      }
    }
  }
}
