import TallyFormat

/// How many units of each item were asked for: held, waited for, or refused. Kept where a history is wanted; 8 bytes an item.
struct DemandCount {
  private(set) var units: [UInt64] = []

  /// - Parameter items: that there are after the frame.
  mutating func count(_ columns: EventColumns, items: Int) {
    if units.count < items { units += Array(repeating: 0, count: items - units.count) }
    for line in columns.reserved.lines.entries { add(UInt64(clamping: line.quantity), of: line.item) }
    for line in columns.waiting.lines.entries { add(UInt64(clamping: line.quantity), of: line.item) }
    for (item, refused) in zip(columns.refused.items, columns.refused.units) {
      if let item { add(refused, of: item) }
    }
  }

  private mutating func add(_ quantity: UInt64, of item: ItemNumber) {
    let number = Int(item.rawValue)
    // A forged log may name what there is not.
    guard number < units.count else { return }
    units[number] = min(units[number], UInt64.max - quantity) + quantity
  }

  subscript(item: Int) -> UInt64 { item < units.count ? units[item] : 0 }
}
