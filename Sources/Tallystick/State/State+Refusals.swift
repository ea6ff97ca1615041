/// `refused`: says what happened, and changes nothing.
extension State {
  func foldRefusal(_ group: EventColumns.Refusals, _ ordinal: Int) -> Rule? {
    if let item = group.items[ordinal], Int(item.rawValue) >= items.count { return .unknownItem }
    let (asks, units) = (group.asks[ordinal], group.units[ordinal])
    return asks > 0 && units >= asks ? nil : .refusalForm
  }
}
