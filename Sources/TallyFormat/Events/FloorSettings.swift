extension EventColumns {
  /// `floor-set`.
  public struct FloorSettings: ColumnGroup {
    /// The items whose floors are set.
    public internal(set) var items: [ItemNumber] = []
    /// Units that cannot be reserved; 0: all can.
    public internal(set) var floors: [UInt64] = []
    /// One an event; no bytes where it has no key.
    public internal(set) var keys = KeyColumn()

    @inline(__always) var count: Int { items.count }

    mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure) {
      try visitor.visit(&items, ItemForm.self)
      // Numbers from 0 to the largest quantity, as durations are.
      try visitor.visit(&floors, DurationForm.self)
      try visitor.visit(&keys)
    }
  }

  /// Appends a `floor-set` row.
  ///
  /// - Parameters:
  ///   - item: whose floor it is.
  ///   - floor: 0 … 2^53 − 1.
  ///   - key: the command's; `nil`: none.
  ///   - digest: of the command's content; ignored without a key.
  ///   - time: Unix milliseconds.
  ///   - more: the next row belongs to the same step.
  public mutating func appendFloor(
    item: ItemNumber, floor: Int64, key: Name?, digest: ContentDigest, time: Int64, more: Bool
  ) {
    begin(.floorSet, time, more: more, bound: 16 + Self.bound(key: key))
    floors.items.append(item)
    floors.floors.append(UInt64(floor))
    floors.keys.append(key, digest)
  }
}
