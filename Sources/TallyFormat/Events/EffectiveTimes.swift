/// When movements took place, where that is not when they were recorded: `Effective times` in the format document.
///
/// Few events have one, and a frame in which none has one takes no bytes for it.
public struct EffectiveTimes: Sendable, Equatable {
  /// What begins them in a payload.
  static let number: UInt8 = 1

  private var rows = SupplementRows()
  /// Unix milliseconds, one a row.
  private var times: [Int64] = []

  /// None.
  public init() {}
  /// No row has one.
  public var isEmpty: Bool { rows.isEmpty }
  /// Rows that have one.
  public var count: Int { rows.count }
  var memoryBytes: Int { rows.memoryBytes + times.capacity * 8 }

  /// The time of a row of the frame, if it has one.
  public subscript(row: Int) -> Int64? { rows.place(of: row).map { times[$0] } }

  /// - Parameter row: above those before.
  mutating func append(_ time: Int64, row: Int) {
    rows.append(row)
    times.append(time)
  }

  /// Keeps those of the frame's first `count` rows.
  mutating func truncate(to count: Int) {
    rows.truncate(to: count)
    // By itself: a refused payload leaves one longer than the other.
    if times.count > rows.count { times.removeSubrange(rows.count...) }
  }

  func encode(into out: inout ByteWriter) {
    rows.encode(into: &out)
    times.withUnsafeBufferPointer { times in
      PackedColumn.encode(times.count, into: &out) { UInt64(times[$0]) }
    }
  }

  /// - Parameter kinds: of the frame's rows, each × 2 + more.
  mutating func refill(_ kinds: [UInt8], from reader: inout ByteReader) throws(MalformedBytes) {
    try rows.refill(kinds, from: &reader, "an effective time of no movement") { $0.isMovement }
    try PackedColumn.decode(
      rows.count, below: UInt64(Limits.maxQuantity) + 1, into: &times, filler: 0, from: &reader
    ) { Int64(truncatingIfNeeded: $0) }
  }
}

extension EventKind {
  /// Moves stock by itself, and not for a reservation.
  public var isMovement: Bool {
    switch self {
    case .received, .returned, .returnedOf, .adjusted, .transferred: true
    case .itemRegistered, .reserved, .committed, .released, .expired, .limitSet, .batch, .extended, .amended,
      .committedMore, .transferredWith, .floorSet, .recipeSet, .preferenceSet, .reopened, .waiting, .filled,
      .acknowledged, .consumerForgotten, .refused:
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
