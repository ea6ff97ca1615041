/// Waiting in line: first come, first served, of each item.
extension State {
  /// What an event that makes a reservation wait does.
  mutating func foldWaiting(_ columns: inout EventColumns, _ row: EventColumns.Row) -> Rule? {
    let timeToLive = Int64(columns.waiting.timesToLive[row.ordinal])
    let wait = Int64(columns.waiting.waits[row.ordinal])
    guard max(timeToLive, wait) <= Limits.maxQuantity - row.time else { return .overflow }
    let customer = columns.waiting.customers.withBytes(row.ordinal) { CompactName($0) }
    let lines = columns.waiting.lines[row.ordinal]
    var previous: ItemNumber?
    for line in lines {
      guard line.quantity >= 1, line.quantity <= Limits.maxQuantity else { return .quantityRange }
      guard Int(line.item.rawValue) < items.count else { return .unknownItem }
      if let previous, previous >= line.item { return .lineOrder }
      previous = line.item
      var item = items[Int(line.item.rawValue)]
      guard item.wanted <= Limits.maxQuantity - line.quantity else { return .overflow }
      item.wanted += line.quantity
      item.lastChange = row.sequence
      // It counts as if it held.
      if let rule = count(line, customer, item) { return rule }
      setItem(line.item, item)
    }
    let givesUp = wait == 0 ? 0 : row.time + wait
    reservations.insert(
      Reservation(
        waiting: row.sequence, time: row.time, givesUp: givesUp, timeToLive: timeToLive,
        id: columns.waiting.ids.withBytes(row.ordinal) { CompactName($0) }, customer: customer, lines))
    if journal != nil { journal!.append(.insertion(row.sequence)) }
    openCount += 1
    if givesUp > 0 { insertDue(expires: givesUp, sequence: row.sequence) }
    waiting.join(row.sequence, lines)
    if let short = lines.first(where: { items[Int($0.item.rawValue)].free < 0 }) {
      waiting.watch(row.sequence, on: short.item)
    } else {
      // No command makes it wait then; the log says so with its filling.
      waiting.makeReady(row.sequence)
    }
    return nil
  }

  /// Adds a line to what its customer has of an item with a limit.
  mutating func count(_ line: LineEntry, _ customer: CompactName, _ item: Item) -> Rule? {
    guard item.limit >= 0 else { return nil }
    guard !customer.isEmpty else { return .limitWithoutCustomer }
    let key = CountKey(item: line.item, customer: customer.name)
    let count = counts[key, default: 0] + line.quantity
    guard count <= item.limit else { return .limitExceeded }
    setCount(key, count)
    return nil
  }

  // MARK: Filling

  mutating func foldFilling(of sequence: UInt64, _ row: EventColumns.Row) -> Rule? {
    guard let slot = reservations.slot(of: sequence) else { return missing(sequence) }
    let record = reservations[slot: slot]
    guard record.isOpen else { return .settledTwice }
    guard record.waits else { return .notWaiting }
    guard nextToFill() == sequence else { return flawOfFilling(reservations.reservation(slot: slot)) }
    let reservation = reservations.reservation(slot: slot)
    if journal != nil { journal!.append(.change(reservation)) }
    for index in 0..<reservation.lineCount {
      let line = reservation[index]
      var item = items[Int(line.item.rawValue)]
      item.wanted -= line.reserved
      item.held += line.reserved
      item.lastChange = row.sequence
      setItem(line.item, item)
    }
    waiting.leave(sequence, reservation.wants, mayReturn: journal != nil)
    waiting.passReady()
    // The latest time that there is, where the two would come to more.
    let timeToLive = reservation.timeToLive
    let expires = timeToLive == 0 ? 0 : min(row.time, Limits.maxQuantity - timeToLive) + timeToLive
    reservations.replace(slot: slot, with: reservation.filled(expires: expires))
    if expires > 0 { insertDue(expires: expires, sequence: sequence) }
    return nil
  }

  /// What is wrong with filling one that waits and is not the next.
  private func flawOfFilling(_ reservation: Reservation) -> Rule {
    for want in reservation.wants where items[Int(want.item.rawValue)].available < want.quantity {
      return .filledWithoutStock
    }
    return .overtaking
  }

  /// The reservation that is to be filled next: of those that can be, the one with the lowest sequence number.
  ///
  /// Cost: a look at each that is watched on an item of which there is more now, as far as there is enough for it.
  mutating func nextToFill() -> UInt64? {
    while true {
      lookAtTouched()
      guard let first = waiting.firstReady else { return nil }
      if let slot = reservations.slot(of: first), reservations[slot: slot].waits { return first }
      waiting.passReady()
    }
  }

  private mutating func lookAtTouched() {
    while let item = waiting.firstTouched {
      let stopsAtFirst = waiting.isLastTouched
      var isFound = false
      while !isFound, let first = waiting.firstWatched(on: item), first.units <= items[Int(item.rawValue)].available {
        let other = blocking(first.sequence, otherThan: item)
        waiting.moveFirstWatched(of: item, to: other)
        isFound = stopsAtFirst && other == nil
      }
      if isFound { break }
      waiting.passTouched()
    }
    waiting.endLook()
  }

  /// Another of a waiting reservation's items of which there is not enough for it and all before it.
  private func blocking(_ sequence: UInt64, otherThan item: ItemNumber) -> ItemNumber? {
    guard let slot = reservations.slot(of: sequence), reservations[slot: slot].extraPlace > 0 else { return nil }
    let reservation = reservations.reservation(slot: slot)
    for index in 0..<reservation.lineCount {
      let other = reservation[index].item
      if other != item, waiting.units(of: other, through: sequence) > items[Int(other.rawValue)].available {
        return other
      }
    }
    return nil
  }

  /// What is wrong with an event while somebody may have to be filled. In a step that goes on nobody is yet.
  @inline(never) mutating func flawOfOwing(_ row: EventColumns.Row) -> Rule? {
    if isInStep || row.kind == .filled && row.time == lastTime { return nil }
    // What is due at one time expires before anything is filled.
    if row.kind == .expired && row.time == lastTime { return nil }
    return nextToFill() == nil ? nil : .fillingLate
  }

  // MARK: Leaving

  /// What an event does that ends the waiting of a reservation: its release, or an expiry when it gives up.
  mutating func foldGivingUp(slot: Int, _ kind: EventKind, isWhole: Bool, byAdjust: Bool) -> Rule? {
    // What waits holds nothing that could be committed, released in part, or of use to an adjustment.
    guard kind != .committed, isWhole else { return .settledBeyondOpen }
    let reservation = reservations.reservation(slot: slot)
    if journal != nil { journal!.append(.change(reservation)) }
    waiting.leave(reservation.sequence, reservation.wants, mayReturn: journal != nil)
    for want in reservation.wants {
      var item = items[Int(want.item.rawValue)]
      item.wanted -= want.quantity
      item.lastChange = lastSequence
      giveBack(want.quantity, of: want.item, item, reservation)
      setItem(want.item, item)
      waiting.touch(want.item)
    }
    if kind == .released { reservations[slot: slot].flags.insert(.released) }
    close(slot: slot, .init(sequence: lastSequence, kind: kind, isWhole: true, byAdjust: byAdjust))
    return nil
  }

  /// What an amendment of a reservation does that waits: it waits for less, at its place.
  ///
  /// - Parameter range: of `entries`: how many it waits for from then on of each item.
  mutating func foldAmendmentOfWaiting(
    slot: Int, _ entries: [LineEntry], _ range: Range<Int>, _ row: EventColumns.Row
  ) -> Rule? {
    let before = reservations.reservation(slot: slot)
    var lines = AmendedLines(before)
    var previous: ItemNumber?
    for index in range {
      let entry = entries[index]
      guard entry.quantity >= 0, entry.quantity <= Limits.maxQuantity else { return .quantityRange }
      if let previous, previous >= entry.item { return .lineOrder }
      previous = entry.item
      guard Int(entry.item.rawValue) < items.count else { return .unknownItem }
      let less = lines.open(of: entry.item) - entry.quantity
      guard less >= 0, lines.set(entry.item, open: entry.quantity) else { return .settledBeyondOpen }
      var item = items[Int(entry.item.rawValue)]
      item.wanted -= less
      item.lastChange = row.sequence
      if less > 0 { giveBack(less, of: entry.item, item, before) }
      setItem(entry.item, item)
    }
    if lines.hasOpen {
      let after = before.replacingLines(lines.kept)
      waiting.want(before.sequence, before.wants, instead: after.wants)
      reservations.replace(slot: slot, with: after)
      return nil
    }
    waiting.leave(before.sequence, before.wants, mayReturn: journal != nil)
    for want in before.wants { waiting.touch(want.item) }
    reservations[slot: slot].flags.insert(.released)
    close(slot: slot, .init(sequence: row.sequence, kind: .released, isWhole: false, byAdjust: false))
    return nil
  }

  /// Takes units that a reservation gives back from what its customer has of an item with a limit.
  @inline(__always)
  mutating func giveBack(_ quantity: Int64, of number: ItemNumber, _ item: Item, _ reservation: borrowing Reservation) {
    guard item.limit >= 0, !reservation.customer.isEmpty, limitsSince[number] ?? .max < reservation.sequence else {
      return
    }
    let key = CountKey(item: number, customer: reservation.customer.name)
    setCount(key, max(0, counts[key, default: 0] - quantity))
  }
}
