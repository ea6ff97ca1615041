/// (state, event) → state: `What an event does` in the format document.
extension State {
  /// Folds one row of `columns`, which are not changed: passed in place because copying so wide a value for every event,
  /// as a borrow of an `inout` may, costs more than the fold (measured: 4 times the whole append).
  ///
  /// - Returns: the rule that the event breaks; the state is then of no use any more. `nil`: none.
  mutating func fold(_ columns: inout EventColumns, _ row: EventColumns.Row) -> Rule? {
    guard row.sequence == lastSequence + 1, row.sequence <= UInt64(Limits.maxQuantity) else { return .sequenceGap }
    guard row.time >= lastTime else { return .timeBackwards }
    if due.count > 0, row.kind != .expired, let next = nextDue(), next.expires <= row.time { return .expiryLate }
    if waiting.mayOwe, let rule = flawOfOwing(row) { return rule }
    isInStep = row.more
    let ordinal = row.ordinal
    // Sets the last sequence number and time itself.
    if row.kind == .reserved {
      return recipes.isEmpty && columns.asked.isEmpty
        ? foldReservedAsIs(&columns, row) : foldReservedOfParts(&columns, row)
    }
    lastSequence = row.sequence
    lastTime = row.time
    switch row.kind {
    case .reserved: return nil
    case .committed:
      // Element by element: to pass the array would retain it.
      if ordinal + State.prefetchedLines < columns.committed.references.count {
        prefetchSettlement(
          of: columns.committed.references[ordinal + State.prefetchedLines],
          sooner: columns.committed.references[ordinal + State.prefetchedLines / 2])
      }
      let range = columns.committed.lines.range(ordinal)
      return foldSettlement(
        .committed, of: columns.committed.references[ordinal], range.isEmpty ? [] : columns.committed.lines.entries,
        range, row)
    case .released:
      // Element by element: to pass the array would retain it.
      if ordinal + State.prefetchedLines < columns.released.references.count {
        prefetchSettlement(
          of: columns.released.references[ordinal + State.prefetchedLines],
          sooner: columns.released.references[ordinal + State.prefetchedLines / 2])
      }
      let range = columns.released.lines.range(ordinal)
      return foldSettlement(
        .released, of: columns.released.references[ordinal], range.isEmpty ? [] : columns.released.lines.entries,
        range, byAdjust: columns.released.byAdjust[ordinal], row)
    case .expired: return foldExpiry(of: columns.expired[ordinal], row)
    case .itemRegistered: return foldRegistration(columns.registered, ordinal)
    case .received: return foldMovement(columns.received.lines[ordinal])
    case .returned: return foldMovement(columns.returned.lines[ordinal])
    case .adjusted:
      let change = columns.adjusted.changes[ordinal]
      guard change.magnitude <= UInt64(Limits.maxQuantity), change != 0 || columns.adjusted.isTo[ordinal] else {
        return .quantityRange
      }
      return changeOnHand(columns.adjusted.items[ordinal], by: columns.adjusted.changes[ordinal])
    case .transferred: return foldTransfer(columns.transferred, ordinal)
    case .limitSet:
      return setLimit(columns.limits.items[ordinal], columns.limits.limitsPlusOne[ordinal])
    case .batch: return nil
    case .returnedOf: return foldReturn(columns.returnedOf, ordinal, row)
    case .transferredWith: return foldAccompaniedTransfer(columns.transferredWith, ordinal)
    case .extended:
      return foldExtension(
        of: columns.extended.references[ordinal], Int64(columns.extended.timesToLive[ordinal]), row)
    case .amended:
      return foldAmendment(
        of: columns.amended.references[ordinal], columns.amended.lines.entries, columns.amended.lines.range(ordinal),
        row)
    case .committedMore:
      let range = columns.committedMore.lines.range(ordinal)
      let entries = columns.committedMore.lines.entries
      let reservation = columns.committedMore.references[ordinal]
      if let rule = foldClaims(of: reservation, entries, range) { return rule }
      return foldSettlement(.committed, of: reservation, entries, range, row)
    case .floorSet: return setFloor(columns.floors.items[ordinal], Int64(columns.floors.floors[ordinal]))
    case .waiting:
      return recipes.isEmpty && columns.asked.isEmpty ? foldWaiting(&columns, row) : foldWaitingOfParts(&columns, row)
    case .filled: return foldFilling(of: columns.filled[ordinal], row)
    case .reopened: return foldReopening(columns.reopened, ordinal, row)
    case .recipeSet: return foldRecipe(columns.recipes, ordinal)
    case .preferenceSet: return foldPreference(columns.preferences, ordinal)
    case .acknowledged: return foldAcknowledgement(columns.acknowledged, ordinal)
    case .consumerForgotten: return foldForgetting(columns.forgotten, ordinal)
    case .refused: return foldRefusal(columns.refused, ordinal)
    }
  }

  private mutating func setFloor(_ number: ItemNumber, _ floor: Int64) -> Rule? {
    guard Int(number.rawValue) < items.count else { return .unknownItem }
    var item = items[Int(number.rawValue)]
    if item.wanted > 0, floor < item.floor { waiting.touch(number) }
    item.floor = floor
    item.lastChange = lastSequence
    setItem(number, item)
    return nil
  }

  private mutating func foldRegistration(_ group: EventColumns.Registrations, _ ordinal: Int) -> Rule? {
    let isNew = group.skus.withBytes(ordinal) { sku in
      group.locations.withBytes(ordinal) { location in itemNames.append(sku: sku, location: location) }
    }
    guard isNew else { return .itemRegisteredTwice }
    if journal != nil { journal!.append(.registration) }
    items.growOnHugePages()
    items.append(Item(lastChange: lastSequence))
    return nil
  }

  private mutating func changeOnHand(_ number: ItemNumber, by change: Int64) -> Rule? {
    guard Int(number.rawValue) < items.count else { return .unknownItem }
    var item = items[Int(number.rawValue)]
    // Both are below 2^55 in size: the sum cannot wrap.
    item.onHand += change
    item.lastChange = lastSequence
    guard item.onHand <= Limits.maxQuantity else { return .overflow }
    guard item.onHand >= 0 else { return .negativeOnHand }
    guard item.onHand >= item.held else { return .oversold }
    setItem(number, item)
    if item.wanted > 0, change > 0 { waiting.touch(number) }
    if change > 0, !recipes.isEmpty { noteStock(of: number) }
    return nil
  }

  mutating func foldMovement(_ lines: ArraySlice<LineEntry>) -> Rule? {
    var previous: ItemNumber?
    for line in lines {
      guard line.quantity >= 1, line.quantity <= Limits.maxQuantity else { return .quantityRange }
      if let previous, previous >= line.item { return .lineOrder }
      previous = line.item
      if let rule = changeOnHand(line.item, by: line.quantity) { return rule }
    }
    return nil
  }

  private mutating func foldTransfer(_ transfers: EventColumns.Transfers, _ ordinal: Int) -> Rule? {
    let quantity = transfers.quantities[ordinal]
    guard quantity >= 1, quantity <= Limits.maxQuantity else { return .quantityRange }
    if let rule = flawOfTransfer(from: transfers.from[ordinal], to: transfers.to[ordinal]) { return rule }
    if let rule = changeOnHand(transfers.from[ordinal], by: -quantity) { return rule }
    guard items[Int(transfers.from[ordinal].rawValue)].availableOrLess >= 0 else { return .floorPassed }
    return changeOnHand(transfers.to[ordinal], by: quantity)
  }

  /// What is wrong with where goods are moved from and to.
  func flawOfTransfer(from: ItemNumber, to: ItemNumber) -> Rule? {
    guard from != to else { return .transferToItself }
    let (from, to) = (Int(from.rawValue), Int(to.rawValue))
    guard from < items.count, to < items.count else { return nil }
    // A transfer changes the location, never the SKU: no command makes such an event.
    let isSameSKU = itemNames.withBytes(from) { sku, _ in
      itemNames.withBytes(to) { other, _ in sku.elementsEqual(other) }
    }
    return isSameSKU ? nil : .stepForm
  }

  private mutating func setLimit(_ number: ItemNumber, _ limitPlusOne: UInt64) -> Rule? {
    guard Int(number.rawValue) < items.count else { return .unknownItem }
    var item = items[Int(number.rawValue)]
    if limitPlusOne == 0 {
      for key in counts.keys where key.item == number { setCount(key, 0) }
      item.limit = -1
      setLimitSince(number, nil)
    } else {
      if item.limit < 0 { setLimitSince(number, lastSequence) }
      item.limit = Int64(limitPlusOne - 1)
    }
    item.lastChange = lastSequence
    setItem(number, item)
    return nil
  }

  private static let prefetchedLines = 16

  /// Asks for the record of a reservation that will be settled soon, and for the item of one that will be sooner, whose
  /// record is there by now.
  @inline(__always) private func prefetchSettlement(of sequence: UInt64, sooner: UInt64) {
    if let slot = reservations.slot(of: sequence) { reservations.prefetch(slot: slot) }
    if let slot = reservations.slot(of: sooner) { prefetchItem(Int(reservations[slot: slot].item.rawValue)) }
  }

  /// A reservation that holds what its lines say, whatever it asked for.
  mutating func foldReservedAsIs(_ columns: inout EventColumns, _ row: EventColumns.Row) -> Rule? {
    let timeToLive = Int64(columns.reserved.timesToLive[row.ordinal])
    guard timeToLive <= Limits.maxQuantity - row.time else { return .overflow }
    let range = columns.reserved.lines.range(row.ordinal)
    // A replay's time is cache misses in the items: those of lines to come are asked for now.
    let ahead = range.lowerBound + State.prefetchedLines
    if ahead < columns.reserved.lines.entries.count {
      prefetchItem(Int(columns.reserved.lines.entries[ahead].item.rawValue))
    }
    if range.count == 1, journal == nil, columns.reserved.customers.range(row.ordinal).isEmpty {
      let line = columns.reserved.lines.entries[range.lowerBound]
      guard line.quantity >= 1, line.quantity <= Limits.maxQuantity else { return .quantityRange }
      guard Int(line.item.rawValue) < items.count else { return .unknownItem }
      let item = items[Int(line.item.rawValue)]
      guard item.free >= line.quantity else {
        if item.unheld < line.quantity { return .oversold }
        return item.availableOrLess < line.quantity ? .floorPassed : .overtaking
      }
      guard item.limit < 0 else { return .limitWithoutCustomer }
      hold(
        id: columns.reserved.ids.withBytes(row.ordinal) { CompactName($0) }, line,
        expires: timeToLive == 0 ? 0 : row.time + timeToLive, time: row.time)
      return nil
    }
    let customer = columns.reserved.customers.withBytes(row.ordinal) { CompactName($0) }
    lastSequence = row.sequence
    lastTime = row.time
    for index in range {
      let line = columns.reserved.lines.entries[index]
      guard line.quantity >= 1, line.quantity <= Limits.maxQuantity else { return .quantityRange }
      guard Int(line.item.rawValue) < items.count else { return .unknownItem }
      if index > range.lowerBound {
        guard columns.reserved.lines.entries[index - 1].item < line.item else { return .lineOrder }
      }
      var item = items[Int(line.item.rawValue)]
      item.held += line.quantity
      guard item.held <= item.onHand else { return .oversold }
      guard item.availableOrLess >= 0 else { return .floorPassed }
      guard item.free >= 0 else { return .overtaking }
      item.lastChange = row.sequence
      if let rule = count(line, customer, item) { return rule }
      setItem(line.item, item)
    }
    let expires = timeToLive == 0 ? 0 : row.time + timeToLive
    reservations.insert(
      Reservation(
        sequence: row.sequence, time: row.time, expires: expires,
        id: columns.reserved.ids.withBytes(row.ordinal) { CompactName($0) }, customer: customer,
        columns.reserved.lines.entries[range]))
    if journal != nil { journal!.append(.insertion(row.sequence)) }
    openCount += 1
    if expires > 0 { insertDue(expires: expires, sequence: row.sequence) }
    return nil
  }

  private mutating func foldExpiry(of sequence: UInt64, _ row: EventColumns.Row) -> Rule? {
    guard let reservation = reservations[sequence] else { return missing(sequence) }
    guard reservation.isOpen else { return .settledTwice }
    guard reservation.expires > 0, reservation.expires <= row.time else { return .expiryEarly }
    guard let next = nextDue(), next.sequence == sequence else { return .expiryLate }
    due.removeFirst()
    return foldSettlement(.expired, of: sequence, [], 0..<0, row)
  }

  /// Without closed reservations at hand, a sequence number that was one's cannot be told from one that never was.
  func missing(_ sequence: UInt64) -> Rule { sequence < lastSequence ? .settledTwice : .unknownReservation }

  /// - Parameter range: of `entries`; none: all that is open.
  mutating func foldSettlement(
    _ kind: EventKind, of sequence: UInt64, _ entries: [LineEntry], _ range: Range<Int>, byAdjust: Bool = false,
    _ row: EventColumns.Row
  ) -> Rule? {
    guard let slot = reservations.slot(of: sequence) else { return missing(sequence) }
    let record = reservations[slot: slot]
    guard record.isOpen else { return .settledTwice }
    if record.waits { return foldGivingUp(slot: slot, kind, isWhole: range.isEmpty, byAdjust: byAdjust) }
    // Most have no customer whose count would change, and are settled as a whole.
    if range.isEmpty, journal == nil, !record.hasCustomer {
      if let rule = flawOfSettling(record, kind) { return rule }
      settleWhole(slot: slot, kind, byAdjust: byAdjust)
      return nil
    }
    var reservation = reservations.reservation(slot: slot)
    if journal != nil { journal!.append(.change(reservation)) }
    noteSold(reservation, isCommit: kind == .committed) { [reservation] in
      range.isEmpty ? reservation.openLines : Array(entries[range])
    }
    if range.isEmpty {
      for index in 0..<reservation.lineCount where reservation[index].open > 0 {
        if let rule = settle(kind, &reservation, index, reservation[index].open) { return rule }
      }
    } else {
      var previous: ItemNumber?
      for index in range {
        let entry = entries[index]
        guard entry.quantity >= 1, entry.quantity <= Limits.maxQuantity else { return .quantityRange }
        if let previous, previous >= entry.item { return .lineOrder }
        previous = entry.item
        guard let line = reservation.lineIndex(of: entry.item), reservation[line].open >= entry.quantity else {
          return .settledBeyondOpen
        }
        if let rule = settle(kind, &reservation, line, entry.quantity) { return rule }
      }
    }
    if kind == .committed { reservation.wasCommitted = true }
    if kind == .released { reservation.wasReleased = true }
    if reservation.hasOpenLines {
      reservations.replace(slot: slot, with: reservation)
      return nil
    }
    reservations.replace(slot: slot, with: reservation)
    close(
      slot: slot, .init(sequence: row.sequence, kind: kind, isWhole: range.isEmpty, byAdjust: byAdjust))
    return nil
  }

  private mutating func settle(
    _ kind: EventKind, _ reservation: inout Reservation, _ index: Int, _ quantity: Int64
  ) -> Rule? {
    let number = reservation[index].item
    reservation = reservation.settingOpen(reservation[index].open - quantity, line: index)
    var item = items[Int(number.rawValue)]
    item.held -= quantity
    guard item.held >= 0 else { return .negativeHeld }
    if kind == .committed {
      item.onHand -= quantity
      guard item.onHand >= 0 else { return .negativeOnHand }
    } else {
      giveBack(quantity, of: number, item, reservation)
    }
    item.lastChange = lastSequence
    setItem(number, item)
    if item.wanted > 0, kind != .committed { waiting.touch(number) }
    return nil
  }
}
