/// An item and a quantity.
public struct LineEntry: Hashable, Sendable {
  public var item: ItemNumber
  public var quantity: Int64
  @inlinable public init(item: ItemNumber, quantity: Int64) {
    self.item = item
    self.quantity = quantity
  }
}

/// The lines of many events back to back: `Lines` in the format document.
public struct LineColumn: Sendable, Equatable {
  public private(set) var ends: [UInt32] = []
  public private(set) var entries: [LineEntry] = []

  public init() {}
  public var count: Int { ends.count }

  @inlinable public func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
  }
  /// The lines of one event.
  public subscript(index: Int) -> ArraySlice<LineEntry> { entries[range(index)] }

  /// - Parameter lines: ascending by item number, merged.
  public mutating func append(_ lines: UnsafeBufferPointer<LineEntry>) {
    if lines.count == 1 { entries.append(lines[0]) } else { entries.append(contentsOf: lines) }
    ends.append(UInt32(entries.count))
  }
  @inline(__always) public mutating func append(_ line: LineEntry) {
    entries.append(line)
    ends.append(UInt32(truncatingIfNeeded: entries.count))
  }
  public mutating func append(_ lines: [LineEntry]) { lines.withUnsafeBufferPointer { append($0) } }

  /// Forgets everything but keeps the memory.
  public mutating func removeAll() {
    ends.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
  }
  mutating func truncate(to count: Int) {
    guard count < ends.count else { return }
    ends.removeSubrange(count...)
    entries.removeSubrange(Int(ends.last ?? 0)...)
  }

  func encode(into out: inout ByteWriter, scratch: inout [UInt64]) {
    scratch.removeAll(keepingCapacity: true)
    var previous: UInt32 = 0
    for end in ends {
      scratch.append(UInt64(end - previous))
      previous = end
    }
    scratch.withUnsafeBufferPointer { PackedColumn.encode($0, into: &out) }
    scratch.removeAll(keepingCapacity: true)
    for entry in entries { scratch.append(UInt64(entry.item.rawValue)) }
    scratch.withUnsafeBufferPointer { PackedColumn.encode($0, into: &out) }
    scratch.removeAll(keepingCapacity: true)
    for entry in entries { scratch.append(UInt64(bitPattern: entry.quantity)) }
    scratch.withUnsafeBufferPointer { PackedColumn.encode($0, into: &out) }
  }

  /// - Parameters:
  ///   - minimum: lines that each event must have: 1, or 0 where none means "all that is open".
  ///   - budget: lines that the frame may still have.
  static func decode(
    _ count: Int, minimum: Int, budget: inout Int, from reader: inout ByteReader
  ) throws(MalformedBytes) -> LineColumn {
    var column = LineColumn()
    column.ends.reserveCapacity(count)
    var total = 0
    let allowed = budget
    try PackedColumn.decode(count, from: &reader) { (_, lines) throws(MalformedBytes) in
      guard lines >= minimum, lines <= Limits.maxLinesPerEvent else {
        throw MalformedBytes("an event with \(lines) lines")
      }
      total += Int(lines)
      guard total <= allowed else { throw MalformedBytes("more than \(Limits.maxLinesPerFrame) lines in a frame") }
      column.ends.append(UInt32(total))
    }
    budget -= total
    column.entries.reserveCapacity(total)
    try PackedColumn.decode(total, from: &reader) { (_, item) throws(MalformedBytes) in
      column.entries.append(LineEntry(item: try itemNumber(item), quantity: 0))
    }
    try column.entries.withUnsafeMutableBufferPointer { entries throws(MalformedBytes) in
      try PackedColumn.decode(total, from: &reader) { (index, quantity) throws(MalformedBytes) in
        entries[index].quantity = Int64(quantity)
      }
    }
    return column
  }
}

@inline(__always)
func itemNumber(_ value: UInt64) throws(MalformedBytes) -> ItemNumber {
  guard let number = UInt32(exactly: value) else { throw MalformedBytes("item number \(value) is too large") }
  return ItemNumber(number)
}
