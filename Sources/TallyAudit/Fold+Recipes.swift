import TallyFormat

/// Recipes, and whether reservations take what they say.
extension Fold {
  mutating func setRecipe(_ event: Event, _ group: EventColumns.ItemSettings, _ index: Int) {
    let item = Int(group.items[index].rawValue)
    let isWhole = step.isWholeStep(event.kind, more: event.more)
    if isKnown(item, event) {
      var parts = [(item: Int, quantity: Int64)]()
      var previous: Int64 = -1
      for line in group.lines[index] {
        if admits(line, after: previous, event) { parts.append((Int(line.item.rawValue), line.quantity)) }
        previous = Int64(line.item.rawValue)
      }
      judgeRecipe(event, item, parts)
      let hasOwnStock = items.stock[item].onHand > 0
      items.setRecipe(item, parts.isEmpty ? nil : ItemRecipes.Recipe(parts: parts, hasOwnStock: hasOwnStock))
      items.stock[item].lastChange = event.sequence
    }
    judgeStep(event, key: group.keys, index, into: isWhole ? [] : [item])
  }

  private mutating func judgeRecipe(_ event: Event, _ item: Int, _ parts: [(item: Int, quantity: Int64)]) {
    if parts.isEmpty { return }
    func report(_ detail: String) { violations.report(.recipeForm, event.sequence, item: items.names(item), detail) }
    if parts.count > Limits.maxParts { report("\(parts.count) parts, more than \(Limits.maxParts)") }
    if items.recipes.isPart(item) { report("an item that is a part of another gets a recipe") }
    for part in parts {
      if part.item == item { report("the item is a part of itself") }
      if part.item != item, items.recipes[part.item] != nil { report("item number \(part.item), a part, has a recipe") }
    }
  }

  /// Whether a reservation takes what its items' recipes say; to be called before it is made, where something has a recipe
  /// or the frame says what was asked.
  @inline(never)
  ///
  /// - Parameter lines: what it holds, or waits for.
  mutating func judgeParts(_ event: Event, _ columns: EventColumns, _ lines: ArraySlice<LineEntry>) {
    guard let asked = columns.asked[row] else {
      for line in lines where items.recipes[Int(line.item.rawValue)] != nil {
        violations.report(
          .partsNotTaken, event.sequence, item: items.names(Int(line.item.rawValue)),
          "the item has a recipe, and the reservation does not say that it asked for it")
      }
      return
    }
    var taken: [Int: Int64] = [:]
    var hasRecipe = false
    var previous: Int64 = -1
    for line in asked {
      let item = Int(line.item.rawValue)
      let isAdmitted = admits(line, after: previous, event)
      previous = Int64(item)
      // What is wrong with it has been said.
      guard isAdmitted else { return }
      guard let recipe = items.recipes[item] else {
        taken[item] = bounded(taken[item] ?? 0, plus: line.quantity)
        continue
      }
      hasRecipe = true
      if recipe.hasOwnStock { taken[item] = bounded(taken[item] ?? 0, plus: line.quantity) }
      for part in recipe.parts {
        let (units, overflow) = part.quantity.multipliedReportingOverflow(by: line.quantity)
        taken[part.item] = bounded(taken[part.item] ?? 0, plus: overflow ? 1 << 62 : min(units, 1 << 62))
      }
    }
    if !hasRecipe {
      violations.report(.partsNotTaken, event.sequence, "nothing of what it says that it asked for has a recipe")
    }
    for line in lines where taken.removeValue(forKey: Int(line.item.rawValue)) != line.quantity {
      violations.report(
        .partsNotTaken, event.sequence, item: items.names(Int(line.item.rawValue)),
        "\(line.quantity) taken, which is not what the recipes make of what was asked")
    }
    for (item, units) in taken.sorted(by: { $0.key < $1.key }) {
      violations.report(
        .partsNotTaken, event.sequence, item: items.names(item), "\(units) should be taken, and none is")
    }
  }

  /// A reservation that does not hold what it asked for is an altered one at once.
  mutating func noteParts(_ event: Event, _ columns: EventColumns) {
    guard columns.asked[row] != nil, case .open(let handle) = open.standing(event.ordinal) else { return }
    handle.record.mark(128)
  }

  /// To be called where some item has a recipe, of an item of which a reservation takes more than it had.
  @inline(never)
  mutating func judgeMore(_ item: Int, _ event: Event) {
    guard items.recipes[item] != nil else { return }
    violations.report(
      .partsNotTaken, event.sequence, item: items.names(item),
      "more is held of an item with a recipe, without its parts")
  }
}
