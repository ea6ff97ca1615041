/// A state that also gathers the names that events bring and the reservations that they close, for a sealed index.
struct NameGatherer: EventFold {
  /// Closings are taken and dropped in portions, so that memory holds what is open and a little more.
  private static let portion = 65_536

  var state = State()
  private let hash: SipHash
  private let covered: UInt64
  private var found: [(fingerprint: UInt64, sequence: UInt64)] = []
  private var closed: [SealedClosing] = []

  /// - Parameter covered: the last event that an index has already.
  init(log: LogID, after covered: UInt64) {
    hash = SipHash(log: log)
    self.covered = covered
    state.keepsClosed = true
  }

  mutating func fold(_ columns: inout EventColumns, _ row: EventColumns.Row) -> Rule? {
    if row.sequence > covered {
      if row.kind == .reserved {
        found.append((columns.reserved.ids.withBytes(row.ordinal) { hash($0) }, row.sequence))
      } else if let (key, _) = columns.key(of: row) {
        found.append((hash(key), row.sequence))
      }
    }
    let rule = state.fold(&columns, row)
    if state.recentlyClosed.count >= NameGatherer.portion { takeClosings() }
    return rule
  }

  private mutating func takeClosings() {
    for entry in state.recentlyClosed where entry.closing > covered {
      guard let reservation = state.reservations[entry.reservation], let closing = reservation.closing else { continue }
      closed.append(SealedClosing(reservation: entry.reservation, closing: closing, state: reservation.state))
    }
    state.forgetClosed(through: .max)
  }

  /// The names, by fingerprint.
  mutating func names() -> IndexRunWriter.Source {
    found.sort { ($0.fingerprint, $0.sequence) < ($1.fingerprint, $1.sequence) }
    var words = [UInt64]()
    words.reserveCapacity(found.count * 2)
    for entry in found {
      words.append(entry.fingerprint)
      words.append(entry.sequence)
    }
    return IndexRunWriter.source(words, wordsPerRecord: 2)
  }

  /// Pairs of events that may have brought the same name, the earlier first: their fingerprints are equal.
  mutating func suspects() -> [(UInt64, UInt64)] {
    found.sort { ($0.fingerprint, $0.sequence) < ($1.fingerprint, $1.sequence) }
    return zip(found, found.dropFirst()).filter { $0.fingerprint == $1.fingerprint }.map { ($0.sequence, $1.sequence) }
  }

  /// The closings, by reservation.
  mutating func closings() -> IndexRunWriter.Source {
    takeClosings()
    closed.sort { $0.reservation < $1.reservation }
    return IndexRunWriter.source(closed.flatMap(\.words), wordsPerRecord: 3)
  }
}
