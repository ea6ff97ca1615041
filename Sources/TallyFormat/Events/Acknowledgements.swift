extension EventColumns {
  /// `acknowledged`.
  public struct Acknowledgements: ColumnGroup {
    /// Who has handled the events: 1 to 64 bytes each.
    public internal(set) var consumers = StringColumn()
    /// Up to which event, that included; 0: none yet.
    public internal(set) var positions: [UInt64] = []

    @inline(__always) var count: Int { consumers.count }

    mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure) {
      try visitor.visit(&consumers, .consumer)
      try visitor.visit(&positions, SequenceForm.self)
    }
  }

  /// `consumer-forgotten`.
  public struct ForgottenConsumers: ColumnGroup {
    /// 1 to 64 bytes each.
    public internal(set) var consumers = StringColumn()

    @inline(__always) var count: Int { consumers.count }

    mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure) {
      try visitor.visit(&consumers, .consumer)
    }
  }

  /// Appends an `acknowledged` row, which is a step of its own.
  ///
  /// - Parameters:
  ///   - consumer: 1 to 64 bytes.
  ///   - position: the last event that it has handled; 0: none yet.
  ///   - time: Unix milliseconds.
  ///   - more: the next row belongs to the same step, which no reader admits.
  public mutating func appendAcknowledgement(consumer: Name, position: UInt64, time: Int64, more: Bool = false) {
    begin(.acknowledged, time, more: more, bound: 16 + consumer.bytes.count)
    acknowledged.consumers.append(consumer)
    acknowledged.positions.append(position)
  }

  /// Appends a `consumer-forgotten` row, which is a step of its own.
  ///
  /// - Parameters:
  ///   - consumer: 1 to 64 bytes.
  ///   - time: Unix milliseconds.
  ///   - more: the next row belongs to the same step, which no reader admits.
  public mutating func appendForgottenConsumer(_ consumer: Name, time: Int64, more: Bool = false) {
    begin(.consumerForgotten, time, more: more, bound: 8 + consumer.bytes.count)
    forgotten.consumers.append(consumer)
  }
}
