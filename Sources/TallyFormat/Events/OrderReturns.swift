extension EventColumns {
  /// `returned`, of an order: goods that a reservation had sold.
  public struct OrderReturns: ColumnGroup {
    /// Sequence numbers of the reservations.
    public internal(set) var references: [UInt64] = []
    /// Their ids and customers, so that a reader needs no settled reservation to fold the event.
    public internal(set) var ids = StringColumn()
    /// Empty: none.
    public internal(set) var customers = StringColumn()
    /// What came back.
    public internal(set) var lines = LineColumn()
    /// What the shop said of it; empty: nothing.
    public internal(set) var texts = StringColumn()
    /// Their keys.
    public internal(set) var keys = KeyColumn()

    @inline(__always) var count: Int { references.count }

    mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure) {
      try visitor.visit(references: &references)
      try visitor.visit(&ids, .order)
      try visitor.visit(&customers, .customer)
      try visitor.visit(&lines, atLeast: 1)
      try visitor.visit(&texts, .reference)
      try visitor.visit(&keys)
    }
  }

  /// A return at the end. `id` and `customer` are the reservation's; a customer of no bytes is none.
  public mutating func appendReturn(
    of reservation: UInt64, id: Name, customer: Name, lines: UnsafeBufferPointer<LineEntry>, reference: Name?,
    key: Name?, digest: ContentDigest, time: Int64, more: Bool
  ) {
    begin(
      .returnedOf, time, more: more,
      bound: 16 + id.bytes.count + customer.bytes.count + Self.bound(lines: lines.count) + Self.bound(key: key)
        + (reference?.bytes.count ?? 0))
    returnedOf.references.append(reservation)
    returnedOf.ids.append(id)
    returnedOf.customers.append(customer)
    returnedOf.lines.append(lines)
    returnedOf.texts.append(reference ?? Name(bytes: []))
    returnedOf.keys.append(key, digest)
  }
}
