extension EventColumns {
  /// `item-registered`.
  public struct Registrations: ColumnGroup {
    /// 1 to 64 bytes each.
    public internal(set) var skus = StringColumn()
    /// 1 to 64 bytes each.
    public internal(set) var locations = StringColumn()

    @inline(__always) var count: Int { skus.count }

    mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure) {
      try visitor.visit(&skus, .sku)
      try visitor.visit(&locations, .location)
    }
  }

  /// Appends an `item-registered` row: the item gets the next number.
  ///
  /// - Parameters:
  ///   - sku: 1 to 64 bytes.
  ///   - location: 1 to 64 bytes.
  ///   - time: Unix milliseconds.
  ///   - more: the next row belongs to the same step.
  public mutating func appendRegistration(sku: Name, location: Name, time: Int64, more: Bool) {
    begin(.itemRegistered, time, more: more, bound: sku.bytes.count + location.bytes.count)
    registered.skus.append(sku)
    registered.locations.append(location)
  }
}
