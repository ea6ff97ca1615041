/// What reservations asked for, where that is not what they hold: `Asked lines` in the format document.
///
/// Only a reservation of what has a recipe has them, and a frame without one takes no bytes for it.
public struct AskedCarts: Sendable, Equatable {
  /// What begins them in a payload.
  static let number: UInt8 = 2

  private var rows = SupplementRows()
  /// One a row.
  private var lines = LineColumn()

  /// None.
  public init() {}
  /// No row has any.
  public var isEmpty: Bool { rows.isEmpty }
  /// Rows that have some.
  public var count: Int { rows.count }
  var memoryBytes: Int { rows.memoryBytes + lines.memoryBytes }

  /// What a row of the frame asked for, if it has that.
  public subscript(row: Int) -> ArraySlice<LineEntry>? { rows.place(of: row).map { lines[$0] } }

  /// - Parameter row: above those before.
  mutating func append(_ asked: UnsafeBufferPointer<LineEntry>, row: Int) {
    rows.append(row)
    lines.append(asked)
  }

  /// Keeps those of the frame's first `count` rows.
  mutating func truncate(to count: Int) {
    rows.truncate(to: count)
    // By itself: a refused payload leaves one longer than the other.
    lines.truncate(to: rows.count)
  }

  func encode(into out: inout ByteWriter) {
    rows.encode(into: &out)
    lines.encode(into: &out)
  }

  /// - Parameters:
  ///   - kinds: of the frame's rows, each × 2 + more.
  ///   - budget: lines that the frame may still have.
  mutating func refill(
    _ kinds: [UInt8], budget: inout Int, from reader: inout ByteReader
  ) throws(MalformedBytes) {
    try rows.refill(kinds, from: &reader, "asked lines of no reservation") { $0 == .reserved }
    try lines.refill(rows.count, minimum: 1, budget: &budget, from: &reader)
  }
}

extension EventColumns {
  /// What the row's reservation asked for, if that is not what it holds.
  @inline(__always) public func asked(of row: Row) -> ArraySlice<LineEntry>? {
    asked.isEmpty ? nil : asked[Int(row.sequence - firstSequence)]
  }

  /// Says what the row appended last, a reservation, asked for.
  ///
  /// - Parameter lines: ascending by item number, merged; one or more.
  public mutating func setLastAsked(_ lines: UnsafeBufferPointer<LineEntry>) {
    guard let last else { return }
    precondition(last.kind == .reserved, "only a reservation has asked lines")
    asked.append(lines, row: count - 1)
    payloadBound += 12 + Self.bound(lines: lines.count)
  }
}
