/// What a reservation asks for, some of it at any location.
struct AskedLines {
  /// Of items, merged.
  let named: MergedLines
  /// SKUs at any location, in the order in which they were named, and how many of each.
  let anywhere: [(sku: Name, quantity: Int64)]

  init(_ lines: [Line], _ state: borrowing State) {
    named = MergedLines(lines.filter { !$0.item.isAnywhere }, state)
    anywhere = MergedLines.merge(lines.filter(\.item.isAnywhere)).map { ($0.item.sku, $0.quantity) }
  }

  /// Whether an earlier reservation of the same id took what this one asks for. A line at any location is met by any split
  /// of it: what was taken is stored, and not how it was asked for.
  func isMet(by taken: some Sequence<LineEntry>, _ names: ItemNames) -> Bool {
    guard named.unknown.isEmpty else { return false }
    var left: [ItemNumber: Int64] = [:]
    for line in taken { left[line.item] = line.quantity }
    for line in named.entries {
      guard let quantity = left[line.item], quantity >= line.quantity else { return false }
      left[line.item] = quantity - line.quantity
    }
    var rest: [Name: Int64] = [:]
    for (item, quantity) in left where quantity > 0 {
      let sku = names[Int(item.rawValue)].sku
      // What a reservation holds of all its items may pass what one item can have.
      rest[sku] = (rest[sku] ?? 0).addingReportingOverflow(quantity).partialValue
    }
    return rest.count == anywhere.count && anywhere.allSatisfy { rest[$0.sku] == $0.quantity }
  }
}
