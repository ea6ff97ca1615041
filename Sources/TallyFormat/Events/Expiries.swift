extension EventColumns {
  /// `expired`.
  public struct Expiries: ColumnGroup {
    /// Sequence numbers of the reservations.
    public internal(set) var references: [UInt64] = []

    @inline(__always) var count: Int { references.count }

    mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure) {
      try visitor.visit(references: &references)
    }

    /// The reservation that one of the events is about.
    @inlinable public subscript(index: Int) -> UInt64 { references[index] }
  }

  /// Appends an `expired` row.
  ///
  /// - Parameters:
  ///   - reservation: the sequence number of its event.
  ///   - time: Unix milliseconds.
  ///   - more: the next row belongs to the same step.
  public mutating func appendExpiry(reservation: UInt64, time: Int64, more: Bool = false) {
    begin(.expired, time, more: more, bound: 8)
    expired.references.append(reservation)
  }
}
