/// Rows of bulk work, judged by the same rules as commands.
extension Judge {
  /// Fingerprints some rows that come next, and asks the processor for the memory that judging them will touch.
  ///
  /// Nearly all the time of a judgement is two cache misses, in the name table and in the items: asked for in groups,
  /// they overlap. Measured with 100,000 SKUs: from 640 to 300 ns a reservation.
  private mutating func prepare(
    _ rows: borrowing CommandRows, _ range: Range<Int>, _ history: (any NameHistory)?
  ) {
    preparedNames.removeAll(keepingCapacity: true)
    for index in range {
      let fingerprint = rows.names.withBytes(index) { hash($0) }
      preparedNames.append(fingerprint)
      names.prefetch(fingerprint)
      history?.prefetch(fingerprint)
      let lines = rows.lines.range(index)
      guard rows.kinds[index] == .reserve, !lines.isEmpty else { continue }
      let item = Int(rows.lines.entries[lines.lowerBound].item.rawValue)
      state.prefetchItem(item)
    }
  }

  /// Judges some rows at a time at which nothing is due any more, and appends their answers.
  ///
  /// - Parameters:
  ///   - range: few enough rows that what is prefetched for the last is not lost while the first is judged.
  ///   - time: the clock's time, not before the last event's.
  mutating func judge(
    _ rows: borrowing CommandRows, _ range: Range<Int>, time: Int64, into events: inout EventColumns,
    _ outcomes: inout RowOutcomes
  ) {
    // Taken once: reading it for each row would count references.
    let history = history
    prepare(rows, range, history)
    for index in range {
      let fingerprint = preparedNames[index - range.lowerBound]
      switch rows.kinds[index] {
      case .reserve
      where isNew(fingerprint, history) && reserveOne(rows, index, fingerprint, time: time, into: &events, &outcomes):
        continue
      case .commit
      where rows.names.withBytes(index) { settleOne(.committed, $0, fingerprint, time: time, into: &events) }:
        outcomes.append(.accepted, state.lastSequence)
      case .release
      where rows.names.withBytes(index) { settleOne(.released, $0, fingerprint, time: time, into: &events) }:
        outcomes.append(.accepted, state.lastSequence)
      default:
        if let flaw = Judge.flaw(of: rows, index) {
          outcomes.append(.invalid(flaw))
        } else {
          outcomes.append(judgeSound(rows, index, fingerprint, time: time, into: &events))
        }
      }
    }
  }

  private mutating func reserveOne(
    _ rows: borrowing CommandRows, _ index: Int, _ fingerprint: UInt64, time: Int64, into events: inout EventColumns,
    _ outcomes: inout RowOutcomes
  ) -> Bool {
    let range = rows.lines.range(index)
    guard range.count == 1, rows.customers.range(index).isEmpty else { return false }
    let line = rows.lines.entries[range.lowerBound]
    guard Int(line.item.rawValue) < state.items.count else { return false }
    let answer = rows.names.withBytes(index) {
      reserveOne($0, fingerprint, line, timeToLive: rows.timesToLive[index], time: time, into: &events)
    }
    switch answer {
    case .accepted: outcomes.append(.accepted, state.lastSequence)
    case .insufficient: outcomes.append(.rejected(.insufficient), state.lastSequence)
    case .notCommon: return false
    }
    return true
  }

  enum StraightAnswer {
    case accepted, insufficient
    /// Nothing has happened.
    case notCommon
  }

  /// The common case in a straight line: a new id (which ``isNew(_:_:)`` has said), plain, one line of an item that
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

  /// The common case: all of an open reservation of one line and no customer. False: not that; nothing has happened.
  @inline(__always)
  mutating func settleOne(
    _ kind: EventKind, _ id: UnsafeBufferPointer<UInt8>, _ fingerprint: UInt64, time: Int64,
    into events: inout EventColumns
  ) -> Bool {
    guard let slot = openSlot(id, fingerprint) else { return false }
    let sequence = state.reservations[slot: slot].sequence
    events.appendSettlement(
      kind, reservation: sequence, lines: UnsafeBufferPointer(start: nil, count: 0), key: nil, digest: .none,
      time: time, more: false)
    state.settle(slot: slot, kind, time: time)
    return true
  }

  /// No name with this fingerprint is known: then the name is new. (If one is, it may still be another.)
  @inline(__always) func isNew(_ fingerprint: UInt64, _ history: (any NameHistory)?) -> Bool {
    for index in names.generations.indices {
      var position = names.generations[index].home(of: fingerprint)
      if names.generations[index].next(fingerprint, &position) != nil { return false }
    }
    return !(history?.mayContain(fingerprint) ?? false)
  }

  /// Where an open reservation of one line without a customer stands, if memory has it under this id.
  @inline(__always)
  private func openSlot(_ id: UnsafeBufferPointer<UInt8>, _ fingerprint: UInt64) -> Int? {
    for index in names.generations.indices {
      var position = names.generations[index].home(of: fingerprint)
      guard let sequence = names.generations[index].next(fingerprint, &position) else { continue }
      guard let slot = state.reservations.slot(of: sequence) else { return nil }
      let record = state.reservations[slot: slot]
      return record.isOpen && record.extraPlace == 0 && record.hasID(CompactName(id)) ? slot : nil
    }
    return nil
  }

  /// Judges a row that has no flaw, when everything due has been expired.
  private mutating func judgeSound(
    _ rows: borrowing CommandRows, _ index: Int, _ fingerprint: UInt64, time: Int64, into events: inout EventColumns
  ) -> Outcome {
    let step = Step(key: nil, digest: .none, expected: nil, time: time, more: false)
    let kind = rows.kinds[index]
    switch kind {
    case .reserve:
      return rows.names.withBytes(index) { id in
        rows.customers.withBytes(index) { customer in
          rows.lines.entries.withUnsafeBufferPointer { entries in
            let lines = UnsafeBufferPointer(rebasing: entries[rows.lines.range(index)])
            let unknown = lines.contains { Int($0.item.rawValue) >= state.items.count }
            return reserve(
              id: id, fingerprint, lines, unknown: unknown ? Judge.unnumbered : nil, customer: customer,
              timeToLive: rows.timesToLive[index], step, into: &events)
          }
        }
      }
    case .commit, .release:
      let id = rows.names[index]
      return judge(
        kind == .commit ? .commit(id: id) : .release(id: id), key: nil, expected: nil, time: time, more: false,
        into: &events)
    case .receive:
      let line = rows.lines.entries[rows.lines.range(index).lowerBound]
      guard Int(line.item.rawValue) < state.items.count else { return rejected(.unknownItem, item: Judge.unnumbered) }
      let name = state.itemNames[Int(line.item.rawValue)]
      return judge(
        .receive([Line(name, line.quantity)]), key: nil, expected: nil, time: time, more: false, into: &events)
    }
  }

  /// What makes the row no command; `nil`: nothing.
  static func flaw(of rows: borrowing CommandRows, _ index: Int) -> String? {
    let kind = rows.kinds[index]
    if kind != .receive, let flaw = rows.names.withBytes(index, { Name.flaw(of: $0) }) {
      return "the reservation id \(flaw)"
    }
    if kind == .commit || kind == .release { return nil }
    return rows.customers.withBytes(index) { customer in
      rows.lines.entries.withUnsafeBufferPointer { entries in
        flaw(UnsafeBufferPointer(rebasing: entries[rows.lines.range(index)]), customer, rows.timesToLive[index])
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
