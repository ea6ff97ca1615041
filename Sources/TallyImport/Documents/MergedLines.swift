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
  /// Lines among which an item is looked for one by one: most documents have no more, and need no table.
  private static let fewLines = 16
  /// Of items, once there are more than a few.
  private var positions: [ItemName: Int] = [:]

  /// Whether a row of the item can be added to what one command may have.
  func hasRoom(for item: ItemName) -> Bool {
    lines.count < Limits.maxLinesPerEvent || position(of: item) != nil
  }

  /// Where an item first stands.
  private func position(of item: ItemName) -> Int? {
    if lines.count > MergedLines.fewLines { return positions[item] }
    return lines.firstIndex { $0.item == item }
  }

  private mutating func append(_ line: Line) {
    lines.append(line)
    if lines.count == MergedLines.fewLines + 1 {
      for (position, line) in lines.enumerated() where positions[line.item] == nil { positions[line.item] = position }
    } else if lines.count > MergedLines.fewLines, positions[line.item] == nil {
      positions[line.item] = lines.count - 1
    }
  }

  mutating func add(_ row: ImportRow, notesLines: Bool) {
    rows += 1
    units = units.saturatingSum(row.quantity)
    if notesLines { rowLines.append(row.line) }
    if let position = position(of: row.item) {
      let (sum, overflow) = lines[position].quantity.addingReportingOverflow(row.quantity)
      // Beyond any quantity, the log says so itself.
      if !overflow && sum <= Limits.maxQuantity {
        lines[position].quantity = sum
        return
      }
    }
    if lines.count < Limits.maxLinesPerEvent {
      append(Line(row.item, row.quantity))
    } else {
      isTooLong = true
    }
  }
}
