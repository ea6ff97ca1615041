/// What becomes of one reservation, event by event: a fold of nothing else, for what memory has forgotten.
struct OrderLife {
  private let sequence: UInt64
  private var open: [ItemNumber: Int64] = [:]
  /// Units committed by item.
  private(set) var sold: [ItemNumber: Int64] = [:]

  init(_ sequence: UInt64) { self.sequence = sequence }

  /// Folds an event, if it is about the reservation.
  mutating func fold(_ columns: EventColumns, _ row: EventColumns.Row) {
    let ordinal = row.ordinal
    switch row.kind {
    case .reserved:
      guard row.sequence == sequence else { return }
      for line in columns.reserved.lines[ordinal] { open[line.item] = line.quantity }
    case .waiting:
      // Nothing of it is committed before it is filled.
      guard row.sequence == sequence else { return }
      for line in columns.waiting.lines[ordinal] { open[line.item] = line.quantity }
    case .committed where columns.committed.references[ordinal] == sequence:
      settle(columns.committed.lines[ordinal], isCommit: true)
    case .committedMore where columns.committedMore.references[ordinal] == sequence:
      settle(columns.committedMore.lines[ordinal], isCommit: true)
    case .released where columns.released.references[ordinal] == sequence:
      settle(columns.released.lines[ordinal], isCommit: false)
    case .expired where columns.expired[ordinal] == sequence: open = [:]
    case .amended where columns.amended.references[ordinal] == sequence:
      for line in columns.amended.lines[ordinal] { open[line.item] = line.quantity }
    case .transferredWith:
      for hold in columns.transferredWith.holds[ordinal] where hold.reservation == sequence {
        open[columns.transferredWith.from[ordinal], default: 0] -= hold.quantity
        open[columns.transferredWith.to[ordinal], default: 0] += hold.quantity
      }
    default: break
    }
  }

  /// - Parameter lines: none: all that is open.
  private mutating func settle(_ lines: ArraySlice<LineEntry>, isCommit: Bool) {
    let settled = lines.isEmpty ? open.map { LineEntry(item: $0.key, quantity: $0.value) } : Array(lines)
    for line in settled where line.quantity > 0 {
      open[line.item] = max(0, open[line.item, default: 0] - line.quantity)
      if isCommit { sold[line.item, default: 0] += line.quantity }
    }
  }
}
