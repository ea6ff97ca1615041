import Tallystick

/// What items are made of, by the sentences of the documentation.
extension Books {
  /// What a cart takes that asks for these: of what has a recipe its parts, and itself if it has stock of its own.
  func taken(by asked: Amounts) -> Amounts {
    var taken: Amounts = [:]
    func add(_ item: ItemName, _ quantity: Int64, _ units: Int64) {
      let (product, overflow) = quantity.multipliedReportingOverflow(by: units)
      let (sum, isMore) = taken[item, default: 0].addingReportingOverflow(overflow ? .max : product)
      taken[item] = isMore ? .max : sum
    }
    for (item, quantity) in asked {
      let stock = items[item]
      if stock == nil || stock!.parts.isEmpty || stock!.hasOwnStock { add(item, quantity, 1) }
      for (part, units) in stock?.parts ?? [:] { add(part, quantity, units) }
    }
    return taken
  }

  /// How many of an item one can have now.
  ///
  /// - Parameter taken: besides these.
  func available(_ item: ItemName, besides taken: Amounts = [:]) -> Int64 {
    func left(_ item: ItemName) -> Int64 { max(0, items[item]!.available - taken[item, default: 0]) }
    let stock = items[item]!
    let made = stock.parts.map { left($0.key) / $0.value }.min()
    guard let made else { return left(item) }
    return stock.hasOwnStock ? min(made, left(item)) : made
  }

  /// Whether an item is a part of another.
  func isPart(_ item: ItemName) -> Bool { items.values.contains { $0.parts[item] != nil } }

  func isPartsOnly(_ item: ItemName) -> Bool {
    guard let stock = items[item] else { return false }
    return !stock.parts.isEmpty && !stock.hasOwnStock
  }

  /// Whether an item can be made of these parts.
  func mayHave(_ item: ItemName, _ parts: Amounts) -> Bool {
    if parts.isEmpty { return true }
    if isPart(item) || parts.keys.contains(where: { !items[$0]!.parts.isEmpty }) { return false }
    guard let stock = items[item], stock.onHand == 0 else { return true }
    // Nothing would be counted against these.
    return stock.limit == nil && stock.floor == 0
  }

  func numbered(_ parts: Amounts) -> [Line] {
    parts.sorted { items[$0.key]!.registered < items[$1.key]!.registered }.map { Line($0.key, $0.value) }
  }
}
