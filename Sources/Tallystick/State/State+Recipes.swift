/// What `recipe-set` events do, and reservations of what has a recipe: see `What an event does` in the format document.
extension State {
  mutating func foldRecipe(_ group: EventColumns.RecipeSettings, _ ordinal: Int) -> Rule? {
    let number = group.items[ordinal]
    guard Int(number.rawValue) < items.count else { return .unknownItem }
    let parts = group.parts[ordinal]
    if let rule = flaw(of: parts) { return rule }
    guard recipes.flaw(of: parts, for: number) == nil else { return .recipeForm }
    var item = items[Int(number.rawValue)]
    setRecipe(number, parts.isEmpty ? nil : Recipe(parts: Array(parts), hasOwnStock: item.onHand > 0))
    item.lastChange = lastSequence
    setItem(number, item)
    return nil
  }

  /// What is wrong with lines by themselves.
  func flaw(of lines: ArraySlice<LineEntry>) -> Rule? {
    var previous: ItemNumber?
    for line in lines {
      guard line.quantity >= 1, line.quantity <= Limits.maxQuantity else { return .quantityRange }
      guard Int(line.item.rawValue) < items.count else { return .unknownItem }
      if let previous, previous >= line.item { return .lineOrder }
      previous = line.item
    }
    return nil
  }

  /// Some of an item was put on hand: of one with a recipe, its own stock counts from now on.
  mutating func noteStock(of number: ItemNumber) {
    guard var recipe = recipes[number], !recipe.hasOwnStock, items[Int(number.rawValue)].onHand > 0 else { return }
    recipe.hasOwnStock = true
    setRecipe(number, recipe)
  }

  /// A reservation in a log in which something has a recipe, or whose columns say that something had.
  mutating func foldReservedOfParts(_ columns: inout EventColumns, _ row: EventColumns.Row) -> Rule? {
    if let rule = flawOfParts(columns.reserved.lines[row.ordinal], columns.asked(of: row)) { return rule }
    if let rule = foldReservedAsIs(&columns, row) { return rule }
    noteAsked(&columns, row, timeToLive: columns.reserved.timesToLive[row.ordinal])
    return nil
  }

  /// The same of one that waits.
  mutating func foldWaitingOfParts(_ columns: inout EventColumns, _ row: EventColumns.Row) -> Rule? {
    if let rule = flawOfParts(columns.waiting.lines[row.ordinal], columns.asked(of: row)) { return rule }
    if let rule = foldWaiting(&columns, row) { return rule }
    noteAsked(&columns, row, timeToLive: columns.waiting.timesToLive[row.ordinal])
    return nil
  }

  private func flawOfParts(_ lines: ArraySlice<LineEntry>, _ asked: ArraySlice<LineEntry>?) -> Rule? {
    guard let asked else { return lines.contains { recipes[$0.item] != nil } ? .partsNotTaken : nil }
    if let rule = flaw(of: asked) { return rule }
    guard let taken = recipes.taken(by: asked), taken.elementsEqual(lines) else { return .partsNotTaken }
    return nil
  }

  /// What does not take what was asked is as if it had been altered at once.
  private mutating func noteAsked(_ columns: inout EventColumns, _ row: EventColumns.Row, timeToLive: UInt64) {
    guard let asked = columns.asked(of: row), let slot = reservations.slot(of: row.sequence) else { return }
    reservations[slot: slot].isAltered = true
    originals[row.sequence] = OriginalReservation(lines: Array(asked), timeToLive: Int64(timeToLive))
  }

  /// How much there is of an item, as it is shown.
  func level(of number: ItemNumber) -> StockLevel {
    var level = items[Int(number.rawValue)].level(of: itemNames[Int(number.rawValue)])
    if let recipe = recipes[number] {
      level.note(recipe, made: recipes.available(number, items)) { itemNames[Int($0.rawValue)] }
    }
    level.preference = preference(for: number)
    return level
  }

  /// At which place among the stated ones an item is, from 1 on.
  private func preference(for number: ItemNumber) -> Int? {
    if preferences.isEmpty { return nil }
    return preferences[itemNames[Int(number.rawValue)].sku]?.firstIndex(of: number).map { $0 + 1 }
  }
}

extension StockLevel {
  /// The item has a recipe.
  ///
  /// - Parameter made: how many can be made now.
  mutating func note(_ recipe: Recipe, made: Int64, _ name: (ItemNumber) -> ItemName) {
    parts = recipe.parts.map { Line(name($0.item), $0.quantity) }
    hasOwnStock = recipe.hasOwnStock
    self.made = made
  }
}
