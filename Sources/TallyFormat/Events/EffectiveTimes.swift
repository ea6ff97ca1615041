/// When movements took place, where that is not when they were recorded: `Effective times` in the format document.
///
/// Few events have one, and a frame in which none has one takes no bytes for it.
public struct EffectiveTimes: Sendable, Equatable {
  /// What begins them in a payload.
  static let number: UInt8 = 1

  /// Ascending.
  private var rows: [UInt32] = []
  /// Unix milliseconds, one a row.
  private var times: [Int64] = []

  /// None.
  public init() {}
  /// No row has one.
  public var isEmpty: Bool { rows.isEmpty }
  /// Rows that have one.
  public var count: Int { rows.count }
  var memoryBytes: Int { rows.capacity * 4 + times.capacity * 8 }

  /// The time of a row of the frame, if it has one.
  public subscript(row: Int) -> Int64? {
    var (low, high) = (0, rows.count)
    while low < high {
      let middle = (low + high) / 2
      if Int(rows[middle]) < row { low = middle + 1 } else { high = middle }
    }
    return low < rows.count && Int(rows[low]) == row ? times[low] : nil
  }

  /// - Parameter row: above those before.
  mutating func append(_ time: Int64, row: Int) {
    rows.append(UInt32(row))
    times.append(time)
  }

  /// Keeps those of the frame's first `count` rows.
  mutating func truncate(to count: Int) {
    while let last = rows.last, Int(last) >= count { rows.removeLast() }
    // By itself: a refused payload leaves one longer than the other.
    if times.count > rows.count { times.removeSubrange(rows.count...) }
  }

  func encode(into out: inout ByteWriter) {
    out.varint(UInt64(count))
    rows.withUnsafeBufferPointer { rows in
      PackedColumn.encode(rows.count, into: &out) { UInt64($0 == 0 ? rows[0] : rows[$0] - rows[$0 - 1]) }
    }
    times.withUnsafeBufferPointer { times in
      PackedColumn.encode(times.count, into: &out) { UInt64(times[$0]) }
    }
  }

  /// - Parameter kinds: of the frame's rows, each × 2 + more.
  mutating func refill(_ kinds: [UInt8], from reader: inout ByteReader) throws(MalformedBytes) {
    let count = try reader.varint()
    guard count >= 1, count <= UInt64(kinds.count) else { throw MalformedBytes("\(count) effective times") }
    var steps = [UInt64]()
    try PackedColumn.decode(Int(count), below: UInt64(kinds.count), into: &steps, filler: 0, from: &reader) { $0 }
    var row: UInt64 = 0
    rows.reserveCapacity(steps.count)
    for (index, step) in steps.enumerated() {
      row += step
      guard index == 0 || step > 0, row < UInt64(kinds.count),
        EventKind(rawValue: kinds[Int(row)] >> 1)?.isMovement == true
      else { throw MalformedBytes("an effective time of no movement") }
      rows.append(UInt32(row))
    }
    try PackedColumn.decode(
      Int(count), below: UInt64(Limits.maxQuantity) + 1, into: &times, filler: 0, from: &reader
    ) { Int64(truncatingIfNeeded: $0) }
  }
}

extension EventKind {
  /// Moves stock by itself, and not for a reservation.
  public var isMovement: Bool {
    switch self {
    case .received, .returned, .returnedOf, .adjusted, .transferred: true
    case .itemRegistered, .reserved, .committed, .released, .expired, .limitSet, .batch, .extended, .amended,
      .committedMore, .transferredWith, .floorSet, .waiting, .filled:
      false
    }
  }
}

extension EventColumns {
  /// When the row's event took place, if that was told.
  @inline(__always) public func effectiveTime(of row: Row) -> Int64? {
    effective.isEmpty ? nil : effective[Int(row.sequence - firstSequence)]
  }

  /// Says when the row appended last, a movement, took place.
  public mutating func setLastEffective(_ time: Int64) {
    guard let last else { return }
    precondition(last.kind.isMovement, "only a movement has an effective time")
    effective.append(time, row: count - 1)
    payloadBound += 20
  }
}
