import TallyFormat

/// Reads the log again to see whether orders of which goods came back had sold as much, and whether those that were reopened
/// had let go what they hold again: the fold remembers nothing of what is closed. Only the orders that were named are followed.
struct ReturnedOrders {
  private let orders: Set<UInt64>
  private var accounts: [UInt64: Account] = [:]
  private(set) var violations: Violations

  /// What has become of one reservation.
  private struct Account {
    var id: Name
    var customer: Name
    var time: Int64
    var open: [ItemNumber: Int64] = [:]
    /// Right while nothing of it was sold.
    var reserved: [ItemNumber: Int64] = [:]
    var sold: [ItemNumber: Int64] = [:]
    var returned: [ItemNumber: Int64] = [:]

    mutating func hold(_ lines: ArraySlice<LineEntry>) {
      (open, reserved) = ([:], [:])
      for line in lines { change(line.item, by: line.quantity) }
    }

    mutating func change(_ item: ItemNumber, by quantity: Int64) {
      open[item] = max(bounded(open[item] ?? 0, plus: quantity), 0)
      reserved[item] = bounded(reserved[item] ?? 0, plus: quantity)
    }

    /// What is held of the lines becomes this; if nothing is left, all was let go, and what was reserved stays.
    mutating func amend(_ lines: ArraySlice<LineEntry>) {
      var after = open
      for line in lines { after[line.item] = line.quantity }
      if after.values.allSatisfy({ $0 <= 0 }) {
        open = [:]
        return
      }
      for line in lines { change(line.item, by: bounded(line.quantity, plus: -(open[line.item] ?? 0))) }
    }

    /// - Parameter lines: none: all that is open.
    mutating func settle(_ lines: ArraySlice<LineEntry>, isSale: Bool) {
      let settled = lines.isEmpty ? open.map { LineEntry(item: $0.key, quantity: $0.value) } : Array(lines)
      for line in settled {
        open[line.item] = max(bounded(open[line.item] ?? 0, plus: -line.quantity), 0)
        if isSale { sold[line.item] = bounded(sold[line.item] ?? 0, plus: line.quantity) }
      }
    }
  }

  init(_ orders: Set<UInt64>, violationLimit: Int) {
    self.orders = orders
    violations = Violations(limit: violationLimit)
  }

  /// Judges the returns of one frame; frames come in the log's order. Some 10 ns an event.
  mutating func judge(_ frame: PreparedFrame) {
    violations.position = frame.position
    let columns = frame.columns
    var cursor = EventColumns.Cursor()
    while let row = columns.next(&cursor) {
      if row.kind == .reserved {
        if orders.contains(row.sequence) {
          open(columns.reserved.ids, columns.reserved.customers, columns.reserved.lines, row)
        }
      } else if row.kind == .waiting {
        // Nothing of it is sold before it is filled: the fold says so.
        if orders.contains(row.sequence) {
          open(columns.waiting.ids, columns.waiting.customers, columns.waiting.lines, row)
        }
      } else if row.kind == .transferredWith {
        move(columns.transferredWith, row.ordinal)
      } else if let reservation = columns.reference(of: row), orders.contains(reservation) {
        follow(columns, row, reservation)
      }
    }
  }

  private mutating func open(
    _ ids: StringColumn, _ customers: StringColumn, _ lines: LineColumn, _ row: EventColumns.Row
  ) {
    var account = Account(id: ids[row.ordinal], customer: customers[row.ordinal], time: row.time)
    account.hold(lines[row.ordinal])
    accounts[row.sequence] = account
  }

  private mutating func follow(_ columns: EventColumns, _ row: EventColumns.Row, _ reservation: UInt64) {
    let ordinal = row.ordinal
    switch row.kind {
    case .committed: accounts[reservation]?.settle(columns.committed.lines[ordinal], isSale: true)
    case .committedMore: accounts[reservation]?.settle(columns.committedMore.lines[ordinal], isSale: true)
    case .released: accounts[reservation]?.settle(columns.released.lines[ordinal], isSale: false)
    case .expired: accounts[reservation]?.settle([], isSale: false)
    case .amended: accounts[reservation]?.amend(columns.amended.lines[ordinal])
    case .reopened: reopen(columns.reopened, row, reservation)
    case .returnedOf: takeBack(columns.returnedOf, row, reservation)
    case .itemRegistered, .received, .reserved, .returned, .adjusted, .transferred, .limitSet, .batch, .extended,
      .transferredWith, .floorSet, .recipeSet, .preferenceSet, .waiting, .filled, .acknowledged, .consumerForgotten,
      .refused:
      break
    }
  }

  private mutating func move(_ group: EventColumns.AccompaniedTransfers, _ ordinal: Int) {
    for hold in group.holds[ordinal] where orders.contains(hold.reservation) {
      guard var account = accounts[hold.reservation] else { continue }
      let (from, to) = (group.from[ordinal], group.to[ordinal])
      account.change(from, by: -hold.quantity)
      account.change(to, by: hold.quantity)
      accounts[hold.reservation] = account
    }
  }

  private mutating func reopen(_ group: EventColumns.Reopenings, _ row: EventColumns.Row, _ reservation: UInt64) {
    // Of what is no reservation the fold has said so.
    guard var account = accounts[reservation] else { return }
    func report(_ detail: String) { violations.report(.reopenedOtherwise, row.sequence, detail) }
    let ordinal = row.ordinal
    if account.id != group.ids[ordinal] || account.customer != group.customers[ordinal]
      || account.time != Int64(truncatingIfNeeded: group.timesMade[ordinal])
    {
      report("event \(reservation) is not of “\(group.ids[ordinal])”, that customer and that time")
    }
    if account.sold.values.contains(where: { $0 > 0 }) {
      report("of the reservation of event \(reservation) some was sold")
    }
    var held: [ItemNumber: Int64] = [:]
    for line in group.lines[ordinal] { held[line.item] = bounded(held[line.item] ?? 0, plus: line.quantity) }
    if held != account.reserved.filter({ $0.value > 0 }) {
      report("the reservation of event \(reservation) had let go something else")
    }
    account.hold(group.lines[ordinal])
    accounts[reservation] = account
  }

  private mutating func takeBack(_ group: EventColumns.OrderReturns, _ row: EventColumns.Row, _ reservation: UInt64) {
    // Of what is no reservation the fold has said so.
    guard var account = accounts[reservation] else { return }
    if account.id != group.ids[row.ordinal] || account.customer != group.customers[row.ordinal] {
      violations.report(
        .returnedBeyondSold, row.sequence,
        "event \(reservation) is not of “\(group.ids[row.ordinal])” and that customer")
    }
    for line in group.lines[row.ordinal] {
      let returned = bounded(account.returned[line.item] ?? 0, plus: line.quantity)
      account.returned[line.item] = returned
      let sold = account.sold[line.item] ?? 0
      if returned > sold {
        violations.report(
          .returnedBeyondSold, row.sequence,
          "of item number \(line.item.rawValue) \(returned) have come back of \(sold) that the order sold")
      }
    }
    accounts[reservation] = account
  }
}
