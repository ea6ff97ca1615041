import Tallystick

/// What a refusal must tell beside its reason, worked out from the books that it was judged by.
enum Refusals {
  /// In what the details of an answer differ from what the books say; `nil`: in nothing. A batch is judged by books that
  /// nobody has kept, and is not looked at.
  static func difference(in outcome: Outcome, to operation: Operation, _ books: Books) -> String? {
    guard case .rejected(let rejection) = outcome, rejection.index == nil else { return nil }
    var unknown = Set<ItemName>()
    var elsewhere: [ItemName: Int64] = [:]
    var passed: Rejection.PassedLimit?
    switch (rejection.reason, operation) {
    case (.unknownItem, .reserve(_, let lines, _, _, _)):
      unknown = Set(
        lines.map(\.item).filter { item in
          item.location == "*" ? books.places(of: item.sku).isEmpty : books.items[item] == nil
        })
      elsewhere = others(than: unknown, books)
    case (.unknownItem, .recipe(_, let parts)) where !parts.isEmpty:
      unknown = Set(parts.map(\.item).filter { books.items[$0] == nil })
      elsewhere = others(than: unknown, books)
    case (.unknownItem, .prefer(let sku, let locations)) where !locations.isEmpty:
      unknown = Set(locations.map { ItemName(sku: sku, location: $0) }.filter { books.items[$0] == nil })
      elsewhere = others(than: unknown, books)
    case (.unknownItem, _):
      if let item = rejection.item { elsewhere = others(than: [item], books) }
    case (.insufficient, .reserve), (.insufficient, .reopen):
      elsewhere = others(than: Set(rejection.short.map(\.item)), books).filter { $0.value > 0 }
    case (.limit, .reopen(let id, _)):
      guard let item = rejection.item, let limit = books.items[item]?.limit, let lapsed = books.reservation(id) else {
        break
      }
      passed = .init(
        asked: lapsed.reserved[item, default: 0], count: lapsed.customer.map { books.count(of: item, for: $0) },
        limit: limit)
    case (.limit, .amend(let id, let lines)), (.limit, .commitMore(let id, let lines)):
      guard let item = rejection.item, let level = books.items[item], let limit = level.limit,
        let reservation = books.reservation(id)
      else { break }
      let wanted = lines.merged[item, default: 0]
      // What the reservation holds counts if it was made since there is a limit.
      let isCounted = reservation.sequence > level.limitedSince
      passed = .init(
        asked: isCounted ? wanted - reservation.open[item, default: 0] : wanted,
        count: reservation.customer.map { books.count(of: item, for: $0) }, limit: limit)
    case (.limit, .reserve(_, let lines, let customer, _, _)):
      guard let item = rejection.item, let limit = books.items[item]?.limit else { break }
      // What of a line at any location is asked there, the judge may say.
      let asked =
        operation.isAnywhere ? rejection.passedLimit?.asked ?? 0 : books.taken(by: lines.merged)[item, default: 0]
      passed = .init(
        asked: asked, count: customer.map { books.count(of: item, for: $0) }, limit: limit)
    default: break
    }
    // Sums beyond what an answer can hold are said in another way.
    if let asked = rejection.passedLimit?.asked, asked > most { passed?.asked = asked }
    guard rejection.unknown.count == unknown.count, Set(rejection.unknown) == unknown else {
      return "the judge calls \(rejection.unknown) unknown, the model \(unknown)"
    }
    let places = rejection.elsewhere.map { ($0.item, $0.available) }
    guard Dictionary(places, uniquingKeysWith: { first, _ in first }) == elsewhere, places.count == elsewhere.count
    else {
      return "the judge knows of \(rejection.elsewhere), the model of \(elsewhere)"
    }
    guard rejection.passedLimit == passed else {
      return "the judge counts \(rejection.passedLimit as Any), the model \(passed as Any)"
    }
    return nil
  }

  /// The other items of the same SKUs, and what a newcomer can have of each.
  private static func others(than items: Set<ItemName>, _ books: Books) -> [ItemName: Int64] {
    let skus = Set(items.map(\.sku))
    let places = books.items.keys.filter { skus.contains($0.sku) && !items.contains($0) }
    return Dictionary(uniqueKeysWithValues: places.map { ($0, books.available($0, toNewcomer: true)) })
  }
}
