import Tallystick

/// The receipts, returns and adjustments of one number on one day.
struct MovementGroup {
  private let number: Name
  let day: Int64
  /// Of its first row.
  private let time: Int64
  private let sameness: ImportMapping.Sameness
  private var receipts = MergedLines()
  private var returns = MergedLines()
  private var receiptParts = 0
  private var returnParts = 0
  private var receiptLine = 0
  private var returnLine = 0
  /// Of each kind.
  private var adjustments: [ImportMapping.Action: Int] = [:]

  init(_ row: ImportRow, _ sameness: ImportMapping.Sameness) {
    number = row.document
    day = row.day
    time = row.time
    self.sameness = sameness
  }

  /// Merges a row.
  ///
  /// - Returns: the command of an adjustment, which is not merged because it has one item; or one of as many items as a
  ///   command may have, which the row's comes on top of.
  mutating func add(_ row: ImportRow, mapping: ImportMapping, notesLines: Bool) -> PendingCommand? {
    var full: PendingCommand?
    switch row.action {
    case .receive:
      if !receipts.hasRoom(for: row.item) { full = endReceipt() }
      if receipts.rows == 0 { receiptLine = row.line }
      receipts.add(row, notesLines: notesLines)
    case .returned:
      if !returns.hasRoom(for: row.item) { full = endReturn() }
      if returns.rows == 0 { returnLine = row.line }
      returns.add(row, notesLines: notesLines)
    case .writeOff: return adjustment(row, .by(-row.quantity), .writeOff, mapping, notesLines)
    case .found: return adjustment(row, .by(row.quantity), .found, mapping, notesLines)
    case .count: return adjustment(row, .to(row.quantity), .count, mapping, notesLines)
    default: break
    }
    return full
  }

  /// What its rows ask for: what comes in first, then what comes back.
  func commands() -> [PendingCommand] {
    var ended = self
    return [ended.endReceipt(), ended.endReturn()].compactMap { $0 }
  }

  private mutating func endReceipt() -> PendingCommand? {
    guard receipts.rows > 0 else { return nil }
    receiptParts += 1
    let operation = Operation.receive(receipts.lines, reference: number)
    defer { receipts = MergedLines() }
    return command(.receive, operation, receipts, receiptLine, part: receiptParts)
  }

  private mutating func endReturn() -> PendingCommand? {
    guard returns.rows > 0 else { return nil }
    returnParts += 1
    let operation = Operation.returned(returns.lines, reference: number)
    defer { returns = MergedLines() }
    return command(.returned, operation, returns, returnLine, part: returnParts)
  }

  private func command(
    _ kind: ImportReport.CommandKind, _ operation: Operation, _ lines: MergedLines, _ line: Int, part: Int
  ) -> PendingCommand {
    let key = MovementKey.name(number, kind.rawValue, time, sameness, number: part > 1 ? part : nil)
    var command = PendingCommand(
      kind: kind, command: Command(operation, key: key, time: time), line: line, document: number, rows: lines.rows,
      units: lines.units, rowLines: lines.rowLines)
    command.isPart = part > 1
    return command
  }

  private mutating func adjustment(
    _ row: ImportRow, _ change: Operation.Adjustment, _ kind: ImportReport.CommandKind, _ mapping: ImportMapping,
    _ notesLines: Bool
  ) -> PendingCommand {
    let count = adjustments[row.action, default: 0] + 1
    adjustments[row.action] = count
    let key = MovementKey.name(number, kind.rawValue, time, sameness, number: count)
    let operation = Operation.adjust(row.item, change, reason: row.reason ?? mapping.writeOffReason)
    return PendingCommand(
      kind: kind, command: Command(operation, key: key, time: time), line: row.line, document: number, rows: 1,
      units: row.quantity, rowLines: notesLines ? [row.line] : [])
  }
}
