extension EventColumns {
  /// `recipe-set`.
  public struct RecipeSettings: ColumnGroup {
    /// The items that are made of something.
    public internal(set) var items: [ItemNumber] = []
    /// What one unit takes, ascending by item number; none: nothing any more.
    public internal(set) var parts = LineColumn()
    /// One an event; no bytes where it has no key.
    public internal(set) var keys = KeyColumn()

    @inline(__always) var count: Int { items.count }

    mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure) {
      try visitor.visit(&items, ItemForm.self)
      try visitor.visit(&parts, atLeast: 0)
      try visitor.visit(&keys)
    }
  }

  /// Appends a `recipe-set` row.
  ///
  /// - Parameters:
  ///   - item: what is made.
  ///   - parts: what one unit takes, ascending by item number, merged; none drops the recipe.
  ///   - key: the command's; `nil`: none.
  ///   - digest: of the command's content; ignored without a key.
  ///   - time: Unix milliseconds.
  ///   - more: the next row belongs to the same step.
  public mutating func appendRecipe(
    item: ItemNumber, parts: UnsafeBufferPointer<LineEntry>, key: Name?, digest: ContentDigest, time: Int64, more: Bool
  ) {
    begin(.recipeSet, time, more: more, bound: 8 + Self.bound(lines: parts.count) + Self.bound(key: key))
    recipes.items.append(item)
    recipes.parts.append(parts)
    recipes.keys.append(key, digest)
  }
}
