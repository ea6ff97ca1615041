/// Which rows of a frame have something that most have not: `Supplements` in the format document.
struct SupplementRows: Sendable, Equatable {
  /// Ascending.
  private var rows: [UInt32] = []

  var isEmpty: Bool { rows.isEmpty }
  var count: Int { rows.count }
  var memoryBytes: Int { rows.capacity * 4 }

  /// Where a row stands among these; `nil`: it is none of them.
  func place(of row: Int) -> Int? {
    var (low, high) = (0, rows.count)
    while low < high {
      let middle = (low + high) / 2
      if Int(rows[middle]) < row { low = middle + 1 } else { high = middle }
    }
    return low < rows.count && Int(rows[low]) == row ? low : nil
  }

  /// - Parameter row: above those before.
  mutating func append(_ row: Int) { rows.append(UInt32(row)) }

  /// Keeps those among the frame's first `count` rows.
  mutating func truncate(to count: Int) {
    while let last = rows.last, Int(last) >= count { rows.removeLast() }
  }

  func encode(into out: inout ByteWriter) {
    out.varint(UInt64(count))
    rows.withUnsafeBufferPointer { rows in
      PackedColumn.encode(rows.count, into: &out) { UInt64($0 == 0 ? rows[0] : rows[$0] - rows[$0 - 1]) }
    }
  }

  /// - Parameters:
  ///   - kinds: of the frame's rows, each × 2 + more.
  ///   - flaw: what is said of a row that may not be among these.
  ///   - mayBe: whether rows of a kind may be.
  mutating func refill(
    _ kinds: [UInt8], from reader: inout ByteReader, _ flaw: StaticString, _ mayBe: (EventKind) -> Bool
  ) throws(MalformedBytes) {
    let count = try reader.varint()
    guard count >= 1, count <= UInt64(kinds.count) else { throw MalformedBytes("\(flaw): \(count) rows") }
    var steps = [UInt64]()
    try PackedColumn.decode(Int(count), below: UInt64(kinds.count), into: &steps, filler: 0, from: &reader) { $0 }
    var row: UInt64 = 0
    rows.reserveCapacity(steps.count)
    for (index, step) in steps.enumerated() {
      row += step
      guard index == 0 || step > 0, row < UInt64(kinds.count),
        let kind = EventKind(rawValue: kinds[Int(row)] >> 1), mayBe(kind)
      else { throw MalformedBytes("\(flaw)") }
      rows.append(UInt32(row))
    }
  }
}
