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
  func known(_ name: UnsafeBufferPointer<UInt8>, _ fingerprint: UInt64) -> Known {
    var compact: CompactName?
    var found = Known.nothing
    func confirm(_ sequence: UInt64) -> Bool {
      let wanted = compact ?? CompactName(name)
      compact = wanted
      if let record = keys[sequence] {
        guard record.name == Name(bytes: Array(name)) else { return false }
        found = .key(record.digest, answer: sequence, results: record.results)
        return true
      }
      guard let reservation = state.reservations[sequence], reservation.id == wanted else { return false }
      found = .reservation(reservation)
      return true
    }
    if names.first(fingerprint, where: confirm) != nil { return found }
    guard let history else { return .nothing }
    for sequence in history.candidates(fingerprint) {
      if confirm(sequence) { return found }
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
