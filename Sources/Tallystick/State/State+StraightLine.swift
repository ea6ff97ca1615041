/// What the commonest events do, where it has been judged that they keep every rule: the short ways of the fold, which rows in
/// a straight line take, too, without an event's columns between.
extension State {
  /// What a `reserved` event of one line without customer, on an item without limit, does; the judge has checked that it
  /// keeps every rule. Folds the next event.
  @inline(__always)
  mutating func hold(id: CompactName, _ line: LineEntry, expires: Int64, time: Int64) {
    let sequence = lastSequence + 1
    lastSequence = sequence
    lastTime = time
    items[Int(line.item.rawValue)].held += line.quantity
    items[Int(line.item.rawValue)].lastChange = sequence
    let record = ReservationRecord(
      sequence: sequence, time: time, expires: expires, id: id, item: line.item, reserved: line.quantity,
      open: line.quantity)
    if id.form == .long {
      reservations.insert(
        Reservation(sequence: sequence, time: time, expires: expires, id: id, customer: .none, [line]))
    } else {
      reservations.insert(record)
    }
    openCount += 1
    if expires > 0 { insertDue(expires: expires, sequence: sequence) }
  }

  /// As ``hold(id:_:expires:time:)``, of several lines.
  mutating func hold(id: CompactName, _ entries: [LineEntry], _ range: Range<Int>, expires: Int64, time: Int64) {
    lastSequence += 1
    lastTime = time
    for index in range {
      let line = entries[index]
      items[Int(line.item.rawValue)].held += line.quantity
      items[Int(line.item.rawValue)].lastChange = lastSequence
    }
    let first = entries[range.lowerBound]
    let record = ReservationRecord(
      sequence: lastSequence, time: time, expires: expires, id: id, item: first.item, reserved: first.quantity,
      open: first.quantity)
    let extra = ReservationExtra(longID: id.bytes, customer: .none, count: range.count - 1) {
      Reservation.Line(entries[range.lowerBound + 1 + $0])
    }
    reservations.insert(record, extra)
    openCount += 1
    if expires > 0 { insertDue(expires: expires, sequence: lastSequence) }
  }

  /// What a `received` event of one line does; the judge has checked that it keeps every rule. Folds the next event.
  @inline(__always) mutating func receive(_ line: LineEntry, time: Int64) {
    lastSequence += 1
    lastTime = time
    items[Int(line.item.rawValue)].onHand += line.quantity
    items[Int(line.item.rawValue)].lastChange = lastSequence
    if items[Int(line.item.rawValue)].wanted > 0 { waiting.touch(line.item) }
    if !recipes.isEmpty { noteStock(of: line.item) }
  }

  /// As ``hold(id:_:expires:time:)``, of many events that come next, all at one time; what they do to the items has been
  /// done.
  mutating func hold(_ run: [ReservationRecord], time: Int64) {
    reservations.insert(contentsOf: run)
    openCount += run.count
    lastSequence += UInt64(run.count)
    lastTime = time
    for record in run where record.expires > 0 { insertDue(expires: record.expires, sequence: record.sequence) }
  }

  /// What an `amended` event of the one line does that a plain hold has, which then still holds some; the judge has checked
  /// that it keeps every rule. Folds the next event.
  @inline(__always)
  mutating func amend(slot: Int, _ line: LineEntry, time: Int64) {
    lastSequence += 1
    lastTime = time
    noteOriginal(slot: slot)
    let record = reservations[slot: slot]
    let more = line.quantity - record.open
    let number = Int(line.item.rawValue)
    items[number].held += more
    items[number].lastChange = lastSequence
    if more < 0, items[number].wanted > 0 { waiting.touch(line.item) }
    reservations[slot: slot].setFirst(
      Reservation.Line(item: line.item, reserved: record.reserved + more, open: line.quantity))
  }

  /// What a `committed` or `released` event of all of an open reservation without customer does. Folds the next event.
  @inline(__always)
  mutating func settle(slot: Int, _ kind: EventKind, time: Int64) {
    lastSequence += 1
    lastTime = time
    settleWhole(slot: slot, kind)
  }

  /// Settles all of an open reservation without customer by the last event, which keeps every rule.
  @inline(__always)
  mutating func settleWhole(slot: Int, _ kind: EventKind, byAdjust: Bool = false) {
    let record = reservations[slot: slot]
    // Where only one of both has ever happened, the record tells what was sold.
    if record.flags.contains(kind == .committed ? .released : .committed) {
      let reservation = reservations.reservation(slot: slot)
      noteSold(reservation, isCommit: kind == .committed) { reservation.openLines }
    }
    settleLine(record.open, of: record.item, kind)
    if let extra = reservations.extra(of: record) {
      for index in 0..<extra.count { settleLine(extra[index].open, of: extra[index].item, kind) }
    }
    var flags = record.flags
    if kind == .committed { flags.insert(.committed) }
    if kind == .released { flags.insert(.released) }
    reservations[slot: slot].flags = flags
    close(slot: slot, .init(sequence: lastSequence, kind: kind, isWhole: true, byAdjust: byAdjust))
  }

  @inline(__always) private mutating func settleLine(_ quantity: Int64, of item: ItemNumber, _ kind: EventKind) {
    // Of a cart whose first line has been settled, nothing is open there, and its item does not change.
    guard quantity > 0 else { return }
    let number = Int(item.rawValue)
    items[number].held -= quantity
    items[number].lastChange = lastSequence
    if kind == .committed {
      items[number].onHand -= quantity
    } else if items[number].wanted > 0 {
      waiting.touch(item)
    }
  }

  /// The rule that settling all of an open reservation without customer would break.
  @inline(__always) func flawOfSettling(_ record: ReservationRecord, _ kind: EventKind) -> Rule? {
    func flaw(_ quantity: Int64, _ number: ItemNumber) -> Rule? {
      let item = items[Int(number.rawValue)]
      if item.held < quantity { return .negativeHeld }
      return kind == .committed && item.onHand < quantity ? .negativeOnHand : nil
    }
    if let rule = flaw(record.open, record.item) { return rule }
    if let extra = reservations.extra(of: record) {
      for index in 0..<extra.count { if let rule = flaw(extra[index].open, extra[index].item) { return rule } }
    }
    return nil
  }

  mutating func close(slot: Int, _ closing: Reservation.Closing) {
    openCount -= 1
    let sequence = reservations[slot: slot].sequence
    if keepsClosed {
      reservations[slot: slot].close(closing)
      recentlyClosed.append((closing.sequence, sequence))
    } else {
      forget(sequence)
    }
  }

  mutating func insertDue(expires: Int64, sequence: UInt64) {
    // Settled holds leave entries behind. Once they are the most, start afresh: amortised, a constant a hold.
    if due.count > 1024, due.count > 4 * openCount {
      var live = [DueQueue.Entry]()
      reservations.visit {
        if $0.isOpen, $0.expires > 0, $0.sequence != sequence {
          live.append(DueQueue.Entry(expires: $0.expires, sequence: $0.sequence))
        }
      }
      due.rebuild(live)
    }
    due.insert(expires: expires, sequence: sequence)
  }
}
