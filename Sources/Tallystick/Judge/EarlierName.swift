/// What a name stands for already.
enum EarlierName {
  case nothing
  /// A reservation that memory holds, open or closed.
  case reservation(Reservation)
  /// A reservation closed long ago.
  case sealed(NameRecord, SealedClosing?)
  case key(ContentDigest, answer: UInt64, results: [EventColumns.BatchResult])
}

extension Judge {
  /// What `name` stands for. Costs one cache miss when it is new.
  @inline(__always)
  func known(_ name: UnsafeBufferPointer<UInt8>, _ fingerprint: UInt64) -> EarlierName {
    // No closures here: one that captures the judge copies it, which costs more than the look-up.
    for index in 0..<names.tableCount {
      var position = names[table: index].home(of: fingerprint)
      while let sequence = names[table: index].next(fingerprint, &position) {
        if let known = confirmed(name, at: sequence) { return known }
      }
    }
    return history == nil ? .nothing : sealed(name, fingerprint)
  }

  /// What the event at `sequence` brought, if memory holds it and it is this name.
  @inline(never)
  private func confirmed(_ name: UnsafeBufferPointer<UInt8>, at sequence: UInt64) -> EarlierName? {
    if let record = keys[sequence] {
      return record.name.bytes.elementsEqual(name)
        ? .key(record.digest, answer: sequence, results: record.results) : nil
    }
    guard let reservation = state.reservations[sequence], reservation.id == CompactName(name) else { return nil }
    return .reservation(reservation)
  }

  @inline(never)
  private func sealed(_ name: UnsafeBufferPointer<UInt8>, _ fingerprint: UInt64) -> EarlierName {
    guard let history else { return .nothing }
    for sequence in history.candidates(fingerprint).map(\.sequence) {
      if let known = confirmed(name, at: sequence) { return known }
      guard let record = history.record(at: sequence), record.name.bytes.elementsEqual(name) else { continue }
      switch record.meaning {
      case .key(let digest, let answer, let results): return .key(digest, answer: answer, results: results)
      case .reservation: return .sealed(record, history.closing(of: sequence))
      }
    }
    return .nothing
  }

  /// The event that made the reservation, if only an index remembers its name, and with this content.
  ///
  /// Cost when a filter lets the fingerprint pass: a few pages of an index. The log is not read: see ``ContentHash``.
  /// Changes nothing, but a caller that may change the judge would copy it for a function that may not.
  mutating func sealedRepeat(
    _ id: UnsafeBufferPointer<UInt8>, _ fingerprint: UInt64, _ entries: UnsafeBufferPointer<LineEntry>,
    customer: UnsafeBufferPointer<UInt8>, timeToLive: Int64
  ) -> UInt64? {
    guard let history, history.mayContain(fingerprint) else { return nil }
    let content = contentHash(
      id: contentHash.part(id), customer: contentHash.part(customer), lines: entries, timeToLive: timeToLive)
    return history.candidates(fingerprint).first { $0.content == content }?.sequence
  }

  /// What has become of a reservation whose name only an index remembers.
  func presentState(ofSealed sequence: UInt64) -> ReservationState? {
    if let slot = state.reservations.slot(of: sequence) { return state.reservations[slot: slot].state }
    return history?.closing(of: sequence)?.state
  }

  func known(_ name: Name) -> EarlierName { name.bytes.withUnsafeBufferPointer { known($0, hash($0)) } }

  /// The present state of the reservation, as a repeat's answer names it.
  func reservationState(of id: Name) -> ReservationState? {
    switch known(id) {
    case .reservation(let reservation): reservation.state
    case .sealed(_, let closing): closing?.state
    case .nothing, .key: nil
    }
  }
}
