import Tallystick

/// What stood in the shelves before the first row, computed from the file while it is read.
///
/// Memory: one entry an item.
struct OpeningStock {
  private let policy: ImportMapping.Opening
  /// What orders ask for; 0 for items that only come back or are lost.
  private var demand: [ItemName: Int64] = [:]
  private var firstTime: Int64?

  init(_ policy: ImportMapping.Opening) { self.policy = policy }

  mutating func add(_ row: ImportRow) {
    let quantity = row.action.isOrder ? row.quantity : 0
    OpeningStock.add(quantity, to: &demand[row.item, default: 0])
    firstTime = min(firstTime ?? row.time, row.time)
  }

  private static func add(_ quantity: Int64, to sum: inout Int64) { sum = sum.saturatingSum(quantity) }

  /// By SKU, then location; what would be nothing is left out.
  var lines: [Line] {
    demand.sorted { $0.key < $1.key }.compactMap { item, demand in
      let quantity = quantity(forDemand: demand)
      return quantity > 0 ? Line(item, quantity) : nil
    }
  }

  private func quantity(forDemand demand: Int64) -> Int64 {
    switch policy {
    case .none: return 0
    case .quantity(let quantity): return quantity
    case .percentOfDemand(let percent):
      let (product, overflow) = demand.multipliedReportingOverflow(by: percent)
      return overflow ? Limits.maxQuantity : min(product / 100 + (product % 100 > 0 ? 1 : 0), Limits.maxQuantity)
    }
  }

  /// As many receipts as their lines need, keyed `opening/1`, `opening/2`…, at the time of the earliest row; of items
  /// that have none yet.
  func commands(mapping: ImportMapping, after opened: OpenedStock) -> [PendingCommand] {
    guard let firstTime else { return [] }
    let lines = lines.filter { !opened.items.contains($0.item) }
    let size = Limits.maxLinesPerEvent
    return stride(from: 0, to: lines.count, by: size).enumerated().map { index, start in
      let part = Array(lines[start..<min(start + size, lines.count)])
      let key = Name("\(mapping.openingKey)/\(opened.lastNumber + index + 1)")
      var command = PendingCommand(
        kind: .opening, command: Command(.receive(part, reference: key), key: key, time: firstTime),
        document: key, rows: 0, units: part.reduce(0) { $0.saturatingSum($1.quantity) })
      // Beside what earlier imports opened there is no earlier moment for it.
      command.isContinuation = opened.lastNumber > 0
      return command
    }
  }
}
