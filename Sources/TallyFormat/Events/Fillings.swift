extension EventColumns {
  /// `filled`.
  public struct Fillings: ColumnGroup {
    /// Sequence numbers of the reservations that waited.
    public internal(set) var references: [UInt64] = []

    @inline(__always) var count: Int { references.count }

    mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure) {
      try visitor.visit(references: &references)
    }

    /// The reservation that one of the events is about.
    @inlinable public subscript(index: Int) -> UInt64 { references[index] }
  }

  /// Appends a `filled` row.
  ///
  /// - Parameters:
  ///   - reservation: the sequence number of its `waiting` event.
  ///   - time: Unix milliseconds.
  ///   - more: the next row belongs to the same step, which no writer says: a filling is a step of its own.
  public mutating func appendFilling(reservation: UInt64, time: Int64, more: Bool = false) {
    begin(.filled, time, more: more, bound: 8)
    filled.references.append(reservation)
  }
}
