/// What a name stands for already.
enum Known {
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
  func known(_ name: UnsafeBufferPointer<UInt8>, _ fingerprint: UInt64) -> Known {
    // No closures here: one that captures the judge copies it, which costs more than the look-up.
    for index in names.generations.indices {
      var position = names.generations[index].home(of: fingerprint)
      while let sequence = names.generations[index].next(fingerprint, &position) {
        if let known = confirmed(name, at: sequence) { return known }
      }
    }
    return history == nil ? .nothing : sealed(name, fingerprint)
  }

  /// What the event at `sequence` brought, if memory holds it and it is this name.
  @inline(never)
  private func confirmed(_ name: UnsafeBufferPointer<UInt8>, at sequence: UInt64) -> Known? {
    if let record = keys[sequence] {
      return record.name.bytes.elementsEqual(name)
        ? .key(record.digest, answer: sequence, results: record.results) : nil
    }
    guard let reservation = state.reservations[sequence], reservation.id == CompactName(name) else { return nil }
    return .reservation(reservation)
  }

  @inline(never)
  private func sealed(_ name: UnsafeBufferPointer<UInt8>, _ fingerprint: UInt64) -> Known {
    guard let history else { return .nothing }
    for sequence in history.candidates(fingerprint) {
      if let known = confirmed(name, at: sequence) { return known }
      guard let record = history.record(at: sequence), record.name.bytes.elementsEqual(name) else { continue }
      switch record.meaning {
      case .key(let digest, let answer, let results): return .key(digest, answer: answer, results: results)
      case .reservation: return .sealed(record, history.closing(of: sequence))
      }
    }
    return .nothing
  }

  func known(_ name: Name) -> Known { name.bytes.withUnsafeBufferPointer { known($0, hash($0)) } }

  /// The present state of the reservation, as a repeat's answer names it.
  func reservationState(of id: Name) -> ReservationState? {
    switch known(id) {
    case .reservation(let reservation): reservation.state
    case .sealed(_, let closing): closing?.state
    case .nothing, .key: nil
    }
  }
}
