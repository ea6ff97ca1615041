extension EventColumns {
  /// What moves of one reservation with the goods that it holds.
  public struct MovedHold: Sendable, Equatable {
    /// The reservation's sequence number.
    public var reservation: UInt64
    public var quantity: Int64
    public init(reservation: UInt64, quantity: Int64) {
      self.reservation = reservation
      self.quantity = quantity
    }
  }
}

/// The holds that move with many events back to back: `Holds` in the format document.
public struct HoldColumn: Sendable, Equatable {
  public private(set) var ends: [UInt32] = []
  public private(set) var holds: [EventColumns.MovedHold] = []

  public init() {}
  public var count: Int { ends.count }
  var memoryBytes: Int { ends.capacity * 4 + holds.capacity * MemoryLayout<EventColumns.MovedHold>.stride }

  /// The holds of one event.
  public subscript(index: Int) -> ArraySlice<EventColumns.MovedHold> {
    holds[(index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])]
  }

  mutating func append(_ moved: [EventColumns.MovedHold]) {
    holds.append(contentsOf: moved)
    ends.append(UInt32(holds.count))
  }

  mutating func truncate(to count: Int) {
    guard count < ends.count else { return }
    ends.removeSubrange(count...)
    holds.removeSubrange(Int(ends.last ?? 0)...)
  }

  /// - Parameter sequences: of the events: a reservation is written as how far back it is.
  func encode(of sequences: [UInt64], into out: inout ByteWriter) {
    PackedColumn.encodeLengths(ends, into: &out)
    var steps = [UInt64]()
    steps.reserveCapacity(holds.count)
    for (index, sequence) in sequences.enumerated() {
      for hold in self[index] { steps.append(sequence &- hold.reservation) }
    }
    steps.withUnsafeBufferPointer { steps in PackedColumn.encode(steps.count, into: &out) { steps[$0] } }
    holds.withUnsafeBufferPointer { holds in
      PackedColumn.encode(holds.count, into: &out) { UInt64(bitPattern: holds[$0].quantity) }
    }
  }

  /// Replaces the contents by the holds of the next events of `reader`; keeps the memory.
  ///
  /// - Parameters:
  ///   - sequences: of the events.
  ///   - budget: lines and holds that the frame may still have.
  mutating func refill(
    of sequences: [UInt64], budget: inout Int, from reader: inout ByteReader
  ) throws(MalformedBytes) {
    ends.resize(to: sequences.count, filler: 0)
    var total: UInt64 = 0
    let counts = try ends.withUnsafeMutableBufferPointer { ends throws(MalformedBytes) in
      try PackedColumn.decode(ends.count, from: &reader) { index, count in
        total &+= count
        ends[index] = UInt32(truncatingIfNeeded: total)
      }
    }
    // At most 2^18 events of 2^17 holds: the sum did not wrap.
    guard counts.high <= UInt64(Limits.maxHoldsPerEvent) else {
      throw MalformedBytes("\(counts.high) holds move at once")
    }
    guard total <= UInt64(budget) else { throw MalformedBytes("more than \(Limits.maxLinesPerFrame) lines in a frame") }
    budget -= Int(total)
    var steps = [UInt64]()
    try PackedColumn.decode(Int(total), below: 1 << 56, into: &steps, filler: 0, from: &reader) { $0 }
    var quantities = [Int64]()
    try PackedColumn.decode(Int(total), below: 1 << 56, into: &quantities, filler: 0, from: &reader) {
      Int64(truncatingIfNeeded: $0)
    }
    holds.removeAll(keepingCapacity: true)
    holds.reserveCapacity(Int(total))
    var begin = 0
    for (index, sequence) in sequences.enumerated() {
      for place in begin..<Int(ends[index]) {
        guard steps[place] < sequence else { throw MalformedBytes("a hold before the first event") }
        holds.append(.init(reservation: sequence - steps[place], quantity: quantities[place]))
      }
      begin = Int(ends[index])
    }
  }
}
