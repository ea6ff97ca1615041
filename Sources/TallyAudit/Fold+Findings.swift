import TallyFormat

/// What the state after the last event has for people to look at.
extension Fold {
  /// The items that are waited for, the most wanted first.
  func waitedFor(_ limit: Int) -> [WaitedFor] {
    guard limit > 0 else { return [] }
    let wanted = waiting.wantedItems.sorted { ($1.units, $0.item) < ($0.units, $1.item) }
    return wanted.prefix(limit).compactMap { one in
      items.names(one.item).map {
        WaitedFor(
          sku: $0.sku, location: $0.location, reservations: one.reservations, units: one.units,
          available: max(0, items.aboveFloor(one.item)))
      }
    }
  }
}

extension ItemTable {
  /// What items are made of, by their numbers.
  func recipeFindings(_ limit: Int) -> [RecipeFinding] {
    guard limit > 0 else { return [] }
    return recipes.items.prefix(limit).compactMap { item in
      guard let recipe = recipes[item], let own = names(item) else { return nil }
      let parts = recipe.parts.compactMap { part in
        names(part.item).map {
          RecipeFinding.Part(sku: $0.sku, location: $0.location, quantity: part.quantity)
        }
      }
      return RecipeFinding(sku: own.sku, location: own.location, hasOwnStock: recipe.hasOwnStock, parts: parts)
    }
  }
}
