extension EventColumns {
  /// `transferred`.
  public struct Transfers: ColumnGroup {
    public internal(set) var from: [ItemNumber] = []
    public internal(set) var to: [ItemNumber] = []
    public internal(set) var quantities: [Int64] = []
    public internal(set) var keys = KeyColumn()

    @inline(__always) var count: Int { from.count }

    mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure) {
      try visitor.visit(&from, ItemForm.self)
      try visitor.visit(&to, ItemForm.self)
      try visitor.visit(&quantities, QuantityForm.self)
      try visitor.visit(&keys)
    }
  }

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
