/// Holds that nobody paid for in time.
package struct ExpiryHistory: Sendable {
  package struct OfItem: Sendable {
    package var item: HistoryItem
    /// Reservations.
    package var holds: Int
    /// Units that came free again.
    package var units: Int64
  }

  /// Reservations that expired.
  package private(set) var holds: TimeColumns
  package private(set) var count = 0
  /// Items of which most holds expired, those first.
  package internal(set) var items: [OfItem] = []
  /// Items of which some expired.
  package internal(set) var itemCount = 0
  private var byItem: [Int: (holds: Int, units: Int64)] = [:]
  private static let mostItems = 15

  init(_ span: TimeSpan) { holds = TimeColumns(span, kinds: 1) }

  mutating func note(_ record: OpenRecord, at time: Int64) {
    count += 1
    holds.add(1, kind: 0, at: time)
    for index in 0..<record.lineCount {
      let line = record.line(index)
      guard line.open > 0 else { continue }
      let before = byItem[line.item] ?? (0, 0)
      byItem[line.item] = (before.holds + 1, bounded(before.units, plus: line.open))
    }
  }

  /// Names the items of which most expired.
  mutating func finish(_ items: borrowing ItemTable) {
    var foremost = Foremost<(item: Int, holds: Int, units: Int64)>(ExpiryHistory.mostItems)
    for (item, expired) in byItem {
      foremost.add(.init(value: Int64(-expired.holds), number: UInt64(item))) { (item, expired.holds, expired.units) }
    }
    itemCount = byItem.count
    byItem = [:]
    for found in foremost.elements {
      guard let names = items.names(found.item) else { continue }
      self.items.append(OfItem(item: HistoryItem(names), holds: found.holds, units: found.units))
    }
  }
}

extension HistoryItem {
  init(_ names: ItemNames) { self.init(sku: names.sku, location: names.location) }
}
