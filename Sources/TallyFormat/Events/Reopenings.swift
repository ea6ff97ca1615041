extension EventColumns {
  /// `reopened`: closed reservations that hold again what they had let go.
  public struct Reopenings: ColumnGroup {
    /// Sequence numbers of the reservations.
    public internal(set) var references: [UInt64] = []
    /// Their ids, customers and times, so that a reader needs no closed reservation to fold the event.
    public internal(set) var ids = StringColumn()
    /// Empty: none.
    public internal(set) var customers = StringColumn()
    /// When they were made, in Unix milliseconds.
    public internal(set) var timesMade: [UInt64] = []
    /// What is held, ascending by item number.
    public internal(set) var lines = LineColumn()
    /// Milliseconds from the event on; 0: the hold never expires.
    public internal(set) var timesToLive: [UInt64] = []
    /// Their keys.
    public internal(set) var keys = KeyColumn()

    @inline(__always) var count: Int { references.count }

    mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure) {
      try visitor.visit(references: &references)
      try visitor.visit(&ids, .order)
      try visitor.visit(&customers, .customer)
      try visitor.visit(&timesMade, DurationForm.self)
      try visitor.visit(&lines, atLeast: 1)
      try visitor.visit(&timesToLive, DurationForm.self)
      try visitor.visit(&keys)
    }
  }

  /// A reopening at the end. `id` and `customer` are the reservation's, a customer of no bytes is none; `made` is when it was
  /// made, in Unix milliseconds; `timeToLive` are milliseconds from `time` on, 0 for a hold that never expires.
  public mutating func appendReopening(
    of reservation: UInt64, id: Name, customer: Name, made: Int64, lines: UnsafeBufferPointer<LineEntry>,
    timeToLive: Int64, key: Name?, digest: ContentDigest, time: Int64, more: Bool
  ) {
    begin(
      .reopened, time, more: more,
      bound: 32 + id.bytes.count + customer.bytes.count + Self.bound(lines: lines.count) + Self.bound(key: key))
    reopened.references.append(reservation)
    reopened.ids.append(id)
    reopened.customers.append(customer)
    reopened.timesMade.append(UInt64(made))
    reopened.lines.append(lines)
    reopened.timesToLive.append(UInt64(timeToLive))
    reopened.keys.append(key, digest)
  }
}
