/// What was committed of a reservation some of which was let go: a record does not tell these apart.
struct SoldParts: Equatable, Sendable {
  /// Some of it was settled before the fold began, and how is in the log.
  var needsLog: Bool
  /// Units by item, since the fold began if ``needsLog``.
  var units: [ItemNumber: Int64]
}

/// Goods that have come back of an order.
struct OrderReturn: Equatable, Sendable {
  /// Of the event.
  var sequence: UInt64
  var lines: [LineEntry]
}

/// What a `returned` event of an order does, and what is remembered for it: see the format document.
extension State {
  /// Notes what a settlement commits or lets go, if the record will not tell it.
  ///
  /// - Parameters:
  ///   - before: the reservation.
  ///   - settled: what is committed; what is let go need not be known.
  mutating func noteSold(_ before: borrowing Reservation, isCommit: Bool, _ settled: () -> [LineEntry]) {
    guard keepsClosed, before.wasCommitted || isCommit, before.wasReleased || !isCommit else { return }
    let sequence = before.sequence
    var parts = soldParts[sequence] ?? SoldParts(before)
    if journal != nil { journal!.append(.soldParts(sequence, soldParts[sequence])) }
    if isCommit { for entry in settled() { parts.units[entry.item, default: 0] += entry.quantity } }
    soldParts[sequence] = parts
  }

  /// What was committed of a reservation that is in memory.
  func soldParts(of reservation: borrowing Reservation) -> SoldParts {
    if let parts = soldParts[reservation.sequence] { return parts }
    return SoldParts(reservation)
  }

  /// Units of an item that have come back of a reservation, as far as memory has it.
  func returned(of sequence: UInt64, _ item: ItemNumber) -> Int64 {
    var units: Int64 = 0
    for event in returns[sequence] ?? [] {
      for line in event.lines where line.item == item { units += line.quantity }
    }
    return units
  }

  /// Judged as far as memory goes, which for a replay that keeps closed reservations is back to where it began; an auditor
  /// judges all of it.
  mutating func foldReturn(_ group: EventColumns.OrderReturns, _ ordinal: Int, _ row: EventColumns.Row) -> Rule? {
    let sequence = group.references[ordinal]
    guard sequence < row.sequence else { return .unknownReservation }
    let lines = group.lines[ordinal]
    if let rule = foldMovement(lines) { return rule }
    if keepsClosed {
      if let rule = flawOfReturn(group, ordinal) { return rule }
      if journal != nil { journal!.append(.returned(sequence)) }
      returns[sequence, default: []].append(OrderReturn(sequence: row.sequence, lines: Array(lines)))
    }
    let customer = group.customers[ordinal]
    guard !customer.isEmpty else { return nil }
    for line in lines {
      guard items[Int(line.item.rawValue)].limit >= 0, limitSince(line.item) < sequence else { continue }
      let key = CountKey(item: line.item, customer: customer)
      setCount(key, max(0, counts[key, default: 0] - line.quantity))
    }
    return nil
  }

  private func flawOfReturn(_ group: EventColumns.OrderReturns, _ ordinal: Int) -> Rule? {
    let sequence = group.references[ordinal]
    guard let reservation = reservations[sequence] else {
      return sequence > max(loadedSequence, forgottenSequence) ? .unknownReservation : nil
    }
    guard reservation.id.name == group.ids[ordinal], reservation.customer.name == group.customers[ordinal] else {
      return .returnedBeyondSold
    }
    let sold = soldParts(of: reservation)
    if sold.needsLog || sequence <= loadedSequence { return nil }
    for line in group.lines[ordinal] {
      guard line.quantity <= sold.units[line.item, default: 0] - returned(of: sequence, line.item) else {
        return .returnedBeyondSold
      }
    }
    return nil
  }
}

extension SoldParts {
  /// What a reservation's own record tells.
  init(_ reservation: borrowing Reservation) {
    let isExpired = reservation.closing?.kind == .expired
    needsLog = reservation.wasCommitted && (reservation.wasReleased || isExpired)
    units = [:]
    guard reservation.wasCommitted, !needsLog else { return }
    for index in 0..<reservation.lineCount {
      let line = reservation[index]
      if line.reserved > line.open { units[line.item] = line.reserved - line.open }
    }
  }
}
