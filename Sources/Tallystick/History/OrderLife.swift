/// What becomes of one reservation, event by event: a fold of nothing else, for what memory has forgotten.
struct OrderLife {
  private let sequence: UInt64
  private var open: [ItemNumber: Int64] = [:]
  private var reserved: [ItemNumber: Int64] = [:]
  /// Units committed by item.
  private(set) var sold: [ItemNumber: Int64] = [:]

  init(_ sequence: UInt64) { self.sequence = sequence }

  /// Folds an event, if it is about the reservation.
  mutating func fold(_ columns: EventColumns, _ row: EventColumns.Row) {
    let ordinal = row.ordinal
    switch row.kind {
    case .reserved:
      guard row.sequence == sequence else { return }
      hold(columns.reserved.lines[ordinal])
    case .committed where columns.committed.references[ordinal] == sequence:
      settle(columns.committed.lines[ordinal], isCommit: true)
    case .committedMore where columns.committedMore.references[ordinal] == sequence:
      settle(columns.committedMore.lines[ordinal], isCommit: true)
    case .released where columns.released.references[ordinal] == sequence:
      settle(columns.released.lines[ordinal], isCommit: false)
    case .expired where columns.expired[ordinal] == sequence: open = [:]
    case .amended where columns.amended.references[ordinal] == sequence: amend(columns.amended.lines[ordinal])
    case .reopened where columns.reopened.references[ordinal] == sequence: hold(columns.reopened.lines[ordinal])
    case .transferredWith:
      for hold in columns.transferredWith.holds[ordinal] where hold.reservation == sequence {
        change(columns.transferredWith.from[ordinal], by: -hold.quantity)
        change(columns.transferredWith.to[ordinal], by: hold.quantity)
      }
    default: break
    }
  }

  /// What it has, or had, of each item, by item number; right while nothing of it was sold.
  var reservedLines: [LineEntry] {
    reserved.filter { $0.value > 0 }.map { LineEntry(item: $0.key, quantity: $0.value) }.sorted { $0.item < $1.item }
  }

  private mutating func hold(_ lines: ArraySlice<LineEntry>) {
    (open, reserved) = ([:], [:])
    for line in lines { change(line.item, by: line.quantity) }
  }

  private mutating func change(_ item: ItemNumber, by quantity: Int64) {
    open[item, default: 0] += quantity
    reserved[item, default: 0] += quantity
  }

  private mutating func amend(_ lines: ArraySlice<LineEntry>) {
    var after = open
    for line in lines { after[line.item] = line.quantity }
    // Where that leaves nothing, all was let go, and what was reserved stays.
    if after.values.allSatisfy({ $0 == 0 }) {
      open = [:]
      return
    }
    for line in lines { change(line.item, by: line.quantity - open[line.item, default: 0]) }
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
