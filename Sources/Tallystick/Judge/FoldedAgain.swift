#if DEBUG
  /// What rows in a straight line are about to touch: in debug builds it is taken back when they are judged, and their events
  /// are folded again as a replay folds them. So every test that judges rows checks the straight lines.
  struct BeforeStraightLine {
    fileprivate let savepoint: State.Savepoint
    fileprivate let cursor: EventColumns.Cursor
    fileprivate let dueCount: Int
    fileprivate var undo: [Undo] = []
    fileprivate var items: [ItemNumber] = []
    /// That is settled; `nil`: some are made.
    fileprivate var settled: UInt64?
    /// What its customer has of its items: a straight line touches no counts.
    fileprivate var counts: [State.CountKey] = []

    private init(_ state: borrowing State, _ events: borrowing EventColumns) {
      precondition(state.journal == nil, "a straight line within a batch")
      savepoint = state.savepoint
      cursor = events.end
      dueCount = state.due.count
    }

    /// Before some rows reserve or receive.
    init(
      _ state: borrowing State, _ events: borrowing EventColumns, _ rows: borrowing PreparedRows,
      _ range: ClosedRange<Int>
    ) {
      self.init(state, events)
      for row in range {
        undo.append(.insertion(state.lastSequence + UInt64(row - range.lowerBound + 1)))
        for line in rows.columns.lines.range(row) { note(rows.columns.lines.entries[line].item, state) }
      }
    }

    /// Before all that is open of a reservation is settled.
    init(_ state: borrowing State, _ events: borrowing EventColumns, settling sequence: UInt64) {
      self.init(state, events)
      guard let reservation = state.reservations[sequence] else { return }
      settled = sequence
      undo.append(.soldParts(sequence, state.soldParts[sequence]))
      undo.append(.change(reservation))
      for line in 0..<reservation.lineCount {
        note(reservation[line].item, state)
        counts.append(State.CountKey(item: reservation[line].item, customer: reservation.customer.name))
      }
    }

    private mutating func note(_ item: ItemNumber, _ state: borrowing State) {
      guard Int(item.rawValue) < state.items.count else { return }
      items.append(item)
      undo.append(.item(item, state.items[Int(item.rawValue)]))
    }
  }

  extension Judge {
    /// What the events since have made of the state.
    private struct Result: Equatable {
      var lastSequence: UInt64
      var lastTime: Int64
      var openCount: Int
      var items: [State.Item]
      var closed: [[UInt64]]
      var reservations: [Held?]
      var counts: [Int64?]
    }

    /// A reservation by what can be asked of it: how a closed one keeps its lines is its own affair.
    private struct Held: Equatable {
      var sequence: UInt64
      var id: CompactName
      var customer: CompactName
      var time: Int64
      var expires: Int64
      var lines: [Reservation.Line]
      var closing: Reservation.Closing?
      var state: ReservationState

      init(_ reservation: Reservation) {
        sequence = reservation.sequence
        (id, customer) = (reservation.id, reservation.customer)
        (time, expires) = (reservation.time, reservation.expires)
        lines = (0..<reservation.lineCount).map { reservation[$0] }
        (closing, state) = (reservation.closing, reservation.state)
      }
    }

    private func result(since before: borrowing BeforeStraightLine, through last: UInt64) -> Result {
      let made = before.savepoint.lastSequence < last ? Array(before.savepoint.lastSequence + 1...last) : []
      return Result(
        lastSequence: state.lastSequence, lastTime: state.lastTime, openCount: state.openCount,
        items: before.items.map { state.items[Int($0.rawValue)] },
        closed: state.recentlyClosed[before.savepoint.closedCount...].map { [$0.closing, $0.reservation] },
        reservations: (before.settled.map { [$0] } ?? made).map { state.reservations[$0].map(Held.init) },
        counts: before.counts.map { state.counts[$0] })
    }

    /// Folds the events that rows in a straight line have made since once more, the plain way, and stops the program where
    /// the state is then another one.
    mutating func foldAgain(_ before: borrowing BeforeStraightLine, _ events: inout EventColumns) {
      let last = state.lastSequence
      guard last > before.savepoint.lastSequence else { return }
      let straight = result(since: before, through: last)
      // Above that, entries of settled holds are dropped now and then.
      if before.dueCount < 512, before.settled == nil {
        let expiring = straight.reservations.reduce(0) { $0 + (($1?.expires ?? 0) > 0 ? 1 : 0) }
        precondition(state.due.count - before.dueCount == expiring, "\(expiring) holds of a straight line expire")
      }
      state.journal = before.undo
      state.undoBatch(before.savepoint)
      // With a journal the fold takes no short way of its own.
      state.journal = []
      var cursor = before.cursor
      while let row = events.next(&cursor) {
        let broken = state.fold(&events, row)
        precondition(broken == nil, "a straight line made event \(row.sequence) that breaks \(broken?.rawValue ?? "")")
      }
      state.keepBatch()
      let plain = result(since: before, through: last)
      precondition(plain == straight, "in a straight line \(straight), by the plain fold \(plain)")
    }
  }
#endif
