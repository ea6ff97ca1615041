import TallyFormat

extension Fold {
  /// Bytes at most that the tables ask for when they take a frame's events.
  func growth(by columns: EventColumns) -> Int {
    let holds = columns.reserved.ids.count
    let lines = columns.reserved.lines.entries.count
    return items.growth(by: columns.registered.skus.count)
      + open.growth(by: columns.count, holds: holds, lines: lines)
      + wholeSettlements.growth(to: events + columns.count) + holders.growth(by: lines)
      + due.growth(by: holds) + counts.growth(by: columns.reserved.customers.bytes.isEmpty ? 0 : holds)
      + (items.floors.count + columns.floors.items.count) * (columns.floors.items.isEmpty ? 0 : 64)
  }
}
