/// `prefer`: from which locations a SKU is taken first, where a line may be taken from any.
extension Judge {
  /// - Parameter locations: none drops the order.
  mutating func setPreference(
    _ sku: Name, _ locations: [Name], _ step: Step, into events: inout EventColumns
  ) -> Outcome {
    let items = state.numbers(of: sku)
    var places = [LineEntry]()
    var unknown = [ItemName]()
    for (index, location) in locations.enumerated() {
      let name = ItemName(sku: sku, location: location)
      if let number = state.number(of: name) {
        places.append(LineEntry(item: number, quantity: Int64(index + 1)))
      } else {
        unknown.append(name)
      }
    }
    if !unknown.isEmpty { return rejected(unknown: unknown, UnsafeBufferPointer(start: nil, count: 0)) }
    guard let first = items.first else { return rejected(unknown: ItemName(sku: sku, location: .anyLocation)) }
    for item in items where Guards.isChanged(item, step.expected, state.items.span) { return rejected(.changed) }
    places.sort { $0.item < $1.item }
    places.withUnsafeBufferPointer {
      events.appendPreference(
        item: first, places: $0, key: step.key, digest: step.digest, time: step.time, more: step.more)
    }
    foldLast(&events)
    rememberKey(step.key, step.digest)
    return accepted()
  }
}
