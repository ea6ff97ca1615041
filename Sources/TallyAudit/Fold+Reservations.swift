import TallyFormat

/// A whole reservation released in the same step as the adjust that needed it.
struct ReleaseForAdjust {
  var reservation: UInt64
  /// Its place in the log; `nil`: there is no such event before.
  var ordinal: Int?
  /// Nothing of it stayed open.
  var isWhole: Bool
  /// It names one item, and leaves nothing of that open.
  var isAllOfItem = false
  /// What the release gave back.
  var lines: [(item: Int, quantity: Int64)]
}

/// Events that make and settle reservations.
extension Fold {
  @inline(__always)
  mutating func reserve(_ event: Event, _ group: EventColumns.Reservations, _ index: Int) {
    let timeToLive = Int64(truncatingIfNeeded: group.timesToLive[index])
    // Both are at most 2^53 − 1 by decoding.
    let expires = timeToLive == 0 ? 0 : event.time + timeToLive
    if index % Fold.warmRows == 0 { warm(group.lines, from: index) }
    let lines = group.lines.range(index)
    let record = group.ids.withRawBytes(index) { id in
      group.customers.withRawBytes(index) { customer in
        open.add(
          event.ordinal, sequence: event.sequence, id: id, customer: customer, time: event.time, expires: expires,
          lines: lines.count)
      }
    }
    reservations += 1
    if expires > Limits.maxQuantity {
      violations.report(.overflow, event.sequence, "the hold would expire at \(expires), after 2^53 − 1")
    }
    if expires != 0 { due.add(DueHolds.Hold(expires: expires, ordinal: event.ordinal)) }
    var previous: Int64 = -1
    for position in lines {
      let line = group.lines.entries[position]
      let item = Int(line.item.rawValue)
      if admits(line, after: previous, event) {
        change(item, held: line.quantity, event)
        judgeTaken(item, event)
        if items.hasFloors { judgeFloor(item, event) }
        if waiting.isKept { judgePassing(item, event) }
        record.addLine(line.item.rawValue, line.quantity)
        if holders.isKept { holders.addLine(of: record, event.ordinal, open) }
        if items.hasLimits, items.limits[item].plusOne != 0 { count(event, line, customer: group.customers[index]) }
      }
      previous = Int64(item)
    }
    if record.lineCount < lines.count { open.closeLines(of: record) }
  }

  /// A line of an item that has a limit.
  mutating func count(_ event: Event, _ line: LineEntry, customer: Name) {
    let item = Int(line.item.rawValue)
    guard !customer.isEmpty else {
      violations.report(
        .limitWithoutCustomer, event.sequence, item: items.names(item), "the item has a limit a customer")
      return
    }
    let count = counts.add(line.quantity, item: item, customer: customer)
    let limit = Int64(bitPattern: items.limits[item].plusOne) - 1
    if count > limit {
      violations.report(
        .limitExceeded, event.sequence, item: items.names(item), "customer \(customer) comes to \(count) of \(limit)")
    }
  }

  /// The open reservation that an event refers to; reports where there is none.
  @inline(__always)
  mutating func find(_ event: Event, reservation: UInt64) -> (handle: OpenReservations.Handle, ordinal: Int)? {
    guard let (ordinal, standing) = made(event, reservation: reservation) else { return nil }
    guard case .open(let handle) = standing else {
      violations.report(.settledTwice, event.sequence, "the reservation of event \(reservation) is closed already")
      return nil
    }
    return (handle, ordinal)
  }

  /// Where the reservation that an event refers to stands, and its place in the log; reports where there is none.
  @inline(__always)
  mutating func made(
    _ event: Event, reservation: UInt64
  ) -> (ordinal: Int, standing: OpenReservations.Standing)? {
    guard let ordinal = order.ordinal(of: reservation, among: event.ordinal) else {
      violations.report(.unknownReservation, event.sequence, "event \(reservation) is not before it in the log")
      return nil
    }
    let standing = open.standing(ordinal)
    if case .neverMade = standing {
      violations.report(.unknownReservation, event.sequence, "event \(reservation) is no reservation")
      return nil
    }
    return (ordinal, standing)
  }

  @inline(__always)
  mutating func settle(_ event: Event, _ group: EventColumns.Settlements, _ index: Int) {
    if index % FoundAhead.window == 0 { warm(group.references, from: index, event) }
    let lines = group.lines.range(index)
    let found = ahead.handle(event.kind, index, open) ?? find(event, reservation: group.references[index])?.handle
    guard let handle = found else { return }
    if handle.record.isWaiting, event.kind == .committed || !lines.isEmpty {
      violations.report(
        .settledBeyondOpen, event.sequence, "the reservation of event \(handle.record.sequence) waits and holds nothing"
      )
      return
    }
    if lines.isEmpty {
      settleAll(event, handle)
      if event.kind == .committed || !group.byAdjust[index] { wholeSettlements.insert(event.ordinal) }
    } else {
      settle(event, handle, group.lines.entries[lines])
    }
  }

  mutating func release(_ event: Event, _ group: EventColumns.Settlements, _ index: Int) {
    let byAdjust = group.byAdjust[index]
    guard byAdjust else {
      settle(event, group, index)
      return judgeStep(event, key: group.keys, index)
    }
    if !holders.isKept { holders.keep(open) }
    let reservation = group.references[index]
    let ordinal = order.ordinal(of: reservation, among: event.ordinal)
    var release = ReleaseForAdjust(reservation: reservation, ordinal: ordinal, isWhole: false, lines: [])
    let named = group.lines.range(index)
    if !named.isEmpty {
      // What the event names, not what is open: a forged log may release one line of a large cart over and over.
      release.lines = group.lines.entries[named].map { (Int($0.item.rawValue), $0.quantity) }
      release.isAllOfItem = release.lines.count == 1 && isOpen(release.lines[0], ordinal)
    } else if let ordinal, case .open(let handle) = open.standing(ordinal) {
      for index in 0..<handle.record.lineCount {
        let line = handle.record.line(index)
        if line.open > 0 { release.lines.append((line.item, line.open)) }
      }
    }
    settle(event, group, index)
    if let ordinal { release.isWhole = !open.isOpen(ordinal) }
    releasedForAdjust.append(release)
    judgeStep(event, key: group.keys, index, byAdjust: true)
    if !event.more { releasedForAdjust.removeAll() }
  }

  /// The place of an item's line; reports where the reservation has none.
  mutating func lineIndex(of item: Int, _ record: OpenRecord, _ event: Event) -> Int? {
    if let index = record.lineIndex(of: item) { return index }
    violations.report(
      .settledBeyondOpen, event.sequence, item: items.names(item), "the reservation does not have the item")
    return nil
  }

  /// Whether this is all that is open of an item.
  private func isOpen(_ line: (item: Int, quantity: Int64), _ ordinal: Int?) -> Bool {
    guard let ordinal, case .open(let handle) = open.standing(ordinal),
      let index = handle.record.lineIndex(of: line.item)
    else { return false }
    return handle.record.line(index).open == line.quantity
  }

  /// Settles what is still open of a reservation. Commits take it from what is on hand, too.
  @inline(__always)
  private mutating func settleAll(_ event: Event, _ handle: OpenReservations.Handle) {
    let record = handle.record
    if record.isWaiting { return giveUp(event, handle) }
    for index in 0..<record.lineCount {
      let line = record.line(index)
      guard line.open > 0 else { continue }
      take(event, line.item, line.open, record)
    }
    close(handle)
  }

  private mutating func settle(
    _ event: Event, _ handle: OpenReservations.Handle, _ lines: ArraySlice<LineEntry>
  ) {
    let record = handle.record
    var previous: Int64 = -1
    for line in lines {
      let item = Int(line.item.rawValue)
      let isAdmitted = admits(line, after: previous, event)
      previous = Int64(item)
      guard isAdmitted, let index = lineIndex(of: item, record, event) else { continue }
      let isOpen = record.line(index).open
      if line.quantity > isOpen {
        violations.report(
          .settledBeyondOpen, event.sequence, item: items.names(item), "\(line.quantity) settled of \(isOpen) open")
      }
      take(event, item, line.quantity, record)
      record.settle(line: index, line.quantity)
    }
    record.mark(event.kind == .committed ? 1 : 2)
    if record.isSettled { close(handle) }
  }

  /// Takes a settled quantity from what is held, and gives back or takes away what the event's kind says.
  @inline(__always)
  mutating func take(_ event: Event, _ item: Int, _ quantity: Int64, _ record: OpenRecord) {
    let isCommit = event.kind == .committed || event.kind == .committedMore
    change(item, onHand: isCommit ? -quantity : 0, held: -quantity, event)
    let stock = items.stock.pointer(item)
    if stock.pointee.held < 0 {
      violations.report(
        .negativeHeld, event.sequence, item: items.names(item), "held is \(items.stock[item].held) after the event")
    }
    if isCommit, stock.pointee.onHand < 0 {
      violations.report(
        .negativeOnHand, event.sequence, item: items.names(item),
        "on hand is \(items.stock[item].onHand) after the event")
    }
    if !isCommit, items.hasLimits { giveBack(item, quantity, record) }
  }

  @inline(__always)
  mutating func close(_ handle: OpenReservations.Handle) {
    let expires = handle.record.expires
    if waiting.isKept { waiting.forget(handle.record.sequence) }
    open.close(handle)
    if expires != 0 { due.settle(open) }
  }

  // MARK: - Expiry

  mutating func expire(_ event: Event, reservation: UInt64) {
    guard let (handle, ordinal) = find(event, reservation: reservation) else { return }
    let expires = handle.record.expires
    if expires == 0 {
      violations.report(.expiryEarly, event.sequence, "the reservation of event \(reservation) has no time limit")
    } else if event.time < expires {
      violations.report(
        .expiryEarly, event.sequence, "time \(event.time) is before \(expires), when event \(reservation) expires")
    } else if let first = firstDue(at: event.time), first < DueHolds.Hold(expires: expires, ordinal: ordinal) {
      violations.report(
        .expiryLate, event.sequence,
        "the reservation of event \(order.sequence(of: first.ordinal)) was due before, at \(first.expires)")
    }
    settleAll(event, handle)
  }

  /// The open hold that is due first.
  private mutating func firstDue(at time: Int64) -> DueHolds.Hold? {
    while let first = due.first, first.expires <= time {
      if DueHolds.isCurrent(first, open) { return first }
      due.removeFirst()
    }
    return nil
  }

  /// Reports each hold that should have expired before this event, once.
  @inline(never)
  mutating func reportOverdue(_ event: Event) {
    while let hold = firstDue(at: event.time) {
      due.removeFirst()
      let item: Int? =
        if case .open(let handle) = open.standing(hold.ordinal), handle.record.lineCount > 0 {
          handle.record.line(0).item
        } else {
          nil
        }
      violations.report(
        .expiryLate, event.sequence, item: item.flatMap { items.names($0) },
        "the reservation of event \(order.sequence(of: hold.ordinal)) was due at \(hold.expires) and is still open")
    }
  }
}
