import TallyFormat

extension Fold {
  /// Bytes at most that the tables ask for when they take a frame's events.
  func growth(by columns: EventColumns) -> Int {
    let holds = columns.reserved.ids.count
    let waiting = columns.waiting.ids.count
    let waitingLines = columns.waiting.lines.entries.count
    let lines = columns.reserved.lines.entries.count
    let amended =
      columns.amended.references.count + columns.committedMore.references.count
      + columns.transferredWith.holds.holds.count + columns.reopened.lines.entries.count
    return items.growth(by: columns.registered.skus.count)
      + open.growth(by: columns.count, holds: holds + waiting, lines: lines + waitingLines)
      + wholeSettlements.growth(to: events + columns.count) + holders.growth(by: lines)
      + self.waiting.growth(by: waiting, lines: waitingLines)
      + due.growth(
        by: holds + waiting + columns.filled.references.count + columns.extended.references.count
          + columns.reopened.references.count)
      + counts.growth(by: columns.reserved.customers.bytes.isEmpty && amended == 0 ? 0 : holds + amended)
      + open.growth(reopening: columns.reopened.references.count, lines: columns.reopened.lines.entries.count)
      + open.growth(
        amending: columns.amended.lines.entries.count + 2 * columns.transferredWith.holds.holds.count, of: amended)
      + (items.floors.count + columns.floors.items.count) * (columns.floors.items.isEmpty ? 0 : 64)
      + (columns.acknowledged.consumers.count == 0 ? 0 : Limits.maxConsumers * 128)
  }
}
