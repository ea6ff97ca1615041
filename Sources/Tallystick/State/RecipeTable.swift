/// What one unit of an item takes when it is reserved.
struct Recipe: Equatable, Sendable {
  /// Ascending by item number; not none.
  var parts: [LineEntry]
  /// A unit of the item itself, too: since the recipe was set, some of it was on hand.
  var hasOwnStock: Bool
}

/// The recipes of items that have one: few, and most logs have none.
struct RecipeTable: Sendable, Equatable {
  private var recipes: [ItemNumber: Recipe] = [:]
  /// In how many recipes an item is a part.
  private var uses: [ItemNumber: Int] = [:]

  var isEmpty: Bool { recipes.isEmpty }
  var count: Int { recipes.count }
  subscript(item: ItemNumber) -> Recipe? { recipes[item] }

  /// By item number.
  var sorted: [(item: ItemNumber, recipe: Recipe)] {
    recipes.map { ($0.key, $0.value) }.sorted { $0.item < $1.item }
  }

  /// Whether one of these lines' items has a recipe.
  func isAny(of lines: Span<LineEntry>) -> Bool {
    for index in 0..<lines.count where recipes[lines[index].item] != nil { return true }
    return false
  }

  /// The item is made of parts, and has no stock of its own.
  func isPartsOnly(_ item: ItemNumber) -> Bool { recipes[item].map { !$0.hasOwnStock } ?? false }

  /// Why an item cannot be made of these parts; `nil`: it can.
  func flaw(of parts: some Collection<LineEntry>, for item: ItemNumber) -> Flaw? {
    if parts.isEmpty { return nil }
    if parts.count > Limits.maxParts { return .tooMany }
    if uses[item] != nil { return .isPart }
    for part in parts {
      if part.item == item { return .ofItself }
      if recipes[part.item] != nil { return .nested(part.item) }
    }
    return nil
  }

  /// A recipe is followed one step deep: what an item takes is what its own recipe says, and nothing else.
  enum Flaw {
    case tooMany, ofItself
    /// The item is a part of another.
    case isPart
    /// A part has a recipe.
    case nested(ItemNumber)
  }

  /// - Parameter recipe: `nil`: none any more.
  mutating func set(_ item: ItemNumber, _ recipe: Recipe?) {
    for part in recipes[item]?.parts ?? [] {
      let count = (uses[part.item] ?? 1) - 1
      uses[part.item] = count == 0 ? nil : count
    }
    for part in recipe?.parts ?? [] { uses[part.item, default: 0] += 1 }
    recipes[item] = recipe
  }

  // MARK: What is taken

  /// What a reservation takes that asks for these lines, ascending; `nil`: just that, because nothing among it has a
  /// recipe.
  ///
  /// Quantities that pass what any rule accepts are cut off at 2^62. Cost: the parts of all recipes among the lines.
  func taken(by asked: some Sequence<LineEntry>) -> [LineEntry]? {
    if recipes.isEmpty { return nil }
    var taken: [ItemNumber: Int64] = [:]
    var hasRecipe = false
    for line in asked {
      if recipes[line.item] != nil { hasRecipe = true }
      take(line, from: &taken)
    }
    guard hasRecipe else { return nil }
    return taken.map { LineEntry(item: $0.key, quantity: $0.value) }.sorted { $0.item < $1.item }
  }

  /// Adds what one line takes.
  func take(_ line: LineEntry, from taken: inout [ItemNumber: Int64]) {
    let most: Int64 = 1 << 62
    func add(_ quantity: Int64, _ item: ItemNumber) {
      let (sum, overflow) = taken[item, default: 0].addingReportingOverflow(quantity)
      taken[item] = overflow ? most : min(most, sum)
    }
    guard let recipe = recipes[line.item] else { return add(line.quantity, line.item) }
    if recipe.hasOwnStock { add(line.quantity, line.item) }
    for part in recipe.parts {
      let (product, overflow) = part.quantity.multipliedReportingOverflow(by: line.quantity)
      add(overflow ? most : product, part.item)
    }
  }

  /// How many of an item can be reserved now: of one with a recipe as many as its parts make, and its own stock if it has
  /// any.
  ///
  /// - Parameter taken: what is to be left of items beside that.
  func available(
    _ item: ItemNumber, _ items: [State.Item], besides taken: [ItemNumber: Int64] = [:]
  ) -> Int64 {
    func left(_ item: ItemNumber) -> Int64 {
      max(0, items[Int(item.rawValue)].available - (taken[item] ?? 0))
    }
    guard let recipe = recipes[item] else { return left(item) }
    var least = recipe.hasOwnStock ? left(item) : Int64.max
    for part in recipe.parts { least = min(least, left(part.item) / part.quantity) }
    return least
  }
}
