/// What `extended` and `amended` events do, and commits of more than is held: see `What an event does` in the format
/// document.
extension State {
  mutating func foldExtension(of sequence: UInt64, _ timeToLive: Int64, _ row: EventColumns.Row) -> Rule? {
    guard let slot = reservations.slot(of: sequence) else { return missing(sequence) }
    guard reservations[slot: slot].isOpen else { return .settledTwice }
    // What waits has no hold that could be extended, amended or moved.
    guard !reservations[slot: slot].waits else { return .settledBeyondOpen }
    guard timeToLive <= Limits.maxQuantity - row.time else { return .overflow }
    if journal != nil { journal!.append(.change(reservations.reservation(slot: slot))) }
    extend(slot: slot, to: timeToLive == 0 ? 0 : row.time + timeToLive)
    return nil
  }

  /// Moves the expiry of an open hold; 0: it never expires.
  mutating func extend(slot: Int, to expires: Int64) {
    noteOriginal(slot: slot)
    // What the queue has of it from before is dropped when it comes up.
    reservations[slot: slot].expires = expires
    if expires > 0 { insertDue(expires: expires, sequence: reservations[slot: slot].sequence) }
  }

  /// Keeps what was asked of a reservation before it is altered for the first time.
  mutating func noteOriginal(slot: Int) {
    let record = reservations[slot: slot]
    guard !record.isAltered else { return }
    if record.isPlain {
      originals[record.sequence] = OriginalReservation(plain: record)
      reservations[slot: slot].isAltered = true
      return
    }
    let reservation = reservations.reservation(slot: slot)
    originals[reservation.sequence] = OriginalReservation(reservation)
    reservations[slot: slot].isAltered = true
  }

  /// - Parameter range: of `entries`: how many are held of each item from then on.
  mutating func foldAmendment(
    of sequence: UInt64, _ entries: [LineEntry], _ range: Range<Int>, _ row: EventColumns.Row
  ) -> Rule? {
    guard let slot = reservations.slot(of: sequence) else { return missing(sequence) }
    guard reservations[slot: slot].isOpen else { return .settledTwice }
    if journal != nil { journal!.append(.change(reservations.reservation(slot: slot))) }
    noteOriginal(slot: slot)
    if reservations[slot: slot].waits { return foldAmendmentOfWaiting(slot: slot, entries, range, row) }
    let before = reservations.reservation(slot: slot)
    var lines = AmendedLines(before)
    var previous: ItemNumber?
    for index in range {
      let entry = entries[index]
      guard entry.quantity >= 0, entry.quantity <= Limits.maxQuantity else { return .quantityRange }
      if let previous, previous >= entry.item { return .lineOrder }
      previous = entry.item
      guard Int(entry.item.rawValue) < items.count else { return .unknownItem }
      let open = lines.open(of: entry.item)
      if let rule = claim(entry.quantity - open, of: entry.item, from: open, for: before) { return rule }
      guard lines.set(entry.item, open: entry.quantity) else { return .overflow }
    }
    if lines.hasOpen {
      guard lines.fit else { return .overflow }
      reservations.replace(slot: slot, with: before.replacingLines(lines.kept))
      return nil
    }
    // What was open was let go: nothing else tells this from a release of all of it.
    noteSold(before, isCommit: false) { [] }
    var released = before
    for index in 0..<before.lineCount { released = released.settingOpen(0, line: index) }
    released.wasReleased = true
    reservations.replace(slot: slot, with: released)
    close(slot: slot, .init(sequence: row.sequence, kind: .released, isWhole: false, byAdjust: false))
    return nil
  }

  /// Has a reservation hold what a commit of these lines takes beyond what is open of them; each must have a line.
  mutating func foldClaims(of sequence: UInt64, _ entries: [LineEntry], _ range: Range<Int>) -> Rule? {
    guard let slot = reservations.slot(of: sequence) else { return missing(sequence) }
    guard reservations[slot: slot].isOpen else { return .settledTwice }
    guard !reservations[slot: slot].waits else { return .settledBeyondOpen }
    let before = reservations.reservation(slot: slot)
    var lines = AmendedLines(before)
    var isMore = false
    for index in range {
      let entry = entries[index]
      guard entry.quantity >= 1, entry.quantity <= Limits.maxQuantity else { return .quantityRange }
      guard before.lineIndex(of: entry.item) != nil else { return .settledBeyondOpen }
      let open = lines.open(of: entry.item)
      guard entry.quantity > open else { continue }
      isMore = true
      if let rule = claim(entry.quantity - open, of: entry.item, from: open, for: before) { return rule }
      guard lines.set(entry.item, open: entry.quantity) else { return .overflow }
    }
    guard isMore else { return nil }
    if journal != nil { journal!.append(.change(before)) }
    noteOriginal(slot: slot)
    var after = before.replacingLines(lines.kept)
    after.isAltered = true
    reservations.replace(slot: slot, with: after)
    return nil
  }

  /// Has a reservation hold so many more of an item, or less.
  ///
  /// - Parameters:
  ///   - open: what it holds of it before.
  ///   - isReopening: its parts, if it has a recipe, come with it as they did at first.
  mutating func claim(
    _ more: Int64, of number: ItemNumber, from open: Int64, for reservation: borrowing Reservation,
    isReopening: Bool = false
  ) -> Rule? {
    var item = items[Int(number.rawValue)]
    item.held += more
    guard item.held >= 0 else { return .negativeHeld }
    guard more <= 0 || item.held <= item.onHand else { return .oversold }
    guard more <= 0 || item.availableOrLess >= 0 else { return .floorPassed }
    guard more <= 0 || item.free >= 0 else { return .overtaking }
    // It would be taken without its parts.
    guard more <= 0 || isReopening || recipes.isEmpty || recipes[number] == nil else { return .partsNotTaken }
    item.lastChange = lastSequence
    if more > 0, item.limit >= 0 {
      guard !reservation.customer.isEmpty else { return .limitWithoutCustomer }
      let counts = limitSince(number) < reservation.sequence
      let key = CountKey(item: number, customer: reservation.customer.name)
      let count = self.counts[key, default: 0]
      guard (counts ? more : open + more) <= item.limit - count else { return .limitExceeded }
      if counts { setCount(key, count + more) }
    } else if more < 0, item.limit >= 0, limitSince(number) < reservation.sequence, !reservation.customer.isEmpty {
      let key = CountKey(item: number, customer: reservation.customer.name)
      setCount(key, max(0, counts[key, default: 0] + more))
    }
    setItem(number, item)
    if more < 0, item.wanted > 0 { waiting.touch(number) }
    return nil
  }
}

/// The lines of a reservation while some of them are amended. What one that waits wants counts as open here.
struct AmendedLines {
  private var lines: [Reservation.Line]
  private let waits: Bool

  init(_ reservation: borrowing Reservation) {
    lines = []
    waits = reservation.waits
    lines.reserveCapacity(reservation.lineCount + 1)
    for index in 0..<reservation.lineCount { lines.append(reservation[index]) }
    if waits { for index in lines.indices { lines[index].open = lines[index].reserved } }
  }

  /// Where the item's line is, or would be.
  private func place(of item: ItemNumber) -> Int {
    var low = 0
    var high = lines.count
    while low < high {
      let middle = (low + high) / 2
      if lines[middle].item < item { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// What is open of an item; 0: nothing, or there is no such line.
  func open(of item: ItemNumber) -> Int64 {
    let place = place(of: item)
    return place < lines.count && lines[place].item == item ? lines[place].open : 0
  }

  /// Has so many of an item open, and as many more or less reserved; false: a number passes 2^53 − 1.
  mutating func set(_ item: ItemNumber, open: Int64) -> Bool {
    let place = place(of: item)
    if place == lines.count || lines[place].item != item {
      if open > 0 { lines.insert(Reservation.Line(item: item, reserved: open, open: open), at: place) }
      return true
    }
    // Both are below 2^54.
    lines[place].reserved += open - lines[place].open
    lines[place].open = open
    return lines[place].reserved <= Limits.maxQuantity
  }

  var hasOpen: Bool { lines.contains { $0.open > 0 } }

  /// A reservation has at most as many lines as an event.
  var fit: Bool { lines.count <= Limits.maxLinesPerEvent || kept.count <= Limits.maxLinesPerEvent }

  /// Those of which something is, or was, held, or waited for.
  var kept: [Reservation.Line] {
    var kept = lines.filter { $0.reserved > 0 }
    if waits { for index in kept.indices { kept[index].open = 0 } }
    return kept
  }
}
