/// What `preference-set` events do: see `What an event does` in the format document.
extension State {
  mutating func foldPreference(_ group: EventColumns.PreferenceSettings, _ ordinal: Int) -> Rule? {
    let number = group.items[ordinal]
    guard Int(number.rawValue) < items.count else { return .unknownItem }
    let places = group.places[ordinal]
    if let rule = flaw(of: places) { return rule }
    let sku = itemNames[Int(number.rawValue)].sku
    var order = [ItemNumber?](repeating: nil, count: places.count)
    for place in places {
      guard place.quantity <= order.count, order[Int(place.quantity) - 1] == nil, isOf(sku, place.item) else {
        return .preferenceForm
      }
      order[Int(place.quantity) - 1] = place.item
    }
    setPreference(sku, order.isEmpty ? nil : order.compactMap { $0 })
    return nil
  }

  private func isOf(_ sku: Name, _ number: ItemNumber) -> Bool {
    itemNames.withBytes(Int(number.rawValue)) { own, _ in sku.bytes.elementsEqual(own) }
  }

  /// The items of a SKU in the order in which lines at any location take them: those that were stated first, the others by
  /// number, as they were registered.
  mutating func placesInOrder(of sku: Name) -> [ItemNumber] {
    let numbers = numbers(of: sku)
    guard let first = preferences[sku] else { return numbers }
    let stated = Set(first)
    return first + numbers.filter { !stated.contains($0) }
  }

  func writePreferences(into out: inout PieceWriter) {
    if preferences.isEmpty { return }
    out.u8(State.preferencesNumber)
    out.varint(UInt64(preferences.count))
    for (sku, order) in preferences.sorted(by: { $0.key < $1.key }) {
      out.name(sku.bytes)
      out.varint(UInt64(order.count))
      for item in order { out.varint(UInt64(item.rawValue)) }
    }
  }

  mutating func readPreferences(_ reader: inout StateReader) throws(MalformedBytes) {
    let count = try reader.count(ofAtLeast: State.leastPreferenceBytes)
    guard count > 0 else { throw MalformedBytes("holds a part with nothing in it") }
    var last: Name?
    for _ in 0..<count {
      let sku = Name(bytes: Array(try reader.name()))
      guard last.map({ $0 < sku }) ?? true else { throw MalformedBytes("holds preferences out of order") }
      last = sku
      var order = [ItemNumber]()
      var seen = Set<ItemNumber>()
      for _ in 0..<(try reader.count(ofAtLeast: 1)) {
        let item = try reader.item(of: items.count)
        guard isOf(sku, item), seen.insert(item).inserted else {
          throw MalformedBytes("holds a preference for what is another SKU, or twice")
        }
        order.append(item)
      }
      guard !order.isEmpty, order.count <= Limits.maxLinesPerEvent else {
        throw MalformedBytes("holds a preference for nothing, or for too much")
      }
      preferences[sku] = order
    }
  }
}
