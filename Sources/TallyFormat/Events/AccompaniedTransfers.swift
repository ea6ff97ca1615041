extension EventColumns {
  /// `transferred`, with the holds on the goods.
  public struct AccompaniedTransfers: ColumnGroup {
    /// Where the goods come from.
    public internal(set) var from: [ItemNumber] = []
    /// Where they go to.
    public internal(set) var to: [ItemNumber] = []
    /// Units.
    public internal(set) var quantities: [Int64] = []
    /// The command named no reservations: whoever holds the goods goes with them.
    public internal(set) var isOfAll: [Bool] = []
    /// Of whom how many units go with them.
    public internal(set) var holds = HoldColumn()
    /// Their keys.
    public internal(set) var keys = KeyColumn()

    @inline(__always) var count: Int { from.count }

    mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure) {
      try visitor.visit(&from, ItemForm.self)
      try visitor.visit(&to, ItemForm.self)
      try visitor.visit(&quantities, QuantityForm.self)
      try visitor.visit(&isOfAll, FlagForm.self)
      try visitor.visit(&holds, of: kind)
      try visitor.visit(&keys)
    }
  }

  /// A transfer at the end. `quantity` is all that moves, held or not; `holds` ascend by reservation.
  public mutating func appendTransfer(
    from: ItemNumber, to: ItemNumber, quantity: Int64, with holds: [MovedHold], isOfAll: Bool, key: Name?,
    digest: ContentDigest, time: Int64, more: Bool
  ) {
    begin(.transferredWith, time, more: more, bound: 32 + holds.count * 16 + Self.bound(key: key))
    transferredWith.from.append(from)
    transferredWith.to.append(to)
    transferredWith.quantities.append(quantity)
    transferredWith.isOfAll.append(isOfAll)
    transferredWith.holds.append(holds)
    transferredWith.keys.append(key, digest)
  }
}
