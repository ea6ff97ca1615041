/// Waiting in line, and what comes before every command: what is due expires, and who waits is served.
extension Judge {
  /// Makes a reservation wait that cannot be held whole now.
  ///
  /// - Parameter asked: where something has a recipe, what takes the lines.
  mutating func standInLine(
    id: UnsafeBufferPointer<UInt8>, _ fingerprint: UInt64, _ entries: UnsafeBufferPointer<LineEntry>,
    asked: UnsafeBufferPointer<LineEntry>? = nil, customer: UnsafeBufferPointer<UInt8>, timeToLive: Int64,
    _ wait: Operation.Wait, _ step: Step,
    into events: inout EventColumns
  ) -> Outcome {
    let milliseconds: Int64 =
      switch wait {
      case .forever: 0
      case .milliseconds(let count): count
      }
    switch Guards.waiting(
      entries.span, timeToLive: timeToLive, wait: milliseconds, at: step.time, state.items.span)
    {
    case .overflow(let line):
      return rejected(.overflow, item: line.map { state.itemNames[Int(entries[$0].item.rawValue)] })
    case .accepted: break
    }
    events.appendWaiting(
      id: id, lines: entries, customer: customer, timeToLive: timeToLive, wait: milliseconds, time: step.time,
      more: step.more)
    if let asked { events.setLastAsked(asked) }
    foldLast(&events)
    remember(fingerprint)
    return .accepted(Acceptance(sequence: state.lastSequence, state: .waiting))
  }

  /// Brings the log to where a command can be judged at `time`: where every judgement begins, of a command, a batch or rows,
  /// and all that a timer does. First who can be served since the last command is served, at that command's time; then
  /// holds that are due by `time` expire, waiting ones whose time is over give up, and who can be served by that is. A writer,
  /// which must put all this in as many frames as it takes, comes here first.
  ///
  /// - Returns: false if `limit` was reached and more is to be done.
  @discardableResult
  mutating func catchUp(at time: Int64, into events: inout EventColumns, atMost limit: Int = .max) -> Bool {
    judgedTime = time
    if state.waiting.mayOwe, !settleLine(at: state.lastTime, into: &events, atMost: limit) { return false }
    return settleLine(at: time, into: &events, atMost: limit)
  }

  /// Serves who can be served since the last command, at its time.
  ///
  /// - Returns: false if `limit` was reached and more is to be done.
  @discardableResult
  mutating func serveLine(into events: inout EventColumns, atMost limit: Int = .max) -> Bool {
    guard state.waiting.mayOwe else { return true }
    return settleLine(at: state.lastTime, into: &events, atMost: limit)
  }

  private mutating func settleLine(at time: Int64, into events: inout EventColumns, atMost limit: Int) -> Bool {
    // At the last command's time nothing is due but where a writer was stopped half-way.
    guard expireDue(at: time, into: &events, atMost: limit) else { return false }
    guard state.waiting.mayOwe else { return true }
    return fill(into: &events, atMost: limit)
  }

  /// Fills the waiting reservations that can be, by sequence number, each in a step of its own, at the last event's time.
  private mutating func fill(into events: inout EventColumns, atMost limit: Int) -> Bool {
    var left = limit
    while let next = state.nextToFill() {
      guard left > 0 else { return false }
      left -= 1
      events.appendFilling(reservation: next, time: state.lastTime)
      foldLast(&events)
    }
    return true
  }

  /// What asks for something that a reservation would have to hold, and it waits.
  func rejectedAsWaiting(_ reservation: borrowing Reservation) -> Outcome {
    var rejection = Rejection(.settled, at: state.lastSequence)
    rejection.places = state.places(of: reservation)
    return .rejected(rejection)
  }
}

extension State {
  /// Where a waiting reservation stands, for each of its items. Costs a look at a 64th of those before it.
  func places(of reservation: borrowing Reservation) -> [WaitingPlace] {
    guard reservation.waits else { return [] }
    return (0..<reservation.lineCount).map {
      place(of: reservation, reservation[$0].item, reservation[$0].reserved)
    }
  }

  /// Who waits for an item, in order.
  func queue(of number: ItemNumber) -> [WaitingPlace] {
    var places = [WaitingPlace]()
    var before: Int64 = 0
    waiting.queue(of: number)?.visit { sequence in
      guard let reservation = reservations[sequence], let line = reservation.lineIndex(of: number) else { return }
      let quantity = reservation[line].reserved
      places.append(
        WaitingPlace(
          item: itemNames[Int(number.rawValue)], reservation, place: places.count + 1, quantity: quantity,
          unitsBefore: before))
      before += quantity
    }
    return places
  }

  private func place(of reservation: Reservation, _ number: ItemNumber, _ quantity: Int64) -> WaitingPlace {
    WaitingPlace(
      item: itemNames[Int(number.rawValue)], reservation,
      place: waiting.countBefore(reservation.sequence, on: number) + 1, quantity: quantity,
      unitsBefore: waiting.units(of: number, through: reservation.sequence) - quantity)
  }
}

extension WaitingPlace {
  fileprivate init(item: ItemName, _ reservation: Reservation, place: Int, quantity: Int64, unitsBefore: Int64) {
    self.init(
      item: item, id: reservation.id.name, sequence: reservation.sequence, place: place, quantity: quantity,
      unitsBefore: unitsBefore, time: reservation.time,
      givesUp: reservation.expires == 0 ? nil : reservation.expires,
      customer: reservation.customer.isEmpty ? nil : reservation.customer.name)
  }
}
