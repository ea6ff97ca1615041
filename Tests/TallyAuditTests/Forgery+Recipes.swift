import TallyFormat

extension Forgery {
  /// Recipes that cannot be, and reservations that do not take what a recipe says.
  static let recipes: [Forgery] =
    [
      // A pool that is forgotten: the item alone, in a cart, and asked for but not taken.
      Forgery(.partsNotTaken, at: 5) {
        $0.recipe(0, [(1, 1)])
        $0.reserve("a", [(0, 1)])
      },
      Forgery(.partsNotTaken, at: 5) {
        $0.recipe(0, [(1, 1)])
        $0.reserve("a", [(0, 1), (1, 1)], customer: "c")
      },
      Forgery(.partsNotTaken, at: 5) {
        $0.recipe(0, [(1, 1)])
        $0.reserve("a", [(0, 1)], asked: [(0, 1)])
      },
      // Too few, too many, and something else.
      Forgery(.partsNotTaken, at: 5) {
        $0.recipe(0, [(1, 2)])
        $0.reserve("a", [(0, 2), (1, 2)], asked: [(0, 2)])
      },
      Forgery(.partsNotTaken, at: 5) {
        $0.recipe(0, [(1, 1)])
        $0.reserve("a", [(0, 1), (1, 2)], asked: [(0, 1)])
      },
      Forgery(.partsNotTaken, at: 7) {
        $0.item("pot")
        $0.receive([(2, 5)])
        $0.recipe(0, [(1, 1)])
        $0.reserve("a", [(0, 1), (2, 1)], asked: [(0, 1)])
      },
      // Its own stock, which is there, is not taken; which is not there, it would be.
      Forgery(.partsNotTaken, at: 5) {
        $0.recipe(0, [(1, 1)])
        $0.reserve("a", [(1, 1)], asked: [(0, 1)])
      },
      Forgery(.partsNotTaken, at: 6) {
        $0.item("set")
        $0.recipe(2, [(1, 1)])
        $0.reserve("a", [(1, 1), (2, 1)], asked: [(2, 1)])
      },
      // Stock that came later, and is gone again.
      Forgery(.partsNotTaken, at: 8) {
        $0.item("set")
        $0.recipe(2, [(1, 1)])
        $0.receive([(2, 1)])
        $0.adjust(2, by: -1)
        $0.reserve("a", [(1, 1)], asked: [(2, 1)])
      },
      Forgery(.partsNotTaken, at: 7) {
        $0.item("tea", "berlin")
        $0.recipe(2, [(1, 1)])
        $0.transfer(0, 2, 1)
        $0.reserve("a", [(1, 1)], asked: [(2, 1)])
      },
      // A recipe that was dropped, and one that was changed.
      Forgery(.partsNotTaken, at: 6) {
        $0.recipe(0, [(1, 1)])
        $0.recipe(0, [])
        $0.reserve("a", [(0, 1), (1, 1)], asked: [(0, 1)])
      },
      Forgery(.partsNotTaken, at: 6) {
        $0.recipe(0, [(1, 1)])
        $0.recipe(0, [(1, 2)])
        $0.reserve("a", [(0, 1), (1, 1)], asked: [(0, 1)])
      },
      // What was asked is said, and nothing of it has a recipe.
      Forgery(.partsNotTaken, at: 4) { $0.reserve("a", [(0, 1)], asked: [(0, 1)]) },
      // By what changes a reservation, too.
      Forgery(.partsNotTaken, at: 6) {
        $0.recipe(0, [(1, 1)])
        $0.reserve("a", [(0, 1), (1, 1)], asked: [(0, 1)])
        $0.amend(5, [(0, 2)])
      },
      Forgery(.partsNotTaken, at: 6) {
        $0.recipe(0, [(1, 1)])
        $0.reserve("a", [(0, 1), (1, 1)], asked: [(0, 1)])
        $0.commitMore(5, [(0, 2)])
      },
      // What the parts make is oversold like anything else, and counts like anything else.
      Forgery(.oversold, at: 5) {
        $0.recipe(0, [(1, 2)])
        $0.reserve("a", [(0, 3), (1, 6)], asked: [(0, 3)])
      },
      Forgery(.limitExceeded, at: 6) {
        $0.recipe(0, [(1, 2)])
        $0.limit(1, 3)
        $0.reserve("a", [(0, 2), (1, 4)], customer: "c", asked: [(0, 2)])
      },
      Forgery(.lineOrder, at: 5) {
        $0.recipe(0, [(1, 1)])
        $0.reserve("a", [(0, 2), (1, 2)], asked: [(0, 1), (0, 1)])
      },
      Forgery(.quantityRange, at: 5) {
        $0.recipe(0, [(1, 1)])
        $0.reserve("a", [(0, 1), (1, 1)], asked: [(0, 0)])
      },
      Forgery(.unknownItem, at: 5) {
        $0.recipe(0, [(1, 1)])
        $0.reserve("a", [(0, 1), (1, 1)], asked: [(0, 1), (9, 1)])
      },
    ] + forms

  private static let forms: [Forgery] = [
    Forgery(.recipeForm, at: 4) { $0.recipe(0, [(0, 1), (1, 1)]) },
    Forgery(.recipeForm, at: 6) {
      $0.item("pot", more: false)
      $0.recipe(0, [(1, 1)])
      $0.recipe(2, [(0, 1)])
    },
    Forgery(.recipeForm, at: 6) {
      $0.item("pot", more: false)
      $0.recipe(0, [(1, 1)])
      $0.recipe(1, [(2, 1)])
    },
    Forgery(.recipeForm, at: 260) {
      for number in 2...257 { $0.item(Name("part-\(number)"), more: number < 257) }
      $0.recipe(0, (1...257).map { ($0, 1) })
    },
    Forgery(.unknownItem, at: 4) { $0.recipe(7, [(1, 1)]) },
    Forgery(.unknownItem, at: 4) { $0.recipe(0, [(7, 1)]) },
    Forgery(.quantityRange, at: 4) { $0.recipe(0, [(1, 0)]) },
    Forgery(.lineOrder, at: 4) { $0.recipe(0, [(1, 1), (1, 1)]) },
    // What is registered just before is what is made.
    Forgery(.stepForm, at: 5) {
      $0.item("pot")
      $0.recipe(0, [(1, 1)])
    },
    Forgery(.keyContent, at: 4) {
      $0.swapsContents = true
      $0.recipe(0, [(1, 1)], key: "k")
    },
  ]
}
