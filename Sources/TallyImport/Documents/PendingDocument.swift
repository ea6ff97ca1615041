import Tallystick

/// The rows of one document, merged while they are read.
struct PendingDocument {
  let number: Name
  /// Where it begins.
  let line: Int
  /// Of its first row: an order happens at once.
  private let time: Int64
  private let notesLines: Bool
  private var customer: Name?
  private var orders = MergedLines()
  /// Of them, those that are sold; `nil` as long as all are, or none is.
  private var sales: MergedLines?
  private var soldRows = 0
  private var heldRows = 0
  private var cancels = MergedLines()
  private var transfers = PendingTransfers()
  private var transferTime: Int64?
  /// Of the day of its last row.
  private var movements: MovementGroup?

  init(_ row: ImportRow, notesLines: Bool) {
    number = row.document
    line = row.line
    time = row.time
    self.notesLines = notesLines
  }

  /// Merges a row.
  ///
  /// - Returns: commands that are ready although the document goes on.
  mutating func add(_ row: ImportRow, mapping: ImportMapping) -> [PendingCommand] {
    switch row.action {
    case .order, .sale, .hold:
      customer = customer ?? row.customer
      addToOrder(row, isSold: row.action == .sale || row.action == .order && mapping.commitsOrders)
    case .cancel: cancels.add(row, notesLines: notesLines)
    case .transfer, .transferOut, .transferIn:
      transferTime = transferTime ?? row.time
      transfers.add(row, notesLines: notesLines)
    case .returned, .receive, .writeOff, .found, .count:
      return addMovement(row, mapping)
    case .skip, .refuse: break
    }
    return []
  }

  private mutating func addToOrder(_ row: ImportRow, isSold: Bool) {
    if isSold { soldRows += 1 } else { heldRows += 1 }
    if sales == nil, soldRows > 0, heldRows > 0 {
      // The first that differs from those before it.
      sales = isSold ? MergedLines() : orders
    }
    orders.add(row, notesLines: notesLines)
    if isSold { sales?.add(row, notesLines: false) }
  }

  private mutating func addMovement(_ row: ImportRow, _ mapping: ImportMapping) -> [PendingCommand] {
    var ready = [PendingCommand]()
    var group = movements ?? MovementGroup(row, mapping.same)
    if mapping.same != .number && group.day != row.day {
      ready = group.commands()
      group = MovementGroup(row, mapping.same)
    }
    if let command = group.add(row, mapping: mapping, notesLines: notesLines) { ready.append(command) }
    movements = group
    return ready
  }

  /// What its rows ask for: what comes in first, then the order, then what comes back, then what moves.
  func commands(mapping: ImportMapping) -> [PendingCommand] {
    if self.movements == nil && transfers.rows == 0 { return orderCommands() }
    let movements = self.movements?.commands() ?? []
    return movements.filter { $0.kind == .receive } + orderCommands() + movements.filter { $0.kind != .receive }
      + transferCommand(mapping)
  }

  private func orderCommands() -> [PendingCommand] {
    guard orders.rows > 0 else {
      guard cancels.rows > 0 else { return [] }
      return [command(.cancel, .release(id: number), cancels, key: MovementKey.name(number, "/cancel"))]
    }
    var commands = [PendingCommand]()
    commands.reserveCapacity(2)
    commands.append(command(.order, .reserve(id: number, orders.lines, customer: customer), orders, key: nil))
    // What was called off of an order that stands is no part of it.
    if cancels.rows > 0 {
      commands[0].rows += cancels.rows
      commands[0].rowLines += cancels.rowLines
    }
    guard soldRows > 0 else { return commands }
    guard let sales else {
      commands.append(command(.commit, .commit(id: number), MergedLines(), key: MovementKey.name(number, "/commit")))
      return commands
    }
    commands.append(
      command(.commit, .commit(id: number, sales.lines), MergedLines(), key: MovementKey.name(number, "/commit/part")))
    return commands
  }

  private func transferCommand(_ mapping: ImportMapping) -> [PendingCommand] {
    guard transfers.rows > 0, let time = transferTime else { return [] }
    var command = PendingCommand(
      kind: .transfer, command: Command(.batch([])), line: line, document: number, rows: transfers.rows,
      units: transfers.units, rowLines: transfers.rowLines)
    switch transfers.operation() {
    case .success(let operation):
      let key = MovementKey.name(number, "transfer", time, mapping.same)
      command.command = Command(operation, key: key, time: time)
    case .failure(let flaw): command.flaw = flaw.what
    }
    return [command]
  }

  private func command(
    _ kind: ImportReport.CommandKind, _ operation: Operation, _ lines: MergedLines, key: Name?
  ) -> PendingCommand {
    PendingCommand(
      kind: kind, command: Command(operation, key: key, time: time), line: line, document: number, rows: lines.rows,
      units: lines.units, rowLines: lines.rowLines, isTooLong: lines.isTooLong)
  }
}
