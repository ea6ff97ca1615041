import Tallystick

/// Lines of one command, each item once, and the rows that they stand for.
struct MergedLines {
  private(set) var lines: [Line] = []
  private(set) var rows = 0
  private(set) var units: Int64 = 0
  /// Of its rows, where somebody wants to know.
  private(set) var rowLines: [Int] = []
  /// More items than a command may have: they are counted but not kept, so that memory stays bounded.
  private(set) var isTooLong = false
  private var positions: [ItemName: Int] = [:]

  /// Whether a row of the item can be added to what one command may have.
  func hasRoom(for item: ItemName) -> Bool {
    lines.count < Limits.maxLinesPerEvent || positions[item] != nil
  }

  mutating func add(_ row: ImportRow, notesLines: Bool) {
    rows += 1
    units = units.saturatingSum(row.quantity)
    if notesLines { rowLines.append(row.line) }
    if let position = positions[row.item] {
      let (sum, overflow) = lines[position].quantity.addingReportingOverflow(row.quantity)
      // Beyond any quantity, the log says so itself.
      if !overflow && sum <= Limits.maxQuantity {
        lines[position].quantity = sum
        return
      }
    } else if lines.count < Limits.maxLinesPerEvent {
      positions[row.item] = lines.count
    }
    if lines.count < Limits.maxLinesPerEvent {
      lines.append(Line(row.item, row.quantity))
    } else {
      isTooLong = true
    }
  }
}
