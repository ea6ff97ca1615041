/// Rows of bulk work, judged by the same rules as commands.
extension Judge {
  /// Rows from which a run costs less than as many single rows.
  private static let shortestRun = 6
  /// Lines a row, on average, whose items are asked for ahead.
  private static let preparedLines = 4

  /// Asks the processor for the memory that judging some rows will touch.
  ///
  /// Nearly all the time of a judgement is two cache misses, in the name table and in the items: asked for in groups,
  /// they overlap. Measured with 100,000 SKUs: from 640 to 300 ns a reservation.
  private mutating func prepare(_ rows: borrowing PreparedRows, _ range: Range<Int>) {
    prefetchNames(rows, range)
    prefetchItems(rows, range)
    prepareSettlements(rows, range)
    knownNames.look(rows, range, names, history)
  }

  func prefetchNames(_ rows: borrowing PreparedRows, _ range: Range<Int>) {
    rows.withFingerprints(range) { names.prefetch($0) }
  }

  func prefetchItems(_ rows: borrowing PreparedRows, _ range: Range<Int>) {
    guard let last = range.last else { return }
    // The rows' lines stand back to back.
    let lines = rows.columns.lines.range(range.lowerBound).lowerBound..<rows.columns.lines.range(last).upperBound
    for line in lines.prefix(range.count * Judge.preparedLines) {
      state.prefetchItem(Int(rows.columns.lines.entries[line].item.rawValue))
    }
  }

  /// Finds what rows settle and asks for it: the record first, and when all are asked for, their items.
  mutating func prepareSettlements(_ rows: borrowing PreparedRows, _ range: Range<Int>) {
    preparedSlots.removeAll(keepingCapacity: true)
    guard rows.columns.refers(range) else { return }
    for index in range where rows.columns.kinds[index].refers {
      names.prefetchSealed(rows.fingerprints[index])
    }
    for index in range {
      let slot = rows.columns.kinds[index].refers ? slot(of: rows.fingerprints[index]) : nil
      if let slot { state.reservations.prefetch(slot: slot) }
      preparedSlots.append(slot ?? -1)
    }
    for index in 0..<preparedSlots.count where preparedSlots[index] >= 0 {
      let record = state.reservations[slot: preparedSlots[index]]
      state.prefetchItem(Int(record.item.rawValue))
      state.reservations.prefetchExtraPlace(of: record)
    }
    for index in 0..<preparedSlots.count where preparedSlots[index] >= 0 {
      let record = state.reservations[slot: preparedSlots[index]]
      state.reservations.prefetchExtra(of: record)
    }
  }

  /// Judges some rows, after what is due by then, and appends their answers; up to the first before which somebody may have
  /// to be served who waits.
  ///
  /// - Parameters:
  ///   - range: few enough rows that what is prefetched for the last is not lost while the first is judged.
  ///   - time: the clock's time, not before the last event's.
  mutating func judge(
    _ rows: borrowing PreparedRows, _ range: Range<Int>, time: Int64, into events: inout EventColumns,
    _ outcomes: inout RowOutcomes
  ) {
    catchUp(at: time, into: &events)
    prepare(rows, range)
    var index = range.lowerBound
    while index < range.upperBound {
      let first = state.lastSequence + 1
      let taken = reserveRun(
        rows, index..<range.upperBound, shortest: Judge.shortestRun, time: time, into: &events)
      outcomes.appendAccepted(taken, from: first)
      index += taken
      guard taken == 0 else { continue }
      judgeRow(rows, index, of: range, time: time, into: &events, &outcomes)
      index += 1
      if state.waiting.mayOwe { return }
    }
  }

  private mutating func judgeRow(
    _ rows: borrowing PreparedRows, _ index: Int, of group: Range<Int>, time: Int64, into events: inout EventColumns,
    _ outcomes: inout RowOutcomes
  ) {
    let fingerprint = rows.fingerprints[index]
    switch rows.columns.kinds[index] {
    case .reserve:
      switch reserveRow(rows, index, fingerprint, time: time, into: &events) {
      case .accepted: outcomes.appendAccepted(1, from: state.lastSequence)
      case .insufficient: outcomes.append(.rejected(.insufficient), state.lastSequence)
      default: judgeUncommonRow(rows, index, fingerprint, time: time, into: &events, &outcomes)
      }
    case .receive where receiveOne(rows, index, time: time, into: &events):
      outcomes.appendAccepted(1, from: state.lastSequence)
    case .commit where settleRow(rows, index, of: group, time: time, into: &events),
      .release where settleRow(rows, index, of: group, time: time, into: &events):
      outcomes.appendAccepted(1, from: state.lastSequence)
    case .extend where extendRow(rows, index, of: group, time: time, into: &events),
      .amend where amendRow(rows, index, of: group, time: time, into: &events):
      outcomes.appendAccepted(1, from: state.lastSequence)
    default: judgeUncommonRow(rows, index, fingerprint, time: time, into: &events, &outcomes)
    }
  }

  private mutating func judgeUncommonRow(
    _ rows: borrowing PreparedRows, _ index: Int, _ fingerprint: UInt64, time: Int64, into events: inout EventColumns,
    _ outcomes: inout RowOutcomes
  ) {
    if let flaw = Form.flaw(of: rows, index) {
      outcomes.append(.invalid(flaw))
    } else {
      outcomes.append(judgeRowInFull(rows, index, fingerprint, time: time, into: &events))
    }
  }

  /// The common cases in a straight line: a plain id, items that exist, no customer.
  ///
  /// - Returns: that the reservation was made, or that something is insufficient; `nil`: something else, which is asked again in
  ///   full. Unless it was made, nothing has happened.
  @inline(__always)
  mutating func reserveRow(
    _ rows: borrowing PreparedRows, _ index: Int, _ fingerprint: UInt64, time: Int64, into events: inout EventColumns
  ) -> Guards.Reservation? {
    let range = rows.columns.lines.range(index)
    if !state.recipes.isEmpty, state.recipes.isAny(of: rows.columns.lines.entries.span.extracting(range)) {
      return nil
    }
    // Not in closures, which would copy the rows.
    let timeToLive = rows.columns.timesToLive[index]
    guard rows.columns.customers.range(index).isEmpty,
      rows.columns.names.withBytes(index, { Form.isPlainName($0) }),
      Form.isRow(rows.columns.lines.entries.span.extracting(range), timeToLive: timeToLive)
    else { return nil }
    let isNew =
      knownNames.countOfNew(from: index, atMost: 1, names.generations.count) == 1
      && names.newest.first(fingerprint) == nil
    switch Guards.reservation(
      isTaken: !isNew, rows.columns.lines.entries.span.extracting(range), customer: NoCustomer(),
      timeToLive: timeToLive,
      at: time, state.items.span)
    {
    case .accepted: break
    case .insufficient: return .insufficient
    default: return nil
    }
    #if DEBUG
      let before = BeforeStraightLine(state, events, rows, index...index)
      defer { foldAgain(before, &events) }
    #endif
    let expires = timeToLive == 0 ? 0 : time + timeToLive
    if range.count == 1 {
      let line = rows.columns.lines.entries[range.lowerBound]
      let id = rows.columns.names.withBytes(index) { id in
        events.appendReservation(id: id, line: line, timeToLive: timeToLive, time: time)
        return CompactName(id)
      }
      state.hold(id: id, line, expires: expires, time: time)
    } else {
      events.appendReservation(
        id: index, of: rows.columns.names, lines: rows.columns.lines, timeToLive: timeToLive, time: time)
      state.hold(
        id: rows.columns.names.withBytes(index) { CompactName($0) }, rows.columns.lines.entries, range,
        expires: expires, time: time)
    }
    names.insert(fingerprint, state.lastSequence)
    return .accepted
  }

  /// Stock of an item that exists. False: not that, or too much; nothing has happened.
  private mutating func receiveOne(
    _ rows: borrowing PreparedRows, _ index: Int, time: Int64, into events: inout EventColumns
  ) -> Bool {
    let line = rows.columns.lines.entries[rows.columns.lines.range(index).lowerBound]
    guard Form.isQuantity(line.quantity), Int(line.item.rawValue) < state.items.count,
      Guards.fits(line.quantity, onHand: state.items[Int(line.item.rawValue)].onHand)
    else { return false }
    #if DEBUG
      let before = BeforeStraightLine(state, events, rows, index...index)
      defer { foldAgain(before, &events) }
    #endif
    events.appendReceipt(line, time: time)
    state.receive(line, time: time)
    return true
  }

  /// A commit or release of all of an open reservation without customer. False: not that; nothing has happened.
  ///
  /// - Parameter group: the rows that ``preparedSlots`` are of.
  mutating func settleRow(
    _ rows: borrowing PreparedRows, _ index: Int, of group: Range<Int>, time: Int64, into events: inout EventColumns
  ) -> Bool {
    let kind = rows.columns.kinds[index]
    guard kind.settles else { return false }
    let slot = slot(of: rows, index, of: group)
    return settleOne(kind == .commit ? .committed : .released, rows, index, slot, time: time, into: &events)
  }

  /// The common case: all of an open reservation without customer. False: not that; nothing has happened.
  ///
  /// - Parameter slot: where ``slot(of:)`` says that the reservation may stand; −1: nowhere.
  @inline(__always)
  mutating func settleOne(
    _ kind: EventKind, _ rows: borrowing PreparedRows, _ index: Int, _ slot: Int, time: Int64,
    into events: inout EventColumns
  ) -> Bool {
    guard slot >= 0, rows.isCompact(index) else { return false }
    let record = state.reservations[slot: slot]
    let isKnown = record.hasID(rows.halves[index], length: rows.columns.names.range(index).count)
    guard !record.hasCustomer, !record.waits, Guards.settlement(isKnown: isKnown, isOpen: record.isOpen) == .accepted
    else {
      return false
    }
    #if DEBUG
      let before = BeforeStraightLine(state, events, settling: record.sequence)
      defer { foldAgain(before, &events) }
    #endif
    events.appendSettlement(
      kind, reservation: record.sequence, lines: UnsafeBufferPointer(start: nil, count: 0), key: nil, digest: .none,
      time: time, more: false)
    state.settle(slot: slot, kind, time: time)
    return true
  }

  /// No name with this fingerprint is known: then the name is new. (If one is, it may still be another.)
  @inline(__always) func isNew(_ fingerprint: UInt64, _ history: (any NameHistory)?) -> Bool {
    names.first(fingerprint) == nil && !(history?.mayContain(fingerprint) ?? false)
  }

  /// Where the reservation that a row names may stand; −1: nowhere in memory.
  ///
  /// - Parameter group: the rows that ``preparedSlots`` are of.
  @inline(__always)
  func slot(of rows: borrowing PreparedRows, _ index: Int, of group: Range<Int>) -> Int {
    let prepared = preparedSlots[index - group.lowerBound]
    // What a row of the same group has reserved is found only now.
    return prepared >= 0 ? prepared : slot(of: rows.fingerprints[index]) ?? -1
  }

  /// Where the first reservation in memory with this fingerprint stands; whether it has the id must still be looked at.
  @inline(__always)
  func slot(of fingerprint: UInt64) -> Int? {
    guard let sequence = names.first(fingerprint) else { return nil }
    return state.reservations.slot(of: sequence)
  }

  /// Judges a row that has no flaw, when everything due has been expired.
  private mutating func judgeRowInFull(
    _ rows: borrowing PreparedRows, _ index: Int, _ fingerprint: UInt64, time: Int64, into events: inout EventColumns
  ) -> Outcome {
    let step = Step(key: nil, digest: .none, expected: nil, time: time, more: false)
    let kind = rows.columns.kinds[index]
    switch kind {
    case .other: return .invalid("no row")
    case .reserve:
      return rows.columns.names.withBytes(index) { id in
        rows.columns.customers.withBytes(index) { customer in
          rows.columns.lines.entries.withUnsafeBufferPointer { entries in
            let lines = UnsafeBufferPointer(rebasing: entries[rows.columns.lines.range(index)])
            // The answer to a row does not say what has become of the reservation.
            if let first = sealedRepeat(
              id, fingerprint, lines, customer: customer, timeToLive: rows.columns.timesToLive[index])
            {
              return .repeated(Acceptance(sequence: first))
            }
            let unknown = lines.contains { Int($0.item.rawValue) >= state.items.count }
            return reserve(
              id: id, fingerprint, lines, unknown: unknown ? [Judge.unnumbered] : [], customer: customer,
              timeToLive: rows.columns.timesToLive[index], step, into: &events)
          }
        }
      }
    case .commit, .release:
      let id = rows.columns.names[index]
      return judgeOperation(
        kind == .commit ? .commit(id: id) : .release(id: id), key: nil, expected: nil, time: time, more: false,
        into: &events)
    case .extend, .amend:
      return alterRow(rows, index, step, into: &events)
    case .receive:
      let line = rows.columns.lines.entries[rows.columns.lines.range(index).lowerBound]
      guard Int(line.item.rawValue) < state.items.count else { return rejected(.unknownItem, item: Judge.unnumbered) }
      let name = state.itemNames[Int(line.item.rawValue)]
      return judgeOperation(
        .receive([Line(name, line.quantity)]), key: nil, expected: nil, time: time, more: false, into: &events)
    }
  }

  /// Stands in messages for an item that has a number only.
  static let unnumbered = ItemName(sku: "?")
}
