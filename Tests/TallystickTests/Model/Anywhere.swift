import Tallystick

/// Lines at any location, by the sentences of the documentation: of the SKU's items, in the stated order and then in that of
/// their registration, as many of each as are available.
enum Anywhere {
  /// What a cart asks of which items, and of which SKUs there is too little.
  static func resolve(_ lines: [Line], _ books: Books) -> (asked: Amounts, short: [Expected.Short]) {
    var asked = lines.filter { $0.item.location != "*" }.merged
    var short = [Expected.Short]()
    var seen = Set<ItemName>()
    for item in lines.map(\.item) where item.location == "*" && seen.insert(item).inserted {
      let wanted = lines.merged[item]!
      var left = wanted
      for place in books.places(of: item.sku) where left > 0 {
        let part = min(books.available(place, besides: books.taken(by: asked), toNewcomer: true), left)
        if part > 0 { asked[place, default: 0] += part }
        left -= part
      }
      if left > 0 { short.append(.init(item: item, asked: wanted, available: wanted - left)) }
    }
    return (asked, short)
  }

  /// Whether what was taken is a split of what is asked for.
  static func isMet(_ lines: [Line], by taken: Amounts) -> Bool {
    var left = taken
    for (item, quantity) in lines.filter({ $0.item.location != "*" }).merged { left[item, default: 0] -= quantity }
    for (item, quantity) in lines.filter({ $0.item.location == "*" }).merged {
      let places = left.filter { $0.key.sku == item.sku }
      guard places.values.allSatisfy({ $0 >= 0 }), places.values.reduce(0, +) == quantity else { return false }
      for place in places.keys { left[place] = 0 }
    }
    return left.values.allSatisfy { $0 == 0 }
  }
}

extension Books {
  /// The items of a SKU: those of the stated locations, then the others in the order of their registration.
  func places(of sku: Name) -> [ItemName] {
    let stated = preferences[sku, default: []].map { ItemName(sku: sku, location: $0) }
    let others = items.filter { $0.key.sku == sku && !stated.contains($0.key) }
    return stated + others.sorted { $0.value.registered < $1.value.registered }.map(\.key)
  }
}
