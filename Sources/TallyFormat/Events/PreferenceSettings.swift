extension EventColumns {
  /// `preference-set`.
  public struct PreferenceSettings: ColumnGroup {
    /// Of each event an item of the SKU that it is about.
    public internal(set) var items: [ItemNumber] = []
    /// The SKU's items that come first, ascending by item number, each with its place from 1 on as the quantity; none: none
    /// does any more.
    public internal(set) var places = LineColumn()
    /// One an event; no bytes where it has no key.
    public internal(set) var keys = KeyColumn()

    @inline(__always) var count: Int { items.count }

    mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure) {
      try visitor.visit(&items, ItemForm.self)
      try visitor.visit(&places, atLeast: 0)
      try visitor.visit(&keys)
    }
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
    preferences.items.append(item)
    preferences.places.append(places)
    preferences.keys.append(key, digest)
  }
}
