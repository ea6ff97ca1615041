extension EventColumns {
  /// `recipe-set` and `preference-set`: what is said of an item by lines.
  public struct ItemSettings: ColumnGroup {
    /// What it is said of. Of an order of locations: one of the SKU's items.
    public internal(set) var items: [ItemNumber] = []
    /// Ascending by item number; none: nothing any more. Of a recipe: what one unit takes. Of an order: the SKU's items that
    /// come first, each with its place, from 1 on, as the quantity.
    public internal(set) var lines = LineColumn()
    /// One an event; no bytes where it has no key.
    public internal(set) var keys = KeyColumn()

    @inline(__always) var count: Int { items.count }

    mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure) {
      try visitor.visit(&items, ItemForm.self)
      try visitor.visit(&lines, atLeast: 0)
      try visitor.visit(&keys)
    }

    fileprivate mutating func append(
      _ item: ItemNumber, _ entries: UnsafeBufferPointer<LineEntry>, _ key: Name?, _ digest: ContentDigest
    ) {
      items.append(item)
      lines.append(entries)
      keys.append(key, digest)
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
    recipes.append(item, parts, key, digest)
  }

  /// Appends a `preference-set` row.
  ///
  /// - Parameters:
  ///   - item: an item of the SKU.
  ///   - places: its items that come first, ascending by item number, each with its place from 1 on; none drops the order.
  ///   - key: the command's; `nil`: none.
  ///   - digest: of the command's content; ignored without a key.
  ///   - time: Unix milliseconds.
  ///   - more: the next row belongs to the same step.
  public mutating func appendPreference(
    item: ItemNumber, places: UnsafeBufferPointer<LineEntry>, key: Name?, digest: ContentDigest, time: Int64, more: Bool
  ) {
    begin(.preferenceSet, time, more: more, bound: 8 + Self.bound(lines: places.count) + Self.bound(key: key))
    preferences.append(item, places, key, digest)
  }
}
