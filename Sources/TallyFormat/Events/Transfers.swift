extension EventColumns {
  /// `transferred`.
  public struct Transfers: ColumnGroup {
    /// The item that gives.
    public internal(set) var from: [ItemNumber] = []
    /// The item that takes: the same SKU elsewhere.
    public internal(set) var to: [ItemNumber] = []
    /// Units.
    public internal(set) var quantities: [Int64] = []
    /// One an event; no bytes where it has no key.
    public internal(set) var keys = KeyColumn()

    @inline(__always) var count: Int { from.count }

    mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure) {
      try visitor.visit(&from, ItemForm.self)
      try visitor.visit(&to, ItemForm.self)
      try visitor.visit(&quantities, QuantityForm.self)
      try visitor.visit(&keys)
    }
  }

  /// Appends a `transferred` row.
  ///
  /// - Parameters:
  ///   - from: the item that gives.
  ///   - to: the item that takes.
  ///   - quantity: units.
  ///   - key: the command's; `nil`: none.
  ///   - digest: of the command's content; ignored without a key.
  ///   - time: Unix milliseconds.
  ///   - more: the next row belongs to the same step.
  public mutating func appendTransfer(
    from: ItemNumber, to: ItemNumber, quantity: Int64, key: Name?, digest: ContentDigest, time: Int64, more: Bool
  ) {
    begin(.transferred, time, more: more, bound: 24 + Self.bound(key: key))
    transferred.from.append(from)
    transferred.to.append(to)
    transferred.quantities.append(quantity)
    transferred.keys.append(key, digest)
  }
}
