import TallyFormat

/// What breaks the rules of a stated order of locations. Item 0 is "tea", item 1 "cup": see ``ForgedLog/stock()``.
extension Forgery {
  static let preferences: [Forgery] = [
    Forgery(.preferenceForm, at: 4) { $0.prefer(0, [(0, 1), (1, 2)]) },
    Forgery(.preferenceForm, at: 4) { $0.prefer(0, [(0, 2)]) },
    Forgery(.preferenceForm, at: 5) {
      $0.item("tea", "berlin", more: false)
      $0.prefer(0, [(0, 1), (2, 1)])
    },
    Forgery(.unknownItem, at: 4) { $0.prefer(7, []) },
    Forgery(.unknownItem, at: 4) { $0.prefer(0, [(7, 1)]) },
    Forgery(.quantityRange, at: 4) { $0.prefer(0, [(0, 0)]) },
    Forgery(.lineOrder, at: 4) { $0.prefer(0, [(0, 1), (0, 2)]) },
    // It registers nothing.
    Forgery(.stepForm, at: 5) {
      $0.item("tea", "berlin")
      $0.prefer(0, [(2, 1)])
    },
    Forgery(.keyContent, at: 4) {
      $0.swapsContents = true
      $0.prefer(0, [(0, 1)], key: "k")
    },
  ]
}
