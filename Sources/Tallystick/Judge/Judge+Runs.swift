/// Runs of rows that are all of the commonest kind: judged in one loop over tables whose memory is found once a run, and
/// recorded column by column.
extension Judge {
  /// Takes reservations that are accepted, from the first row on, up to the first that is something else: a new, plain and
  /// not long id, one line, no customer. Asks the ladder of a reservation; what that does not accept is left to a single row.
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
    #if DEBUG
      let before = BeforeStraightLine(state, events, rows, rest.lowerBound...(rest.lowerBound + new - 1))
      defer { foldAgain(before, &events) }
    #endif
    run.removeAll(keepingCapacity: true)
    Judge.accept(
      rows, rest.prefix(new), time: time, after: state.lastSequence, state.recipes, &names.newest, &state.items,
      into: &run)
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
  private static func accept(
    _ rows: borrowing PreparedRows, _ range: Range<Int>, time: Int64, after last: UInt64, _ recipes: RecipeTable,
    _ names: inout NameTable, _ items: inout [State.Item], into run: inout [ReservationRecord]
  ) {
    let hasRecipes = !recipes.isEmpty
    items.withUnsafeMutableBufferPointer { items in
      names.insert(room: range.count) { inserter in
        var sequence = last
        for index in range {
          let lines = rows.columns.lines.range(index)
          let timeToLive = rows.columns.timesToLive[index]
          guard lines.count == 1, rows.columns.customers.range(index).isEmpty, rows.isCompact(index) else { break }
          let asked = rows.columns.lines.entries.span.extracting(lines)
          guard Form.isRow(asked, timeToLive: timeToLive) else { break }
          if hasRecipes, recipes[asked[0].item] != nil { break }
          // The id is claimed where it is looked for, and given back if another rung stops the row.
          let place = inserter.claim(rows.fingerprints[index], sequence + 1)
          guard
            Guards.reservation(
              isTaken: place == nil, asked, customer: NoCustomer(), timeToLive: timeToLive, at: time, items.span)
              == .accepted
          else {
            if let place { inserter.withdraw(place) }
            break
          }
          let line = asked[0]
          sequence += 1
          items[Int(line.item.rawValue)].held += line.quantity
          items[Int(line.item.rawValue)].lastChange = sequence
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
