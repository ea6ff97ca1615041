extension EventColumns {
  /// `amended`, and `committed` of more than was held: some lines of one reservation, and what becomes of them.
  public struct Amendments: ColumnGroup {
    /// Sequence numbers of the reservations.
    public internal(set) var references: [UInt64] = []
    /// At least one each. Of `amended`: how many are held of the item from then on, which may be 0.
    public internal(set) var lines = LineColumn()
    /// Their keys.
    public internal(set) var keys = KeyColumn()

    @inline(__always) var count: Int { references.count }

    mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure) {
      try visitor.visit(references: &references)
      try visitor.visit(&lines, atLeast: 1)
      try visitor.visit(&keys)
    }

    @inline(__always) fileprivate mutating func append(
      _ reservation: UInt64, _ entries: UnsafeBufferPointer<LineEntry>, _ key: Name?, _ digest: ContentDigest
    ) {
      references.append(reservation)
      lines.append(entries)
      keys.append(key, digest)
    }
  }

  /// An amendment at the end. `lines` ascend by item number; a quantity of 0 drops an item.
  @inline(__always)
  public mutating func appendAmendment(
    reservation: UInt64, lines: UnsafeBufferPointer<LineEntry>, key: Name?, digest: ContentDigest, time: Int64,
    more: Bool
  ) {
    begin(.amended, time, more: more, bound: 8 + Self.bound(lines: lines.count) + Self.bound(key: key))
    amended.append(reservation, lines, key, digest)
  }

  /// A `committed` event that may take more than is held.
  public mutating func appendLargerCommit(
    reservation: UInt64, lines: UnsafeBufferPointer<LineEntry>, key: Name?, digest: ContentDigest, time: Int64,
    more: Bool
  ) {
    begin(.committedMore, time, more: more, bound: 8 + Self.bound(lines: lines.count) + Self.bound(key: key))
    committedMore.append(reservation, lines, key, digest)
  }
}
