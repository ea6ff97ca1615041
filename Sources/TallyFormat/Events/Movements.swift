extension EventColumns {
  /// `received` and `returned`.
  public struct Movements: ColumnGroup {
    /// What came in, ascending by item number.
    public internal(set) var lines = LineColumn()
    /// Up to 256 bytes each; no bytes: none.
    public internal(set) var references = StringColumn()
    /// One an event; no bytes where it has no key.
    public internal(set) var keys = KeyColumn()

    @inline(__always) var count: Int { lines.count }

    mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure) {
      try visitor.visit(&lines, atLeast: 1)
      try visitor.visit(&references, .reference)
      try visitor.visit(&keys)
    }
  }

  /// Appends a `received` or `returned` row.
  ///
  /// - Parameters:
  ///   - isReturn: `returned` rather than `received`.
  ///   - lines: ascending by item number, merged; one or more.
  ///   - reference: up to 256 bytes; `nil`: none.
  ///   - key: the command's; `nil`: none.
  ///   - digest: of the command's content; ignored without a key.
  ///   - time: Unix milliseconds.
  ///   - more: the next row belongs to the same step.
  public mutating func appendMovement(
    isReturn: Bool, lines: UnsafeBufferPointer<LineEntry>, reference: Name?, key: Name?, digest: ContentDigest,
    time: Int64, more: Bool
  ) {
    begin(
      isReturn ? .returned : .received, time, more: more,
      bound: Self.bound(lines: lines.count) + Self.bound(key: key) + (reference?.bytes.count ?? 0))
    func add(to group: inout Movements) {
      group.lines.append(lines)
      if let reference { group.references.append(reference) } else { group.references.appendEmpty() }
      group.keys.append(key, digest)
    }
    if isReturn { add(to: &returned) } else { add(to: &received) }
  }

  /// As ``appendMovement(isReturn:lines:reference:key:digest:time:more:)``, for stock of one item without reference or
  /// key.
  @inline(__always) public mutating func appendReceipt(_ line: LineEntry, time: Int64) {
    begin(.received, time, more: false, bound: Self.bound(lines: 1) + Self.bound(key: nil))
    received.lines.append(line)
    received.references.appendEmpty()
    received.keys.append(nil, .none)
  }
}
