extension EventColumns {
  /// `waiting`: what a `reserved` event has, and how long it waits.
  public struct Waitings: ColumnGroup {
    /// 1 to 64 bytes each.
    public internal(set) var ids = StringColumn()
    /// What is waited for, ascending by item number.
    public internal(set) var lines = LineColumn()
    /// Up to 64 bytes each; no bytes: none.
    public internal(set) var customers = StringColumn()
    /// Of the hold, from its filling on, in milliseconds; 0: none.
    public internal(set) var timesToLive: [UInt64] = []
    /// Milliseconds; 0: without an end.
    public internal(set) var waits: [UInt64] = []

    @inline(__always) var count: Int { ids.count }

    mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure) {
      try visitor.visit(&ids, .id)
      try visitor.visit(&lines, atLeast: 1)
      try visitor.visit(&customers, .customer)
      try visitor.visit(&timesToLive, DurationForm.self)
      try visitor.visit(&waits, DurationForm.self)
    }
  }

  /// Appends a `waiting` row.
  ///
  /// - Parameters:
  ///   - id: 1 to 64 bytes.
  ///   - lines: ascending by item number, merged; one or more.
  ///   - customer: no bytes: none.
  ///   - timeToLive: of the hold, from its filling on, in milliseconds; 0: none.
  ///   - wait: milliseconds; 0: without an end.
  ///   - time: Unix milliseconds.
  ///   - more: the next row belongs to the same step.
  public mutating func appendWaiting(
    id: UnsafeBufferPointer<UInt8>, lines: UnsafeBufferPointer<LineEntry>, customer: UnsafeBufferPointer<UInt8>,
    timeToLive: Int64, wait: Int64, time: Int64, more: Bool
  ) {
    begin(.waiting, time, more: more, bound: 8 + id.count + Self.bound(lines: lines.count) + customer.count)
    waiting.ids.append(id)
    waiting.lines.append(lines)
    if customer.isEmpty { waiting.customers.appendEmpty() } else { waiting.customers.append(customer) }
    waiting.timesToLive.append(UInt64(timeToLive))
    waiting.waits.append(UInt64(wait))
  }
}
