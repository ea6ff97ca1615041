extension EventColumns {
  /// `extended`.
  public struct Extensions: ColumnGroup {
    /// Sequence numbers of the reservations.
    public internal(set) var references: [UInt64] = []
    /// Milliseconds from the event on; 0: the hold never expires.
    public internal(set) var timesToLive: [UInt64] = []
    /// Their keys.
    public internal(set) var keys = KeyColumn()

    @inline(__always) var count: Int { references.count }

    mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure) {
      try visitor.visit(references: &references)
      try visitor.visit(&timesToLive, DurationForm.self)
      try visitor.visit(&keys)
    }
  }

  /// An extension at the end. `timeToLive` are milliseconds from `time` on, 0 for a hold that never expires.
  @inline(__always)
  public mutating func appendExtension(
    reservation: UInt64, timeToLive: Int64, key: Name?, digest: ContentDigest, time: Int64, more: Bool
  ) {
    begin(.extended, time, more: more, bound: 16 + Self.bound(key: key))
    extended.references.append(reservation)
    extended.timesToLive.append(UInt64(timeToLive))
    extended.keys.append(key, digest)
  }
}
