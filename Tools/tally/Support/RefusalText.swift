import Tallystick

/// What a refusal says of stock, for people: all that is short or unknown at once, where there is more, and what to do.
struct RefusalText {
  private let rejection: Rejection
  private let item: String

  init(_ rejection: Rejection) {
    self.rejection = rejection
    item = rejection.item.map { "\($0)" } ?? "an item"
  }

  var insufficient: String { join([short, elsewhere]) }

  var unknown: String {
    let items = rejection.unknown.isEmpty ? [rejection.item].compactMap { $0 } : rejection.unknown
    let placed = Set(rejection.elsewhere.map(\.item.sku))
    // What exists elsewhere is not called unknown.
    let nowhere = items.filter { !placed.contains($0.sku) }
    let misplaced = items.filter { placed.contains($0.sku) }
    let missing = misplaced.map { "there is no \($0.sku)@\($0.location)" }.joined(separator: ", ")
    let advice = nowhere.count == 1 ? "does not exist; receive it first" : "do not exist; receive them first"
    return join([
      RefusalText.list(nowhere).map { "\($0) \(advice)" }, missing.isEmpty ? nil : missing, elsewhere, short,
    ])
  }

  var limit: String {
    guard let passed = rejection.passedLimit else {
      return "the customer's limit of \(item) is passed, or the reservation names no customer"
    }
    guard let count = passed.count else {
      return "\(item) has a limit of \(passed.limit) a customer; name the customer"
    }
    return "the customer has \(count) of \(item) and asked \(passed.asked), of at most \(passed.limit)"
  }

  /// `tea asked 2, available 1, cup asked 1, available 0`
  private var short: String? {
    rejection.short.isEmpty
      ? nil
      : rejection.short.map(RefusalText.describe).joined(separator: ", ")
  }

  private static func describe(_ short: Rejection.Shortage) -> String {
    "\(short.item) asked \(short.asked), available \(short.available)"
      + (short.waiting > 0 ? " (others wait for \(short.waiting))" : "")
  }

  /// `tea is at berlin (3), paris (1)`
  private var elsewhere: String? {
    var skus = [Name]()
    for place in rejection.elsewhere where !skus.contains(place.item.sku) { skus.append(place.item.sku) }
    guard !skus.isEmpty else { return nil }
    return skus.map { sku in
      let places = rejection.elsewhere.filter { $0.item.sku == sku }
      return "\(sku) is at \(places.map { "\($0.item.location) (\($0.available))" }.joined(separator: ", "))"
    }
    .joined(separator: "; ")
  }

  private static func list(_ items: [ItemName]) -> String? {
    items.isEmpty ? nil : items.map { "\($0)" }.joined(separator: ", ")
  }

  private func join(_ parts: [String?]) -> String { parts.compactMap { $0 }.joined(separator: "; ") }
}
