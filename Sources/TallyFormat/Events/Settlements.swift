extension EventColumns {
  /// `committed` and `released`.
  public struct Settlements: ColumnGroup {
    /// Sequence numbers of the reservations.
    public internal(set) var references: [UInt64] = []
    /// No lines: all that is open.
    public internal(set) var lines = LineColumn()
    /// For `released` only: true if an adjust made it.
    public internal(set) var byAdjust: [Bool] = []
    /// One an event; no bytes where it has no key.
    public internal(set) var keys = KeyColumn()

    @inline(__always) var count: Int { references.count }

    mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure) {
      try visitor.visit(references: &references)
      try visitor.visit(&lines, atLeast: 0)
      if kind == .released { try visitor.visit(&byAdjust, FlagForm.self) }
      try visitor.visit(&keys)
    }
  }

  /// Appends a `committed` or `released` row.
  ///
  /// - Parameters:
  ///   - kind: `.committed` or `.released`.
  ///   - reservation: the sequence number of its event.
  ///   - lines: none: all that is open.
  ///   - byAdjust: an adjust releases it; for `.released` only.
  ///   - key: the command's; `nil`: none.
  ///   - digest: of the command's content; ignored without a key.
  ///   - time: Unix milliseconds.
  ///   - more: the next row belongs to the same step.
  @inline(__always)
  public mutating func appendSettlement(
    _ kind: EventKind, reservation: UInt64, lines: UnsafeBufferPointer<LineEntry>, byAdjust: Bool = false, key: Name?,
    digest: ContentDigest, time: Int64, more: Bool
  ) {
    begin(kind, time, more: more, bound: 8 + Self.bound(lines: lines.count) + Self.bound(key: key))
    if kind == .committed {
      committed.references.append(reservation)
      committed.lines.append(lines)
      committed.keys.append(key, digest)
    } else {
      released.references.append(reservation)
      released.lines.append(lines)
      released.byAdjust.append(byAdjust)
      released.keys.append(key, digest)
    }
  }
}
