/// An item and a quantity.
public struct LineEntry: Hashable, Sendable {
  /// Which item.
  public var item: ItemNumber
  /// How many: 1 … 2^53 − 1 in a valid log.
  public var quantity: Int64
  /// - Parameters:
  ///   - item: which item.
  ///   - quantity: how many; not checked.
  @inlinable public init(item: ItemNumber, quantity: Int64) {
    self.item = item
    self.quantity = quantity
  }
}

/// The lines of many events back to back: `Lines` in the format document.
public struct LineColumn: Sendable, Equatable {
  /// Where each event's lines end in ``entries``.
  public private(set) var ends: [UInt32] = []
  /// The lines of all events.
  public private(set) var entries: [LineEntry] = []

  /// No rows.
  public init() {}
  /// Events.
  public var count: Int { ends.count }
  var memoryBytes: Int { ends.capacity * 4 + entries.capacity * MemoryLayout<LineEntry>.stride }

  /// Where one event's lines stand in ``entries``.
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
  /// Appends an event with one line.
  @inline(__always) public mutating func append(_ line: LineEntry) {
    entries.append(line)
    ends.append(UInt32(truncatingIfNeeded: entries.count))
  }
  /// As the form that borrows the lines.
  public mutating func append(_ lines: [LineEntry]) { lines.withUnsafeBufferPointer { append($0) } }

  /// Makes a line name another item.
  ///
  /// - Parameters:
  ///   - item: which one.
  ///   - index: of a line among all.
  @inline(__always) public mutating func setItem(_ item: ItemNumber, at index: Int) { entries[index].item = item }

  /// Appends the lines of some events of another column.
  mutating func append(_ range: Range<Int>, of other: borrowing LineColumn) {
    guard !range.isEmpty else { return }
    let begin = other.range(range.lowerBound).lowerBound
    let shift = UInt32(entries.count) &- UInt32(begin)
    // Through pointers: slices of arrays would count references.
    other.entries.withUnsafeBufferPointer {
      entries.append(contentsOf: UnsafeBufferPointer(rebasing: $0[begin..<Int(other.ends[range.upperBound - 1])]))
    }
    other.ends.withUnsafeBufferPointer { others in
      for index in range { ends.append(others[index] &+ shift) }
    }
  }

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

  func encode(into out: inout ByteWriter) {
    PackedColumn.encodeLengths(ends, into: &out)
    entries.withUnsafeBufferPointer { entries in
      PackedColumn.encode(entries.count, into: &out) { UInt64(entries[$0].item.rawValue) }
      PackedColumn.encode(entries.count, into: &out) { UInt64(bitPattern: entries[$0].quantity) }
    }
  }

  /// Replaces the contents by the next `count` events of `reader`; keeps the memory.
  ///
  /// - Parameters:
  ///   - minimum: lines that each event must have: 1, or 0 where none means "all that is open".
  ///   - budget: lines that the frame may still have.
  mutating func refill(
    _ count: Int, minimum: UInt64, budget: inout Int, from reader: inout ByteReader
  ) throws(MalformedBytes) {
    ends.resize(to: count, filler: 0)
    var total: UInt64 = 0
    let seen = try ends.withUnsafeMutableBufferPointer { ends throws(MalformedBytes) in
      try PackedColumn.decode(count, from: &reader) { index, lines in
        total &+= lines
        ends[index] = UInt32(truncatingIfNeeded: total)
      }
    }
    guard seen.low >= minimum, seen.high <= UInt64(Limits.maxLinesPerEvent) else {
      throw MalformedBytes("an event with \(seen.low < minimum ? seen.low : seen.high) lines")
    }
    // At most 2^18 events of 2^12 lines: the sum did not wrap.
    guard total <= UInt64(budget) else { throw MalformedBytes("more than \(Limits.maxLinesPerFrame) lines in a frame") }
    budget -= Int(total)
    entries.resize(to: Int(total), filler: LineEntry(item: ItemNumber(0), quantity: 0))
    try entries.withUnsafeMutableBufferPointer { entries throws(MalformedBytes) in
      let items = try PackedColumn.decode(entries.count, from: &reader) { index, item in
        entries[index].item = ItemNumber(UInt32(truncatingIfNeeded: item))
      }
      guard items.high <= UInt64(UInt32.max) else { throw MalformedBytes("item number \(items.high) is too large") }
      _ = try PackedColumn.decode(entries.count, from: &reader) { index, quantity in
        entries[index].quantity = Int64(truncatingIfNeeded: quantity)
      }
    }
  }
}
