import Tallystick

/// A list of what is on hand, cut into parts that are each set whole or not at all.
struct StockListParts {
  /// Items of a part. A batch has room for more, but none of its parts should keep others waiting for long.
  private static let itemsOfPart = Limits.maxLinesPerEvent

  private let adds: Bool
  private(set) var rows: [ImportRow] = []
  private var positions: [ItemName: Int] = [:]
  private(set) var number = 0

  init(_ duplicates: ImportMapping.Duplicates) { adds = duplicates == .add }

  var isFull: Bool { rows.count >= StockListParts.itemsOfPart && !adds }

  /// Adds a row; if the list may have an item twice, to the item's quantity. Such a list is whole in memory.
  mutating func add(_ row: ImportRow) {
    if adds, let position = positions[row.item] {
      rows[position].quantity = rows[position].quantity.saturatingSum(row.quantity)
      rows[position].recordCount += row.recordCount
      return
    }
    if adds { positions[row.item] = rows.count }
    rows.append(row)
  }

  /// Takes out the next part.
  mutating func takePart() -> [ImportRow] {
    let count = min(rows.count, StockListParts.itemsOfPart)
    defer { rows.removeFirst(count) }
    number += 1
    return Array(rows.prefix(count))
  }
}
