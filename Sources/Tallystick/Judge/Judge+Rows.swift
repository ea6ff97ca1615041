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
    guard rows.columns.settles(range) else { return }
    for index in range where rows.columns.kinds[index].settles {
      names.prefetchSealed(rows.fingerprints[index])
    }
    for index in range {
      let slot = rows.columns.kinds[index].settles ? slot(of: rows.fingerprints[index]) : nil
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

  /// Judges some rows at a time at which nothing is due any more, and appends their answers.
  ///
  /// - Parameters:
  ///   - range: few enough rows that what is prefetched for the last is not lost while the first is judged.
  ///   - time: the clock's time, not before the last event's.
  mutating func judge(
    _ rows: borrowing PreparedRows, _ range: Range<Int>, time: Int64, into events: inout EventColumns,
    _ outcomes: inout RowOutcomes
  ) {
    prepare(rows, range)
    var index = range.lowerBound
    while index < range.upperBound {
      let first = state.lastSequence + 1
      let taken = reserveRun(
        rows, index..<range.upperBound, shortest: Judge.shortestRun, time: time, into: &events)
      outcomes.appendAccepted(taken, from: first)
      index += taken
      guard taken == 0 else { continue }
      judgeOne(rows, index, of: range, time: time, into: &events, &outcomes)
      index += 1
    }
  }

  private mutating func judgeOne(
    _ rows: borrowing PreparedRows, _ index: Int, of group: Range<Int>, time: Int64, into events: inout EventColumns,
    _ outcomes: inout RowOutcomes
  ) {
    let fingerprint = rows.fingerprints[index]
    switch rows.columns.kinds[index] {
    case .reserve
    where knownNames.countOfNew(from: index, atMost: 1, names.generations.count) == 1
      && names.newest.first(fingerprint) == nil
      && (reserveOne(rows, index, fingerprint, time: time, into: &events, &outcomes)
        || reserveCart(rows, index, fingerprint, time: time, into: &events, &outcomes)):
      return
    case .receive where receiveOne(rows, index, time: time, into: &events):
      outcomes.appendAccepted(1, from: state.lastSequence)
    case .commit where settleRow(rows, index, of: group, time: time, into: &events),
      .release where settleRow(rows, index, of: group, time: time, into: &events):
      outcomes.appendAccepted(1, from: state.lastSequence)
    default:
      if let flaw = Judge.flaw(of: rows, index) {
        outcomes.append(.invalid(flaw))
      } else {
        outcomes.append(judgeSound(rows, index, fingerprint, time: time, into: &events))
      }
    }
  }

  private mutating func reserveOne(
    _ rows: borrowing PreparedRows, _ index: Int, _ fingerprint: UInt64, time: Int64, into events: inout EventColumns,
    _ outcomes: inout RowOutcomes
  ) -> Bool {
    let range = rows.columns.lines.range(index)
    guard range.count == 1, rows.columns.customers.range(index).isEmpty else { return false }
    let line = rows.columns.lines.entries[range.lowerBound]
    guard Int(line.item.rawValue) < state.items.count else { return false }
    // Not in the closure, which would copy the rows.
    let timeToLive = rows.columns.timesToLive[index]
    let answer = rows.columns.names.withBytes(index) {
      reserveOne($0, fingerprint, line, timeToLive: timeToLive, time: time, into: &events)
    }
    switch answer {
    case .accepted: outcomes.appendAccepted(1, from: state.lastSequence)
    case .insufficient: outcomes.append(.rejected(.insufficient), state.lastSequence)
    case .notCommon: return false
    }
    return true
  }

  /// As ``reserveOne(_:_:_:time:into:_:)`` for several lines. False: not common, or not to be accepted; nothing has
  /// happened.
  private mutating func reserveCart(
    _ rows: borrowing PreparedRows, _ index: Int, _ fingerprint: UInt64, time: Int64, into events: inout EventColumns,
    _ outcomes: inout RowOutcomes
  ) -> Bool {
    let range = rows.columns.lines.range(index)
    let timeToLive = rows.columns.timesToLive[index]
    guard range.count > 1, range.count <= Limits.maxLinesPerEvent, rows.columns.customers.range(index).isEmpty,
      timeToLive >= 0, timeToLive <= Limits.maxQuantity - time
    else { return false }
    for place in range {
      let line = rows.columns.lines.entries[place]
      guard line.quantity >= 1, line.quantity <= Limits.maxQuantity, Int(line.item.rawValue) < state.items.count,
        place == range.lowerBound || rows.columns.lines.entries[place - 1].item < line.item
      else { return false }
      let item = state.items[Int(line.item.rawValue)]
      guard item.limit < 0, item.available >= line.quantity else { return false }
    }
    guard rows.columns.names.withBytes(index, { Name.isPlain($0) }) else { return false }
    events.appendReservation(
      id: index, of: rows.columns.names, lines: rows.columns.lines, timeToLive: timeToLive, time: time)
    state.hold(
      id: rows.columns.names.withBytes(index) { CompactName($0) }, rows.columns.lines.entries, range,
      expires: timeToLive == 0 ? 0 : time + timeToLive, time: time)
    names.insert(fingerprint, state.lastSequence)
    outcomes.appendAccepted(1, from: state.lastSequence)
    return true
  }

  /// Stock of an item that exists. False: not that, or too much; nothing has happened.
  private mutating func receiveOne(
    _ rows: borrowing PreparedRows, _ index: Int, time: Int64, into events: inout EventColumns
  ) -> Bool {
    let line = rows.columns.lines.entries[rows.columns.lines.range(index).lowerBound]
    guard line.quantity >= 1, Int(line.item.rawValue) < state.items.count,
      line.quantity <= Limits.maxQuantity - state.items[Int(line.item.rawValue)].onHand
    else { return false }
    events.appendReceipt(line, time: time)
    state.receive(line, time: time)
    return true
  }

  enum StraightAnswer {
    case accepted, insufficient
    /// Nothing has happened.
    case notCommon
  }

  /// The common case in a straight line: a new id (which has been looked at), plain, one line of an item that
  /// exists, no customer, no limit. The rules are those of
  /// ``reserve(id:_:_:unknown:customer:timeToLive:_:into:)``; whatever is not common is left to it.
  @inline(__always)
  mutating func reserveOne(
    _ id: UnsafeBufferPointer<UInt8>, _ fingerprint: UInt64, _ line: LineEntry, timeToLive: Int64, time: Int64,
    into events: inout EventColumns
  ) -> StraightAnswer {
    guard line.quantity >= 1, line.quantity <= Limits.maxQuantity, timeToLive >= 0,
      timeToLive <= Limits.maxQuantity - time
    else { return .notCommon }
    let item = state.items[Int(line.item.rawValue)]
    guard item.limit < 0, Name.isPlain(id) else { return .notCommon }
    guard item.available >= line.quantity else { return .insufficient }
    events.appendReservation(id: id, line: line, timeToLive: timeToLive, time: time)
    state.hold(id: CompactName(id), line, expires: timeToLive == 0 ? 0 : time + timeToLive, time: time)
    names.insert(fingerprint, state.lastSequence)
    return .accepted
  }

  /// A commit or release of all of an open reservation without customer. False: not that; nothing has happened.
  ///
  /// - Parameter group: the rows that ``preparedSlots`` are of.
  mutating func settleRow(
    _ rows: borrowing PreparedRows, _ index: Int, of group: Range<Int>, time: Int64, into events: inout EventColumns
  ) -> Bool {
    let kind = rows.columns.kinds[index]
    guard kind.settles else { return false }
    // What a row of the same group has reserved is found only now.
    let prepared = preparedSlots[index - group.lowerBound]
    let slot = prepared >= 0 ? prepared : slot(of: rows.fingerprints[index]) ?? -1
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
    guard record.isOpen, !record.hasCustomer,
      record.hasID(rows.halves[index], length: rows.columns.names.range(index).count)
    else { return false }
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

  /// Where the first reservation in memory with this fingerprint stands; whether it has the id must still be looked at.
  @inline(__always)
  func slot(of fingerprint: UInt64) -> Int? {
    guard let sequence = names.first(fingerprint) else { return nil }
    return state.reservations.slot(of: sequence)
  }

  /// Judges a row that has no flaw, when everything due has been expired.
  private mutating func judgeSound(
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
              id: id, fingerprint, lines, unknown: unknown ? Judge.unnumbered : nil, customer: customer,
              timeToLive: rows.columns.timesToLive[index], step, into: &events)
          }
        }
      }
    case .commit, .release:
      let id = rows.columns.names[index]
      return judge(
        kind == .commit ? .commit(id: id) : .release(id: id), key: nil, expected: nil, time: time, more: false,
        into: &events)
    case .receive:
      let line = rows.columns.lines.entries[rows.columns.lines.range(index).lowerBound]
      guard Int(line.item.rawValue) < state.items.count else { return rejected(.unknownItem, item: Judge.unnumbered) }
      let name = state.itemNames[Int(line.item.rawValue)]
      return judge(
        .receive([Line(name, line.quantity)]), key: nil, expected: nil, time: time, more: false, into: &events)
    }
  }

  /// What makes the row no command; `nil`: nothing.
  static func flaw(of rows: borrowing PreparedRows, _ index: Int) -> String? {
    let kind = rows.columns.kinds[index]
    if kind != .receive, let flaw = rows.columns.names.withBytes(index, { Name.flaw(of: $0) }) {
      return "the reservation id \(flaw)"
    }
    if kind == .commit || kind == .release { return nil }
    return rows.columns.customers.withBytes(index) { customer in
      rows.columns.lines.entries.withUnsafeBufferPointer { entries in
        flaw(
          UnsafeBufferPointer(rebasing: entries[rows.columns.lines.range(index)]), customer,
          rows.columns.timesToLive[index])
      }
    }
  }

  /// Stands in messages for an item that has a number only.
  private static let unnumbered = ItemName(sku: "?")

  private static func flaw(
    _ lines: UnsafeBufferPointer<LineEntry>, _ customer: UnsafeBufferPointer<UInt8>, _ timeToLive: Int64
  ) -> String? {
    if !customer.isEmpty, let flaw = Name.flaw(of: customer) { return "the customer \(flaw)" }
    if timeToLive < 0 || timeToLive > Limits.maxQuantity { return "the time to live is outside 1 … 2^53 − 1" }
    if lines.isEmpty || lines.count > Limits.maxLinesPerEvent { return "there are \(lines.count) lines" }
    for index in 0..<lines.count {
      if lines[index].quantity < 1 || lines[index].quantity > Limits.maxQuantity {
        return "the quantity \(lines[index].quantity) is outside 1 … 2^53 − 1"
      }
      if index > 0, lines[index - 1].item >= lines[index].item { return "the lines do not ascend by item number" }
    }
    return nil
  }
}
