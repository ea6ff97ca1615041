import Tallystick

/// A list of what is on hand, cut into parts that are each set whole or not at all.
struct StockListParts {
  /// Items of a part. A batch has room for more, but none of its parts should keep others waiting for long.
  private static let itemsOfPart = Limits.maxLinesPerEvent

  private let adds: Bool
  private(set) var rows: [ImportRow] = []
  private var positions: [ItemName: Int] = [:]
  /// Of all parts.
  private var seen: Set<Int> = []
  private(set) var number = 0

  init(_ duplicates: ImportMapping.Duplicates) { adds = duplicates == .add }

  var isFull: Bool { rows.count >= StockListParts.itemsOfPart && !adds }

  /// Adds a row.
  ///
  /// - Returns: false if the list has its item already.
  mutating func add(_ row: ImportRow) -> Bool {
    if adds, let position = positions[row.item] {
      rows[position].quantity = rows[position].quantity.saturatingSum(row.quantity)
      return true
    }
    guard seen.insert(row.item.hashValue).inserted else { return false }
    if adds { positions[row.item] = rows.count }
    rows.append(row)
    return true
  }

  /// Takes out the next part.
  mutating func takePart() -> [ImportRow] {
    let count = min(rows.count, StockListParts.itemsOfPart)
    defer { rows.removeFirst(count) }
    number += 1
    return Array(rows.prefix(count))
  }
}
