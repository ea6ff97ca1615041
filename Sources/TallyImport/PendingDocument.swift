import Tallystick

/// The rows of one document, merged while they are read.
struct PendingDocument {
  /// Lines of one command, each item once.
  struct Lines {
    private(set) var lines: [Line] = []
    private(set) var rows = 0
    private(set) var units: Int64 = 0
    /// More items than a command may have: they are counted but not kept, so that memory stays bounded.
    private(set) var isTooLong = false
    private var positions: [ItemName: Int] = [:]

    mutating func add(_ row: ImportRow) {
      rows += 1
      units = units.saturatingSum(row.quantity)
      if let position = positions[row.item] {
        let (sum, overflow) = lines[position].quantity.addingReportingOverflow(row.quantity)
        // Beyond any quantity, the log says so itself.
        if overflow || sum > Limits.maxQuantity {
          if lines.count < Limits.maxLinesPerEvent {
            lines.append(Line(row.item, row.quantity))
          } else {
            isTooLong = true
          }
        } else {
          lines[position].quantity = sum
        }
      } else if lines.count < Limits.maxLinesPerEvent {
        positions[row.item] = lines.count
        lines.append(Line(row.item, row.quantity))
      } else {
        isTooLong = true
      }
    }
  }

  let number: Name
  /// Where it begins.
  let line: Int
  /// Of its first row: a document happens at once.
  let time: Int64
  private(set) var customer: Name?
  private(set) var orders = Lines()
  private(set) var returns = Lines()
  private(set) var receipts = Lines()
  private(set) var writeOffs = 0

  init(_ row: ImportRow) {
    number = row.document
    line = row.line
    time = row.time
  }

  /// Merges a row.
  ///
  /// - Returns: the command of a write-off, which is not merged: an adjustment has one item.
  mutating func add(_ row: ImportRow, mapping: ImportMapping) -> PendingCommand? {
    customer = customer ?? row.customer
    switch row.action {
    case .order: orders.add(row)
    case .returned: returns.add(row)
    case .receive: receipts.add(row)
    case .writeOff:
      writeOffs += 1
      let operation = Operation.adjust(row.item, .by(-row.quantity), reason: mapping.writeOffReason)
      return PendingCommand(
        kind: .writeOff, command: Command(operation, key: key("write-off/\(writeOffs)"), time: time),
        line: row.line, document: number, rows: 1, units: row.quantity)
    case .skip, .refuse: break
    }
    return nil
  }

  /// What its rows ask for: what comes in first, then the order, then what comes back.
  func commands(mapping: ImportMapping) -> [PendingCommand] {
    var commands = [PendingCommand]()
    func add(_ kind: ImportReport.CommandKind, _ lines: Lines, _ command: Command) {
      commands.append(
        PendingCommand(
          kind: kind, command: command, line: line, document: number, rows: lines.rows, units: lines.units,
          isTooLong: lines.isTooLong))
    }
    if receipts.rows > 0 {
      let operation = Operation.receive(receipts.lines, reference: number)
      add(.receive, receipts, Command(operation, key: key("receive"), time: time))
    }
    if orders.rows > 0 {
      add(.order, orders, Command(.reserve(id: number, orders.lines, customer: customer), time: time))
      if mapping.commitsOrders {
        add(.commit, Lines(), Command(.commit(id: number), key: key("commit"), time: time))
      }
    }
    if returns.rows > 0 {
      let operation = Operation.returned(returns.lines, reference: number)
      add(.returned, returns, Command(operation, key: key("return"), time: time))
    }
    return commands
  }

  private func key(_ suffix: String) -> Name { Name(bytes: number.bytes + "/\(suffix)".utf8) }
}

/// A command and the rows that it stands for.
struct PendingCommand {
  var kind: ImportReport.CommandKind
  var command: Command
  /// Of the file; `nil`: of the opening stock.
  var line: Int?
  var document: Name
  var rows: Int
  var units: Int64
  var isTooLong = false
  /// Dated before what the log has: sent with a later time.
  var isLate = false
  /// Sent only to learn whether the log has it already.
  var isProbe = false

  /// Lines of the command, for the size of a batch.
  var lineCount: Int {
    switch command.operation {
    case .receive(let lines, _), .reserve(_, let lines, _, _, _), .returned(let lines, _): lines.count
    default: 1
    }
  }
}
