import TallyFormat

/// What items are made of.
struct ItemRecipes {
  struct Recipe {
    /// Ascending by item.
    var parts: [(item: Int, quantity: Int64)]
    /// Some of the item itself was on hand when the recipe was set, or has been since.
    var hasOwnStock: Bool
  }

  private var recipes: [Int: Recipe] = [:]
  /// In how many recipes an item is.
  private var uses: [Int: Int] = [:]

  var isEmpty: Bool { recipes.isEmpty }
  var count: Int { recipes.count }
  subscript(item: Int) -> Recipe? { recipes[item] }
  /// Items that have a recipe, ascending.
  var items: [Int] { recipes.keys.sorted() }
  func isPart(_ item: Int) -> Bool { uses[item, default: 0] > 0 }

  /// - Parameter recipe: `nil`: none any more.
  mutating func set(_ item: Int, _ recipe: Recipe?) {
    for part in recipes[item]?.parts ?? [] { uses[part.item] = max(0, uses[part.item, default: 0] - 1) }
    for part in recipe?.parts ?? [] { uses[part.item, default: 0] += 1 }
    recipes[item] = recipe
  }

  /// Something of the item is on hand.
  mutating func noteStock(_ item: Int) { recipes[item]?.hasOwnStock = true }
}
