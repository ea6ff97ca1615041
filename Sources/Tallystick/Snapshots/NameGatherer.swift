/// A state that also gathers the names that events bring and the reservations that they close, for a sealed index.
struct NameGatherer: EventFold {
  /// Closings are taken and dropped in portions, so that memory holds what is open and a little more.
  private static let portion = 65_536

  var state = State()
  private let hash: SipHash
  private let contentHash: ContentHash
  private var covered: UInt64
  /// Fingerprint, sequence number and content hash by turns.
  private var found: [UInt64] = []
  private var closed: [SealedClosing] = []
  /// Of the names taken last, pairs of events that may have brought the same one, the earlier first: their fingerprints
  /// are equal.
  private(set) var suspects: [(earlier: UInt64, later: UInt64)] = []

  /// - Parameter covered: the last event that an index has already.
  init(log: LogID, after covered: UInt64) {
    hash = SipHash(log: log)
    contentHash = ContentHash(log: log)
    self.covered = covered
    state.keepsClosed = true
  }

  mutating func fold(_ columns: inout EventColumns, _ row: EventColumns.Row) -> Rule? {
    if row.sequence > covered {
      // Once there are many: memory for a default snapshot's names at once, on huge pages.
      if found.count == 3 << 15 { found.reserveHugePages(3 << 20) }
      if row.kind == .reserved {
        found.append(columns.reserved.ids.withBytes(row.ordinal) { hash($0) })
        found.append(row.sequence)
        found.append(content(&columns, row))
      } else if let (key, _) = columns.key(of: row) {
        found.append(hash(key))
        found.append(row.sequence)
        found.append(ContentHash.none)
      }
    }
    let rule = state.fold(&columns, row)
    if row.kind == .returnedOf, row.sequence > covered {
      // Beside the closings: what has come back is found by its reservation, too.
      closed.append(
        SealedClosing(
          reservation: columns.returnedOf.references[row.ordinal],
          closing: .init(sequence: row.sequence, kind: .returned, isWhole: false, byAdjust: false), state: .committed))
    }
    if row.kind == .reopened, row.sequence > covered {
      closed.append(
        SealedClosing(
          reservation: columns.reopened.references[row.ordinal],
          closing: .init(sequence: row.sequence, kind: .reserved, isWhole: false, byAdjust: false), state: .open))
    }
    if state.recentlyClosed.count >= NameGatherer.portion { takeClosings() }
    return rule
  }

  /// Of a `reserved` event. Part by part, and the columns passed in place: closures within each other would copy them.
  private func content(_ columns: inout EventColumns, _ row: EventColumns.Row) -> UInt64 {
    let contentHash = contentHash
    let id = columns.reserved.ids.withBytes(row.ordinal) { contentHash.part($0) }
    let customer = columns.reserved.customers.withBytes(row.ordinal) { contentHash.part($0) }
    let timeToLive = Int64(columns.reserved.timesToLive[row.ordinal])
    if let asked = columns.asked(of: row) {
      return asked.withUnsafeBufferPointer {
        contentHash(id: id, customer: customer, lines: $0, timeToLive: timeToLive)
      }
    }
    let range = columns.reserved.lines.range(row.ordinal)
    return columns.reserved.lines.entries.withUnsafeBufferPointer {
      contentHash(id: id, customer: customer, lines: UnsafeBufferPointer(rebasing: $0[range]), timeToLive: timeToLive)
    }
  }

  private mutating func takeClosings() {
    for entry in state.recentlyClosed where entry.closing > covered {
      guard let slot = state.reservations.slot(of: entry.reservation) else { continue }
      let record = state.reservations[slot: slot]
      // Of one that was reopened since, a later closing counts, or none.
      guard let closing = record.closing, closing.sequence == entry.closing else { continue }
      closed.append(
        SealedClosing(
          reservation: entry.reservation, closing: closing, state: record.state, isAltered: record.isAltered))
    }
    state.forgetClosed(through: .max)
  }

  /// The names found since the last call, by fingerprint.
  mutating func names() -> IndexRunWriter.Source {
    RecordSort.sort(&found)
    suspects = zip(stride(from: 0, to: found.count, by: 3), stride(from: 3, to: found.count, by: 3))
      .filter { found[$0] == found[$1] }.map { (found[$0 + 1], found[$1 + 1]) }
    defer { found.removeAll(keepingCapacity: true) }
    return IndexRunWriter.source(found, wordsPerRecord: IndexRun.nameWords)
  }

  /// The closings found since the last call, by reservation. Ends the portion: what is folded next belongs to another.
  mutating func closings() -> IndexRunWriter.Source {
    takeClosings()
    closed.sort { $0.reservation < $1.reservation }
    defer {
      closed.removeAll(keepingCapacity: true)
      covered = state.lastSequence
    }
    var words = [UInt64]()
    words.reserveCapacity(closed.count * IndexRun.closingWords)
    for closing in closed { closing.append(to: &words) }
    return IndexRunWriter.source(words, wordsPerRecord: IndexRun.closingWords)
  }
}
