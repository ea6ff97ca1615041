import TallyFormat

/// Reads the log again to see whether orders of which goods came back had sold as much: the fold remembers nothing of what
/// is closed. Only the orders that were named are followed.
struct ReturnedOrders {
  private let orders: Set<UInt64>
  private var accounts: [UInt64: Account] = [:]
  private(set) var violations: Violations

  /// What has become of one reservation.
  private struct Account {
    var id: Name
    var customer: Name
    var open: [ItemNumber: Int64] = [:]
    var sold: [ItemNumber: Int64] = [:]
    var returned: [ItemNumber: Int64] = [:]

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
    var account = Account(id: ids[row.ordinal], customer: customers[row.ordinal])
    for line in lines[row.ordinal] { account.open[line.item] = line.quantity }
    accounts[row.sequence] = account
  }

  private mutating func follow(_ columns: EventColumns, _ row: EventColumns.Row, _ reservation: UInt64) {
    let ordinal = row.ordinal
    switch row.kind {
    case .committed: accounts[reservation]?.settle(columns.committed.lines[ordinal], isSale: true)
    case .committedMore: accounts[reservation]?.settle(columns.committedMore.lines[ordinal], isSale: true)
    case .released: accounts[reservation]?.settle(columns.released.lines[ordinal], isSale: false)
    case .expired: accounts[reservation]?.settle([], isSale: false)
    case .amended:
      for line in columns.amended.lines[ordinal] { accounts[reservation]?.open[line.item] = line.quantity }
    case .returnedOf: takeBack(columns.returnedOf, row, reservation)
    case .itemRegistered, .received, .reserved, .returned, .adjusted, .transferred, .limitSet, .batch, .extended,
      .transferredWith, .floorSet, .waiting, .filled:
      break
    }
  }

  private mutating func move(_ group: EventColumns.AccompaniedTransfers, _ ordinal: Int) {
    for hold in group.holds[ordinal] where orders.contains(hold.reservation) {
      guard var account = accounts[hold.reservation] else { continue }
      let (from, to) = (group.from[ordinal], group.to[ordinal])
      account.open[from] = max(bounded(account.open[from] ?? 0, plus: -hold.quantity), 0)
      account.open[to] = bounded(account.open[to] ?? 0, plus: hold.quantity)
      accounts[hold.reservation] = account
    }
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
