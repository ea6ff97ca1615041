extension EventColumns {
  /// `limit-set`.
  public struct LimitSettings: ColumnGroup {
    /// Whose limit it is.
    public internal(set) var items: [ItemNumber] = []
    /// The limit + 1; 0: none.
    public internal(set) var limitsPlusOne: [UInt64] = []
    /// One an event; no bytes where it has no key.
    public internal(set) var keys = KeyColumn()

    @inline(__always) var count: Int { items.count }

    mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure) {
      try visitor.visit(&items, ItemForm.self)
      try visitor.visit(&limitsPlusOne, LimitForm.self)
      try visitor.visit(&keys)
    }
  }

  /// Appends a `limit-set` row.
  ///
  /// - Parameters:
  ///   - item: whose limit it is.
  ///   - limit: units a customer; `nil`: none.
  ///   - key: the command's; `nil`: none.
  ///   - digest: of the command's content; ignored without a key.
  ///   - time: Unix milliseconds.
  ///   - more: the next row belongs to the same step.
  public mutating func appendLimit(
    item: ItemNumber, limit: Int64?, key: Name?, digest: ContentDigest, time: Int64, more: Bool
  ) {
    begin(.limitSet, time, more: more, bound: 16 + Self.bound(key: key))
    limits.items.append(item)
    limits.limitsPlusOne.append(limit.map { UInt64($0) + 1 } ?? 0)
    limits.keys.append(key, digest)
  }
}
