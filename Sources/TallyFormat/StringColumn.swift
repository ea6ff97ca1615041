/// Byte strings back to back, with their ends: `Strings` in the format document.
public struct StringColumn: Sendable, Equatable {
  public internal(set) var ends: [UInt32] = []
  public internal(set) var bytes: [UInt8] = []

  public init() {}
  public var count: Int { ends.count }

  @inlinable public func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
  }
  public subscript(index: Int) -> Name { Name(bytes: Array(bytes[range(index)])) }

  /// Runs `body` over the bytes of one string, borrowed.
  @inlinable public func withBytes<R>(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
    let range = range(index)
    return try bytes.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[range])) }
  }

  /// As ``withBytes(_:_:)``, untyped.
  @inlinable @inline(__always)
  public func withRawBytes<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    let range = range(index)
    return try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }

  public mutating func append(_ string: UnsafeBufferPointer<UInt8>) {
    bytes.append(contentsOf: string)
    ends.append(UInt32(bytes.count))
  }
  public mutating func append(_ name: Name) { name.bytes.withUnsafeBufferPointer { append($0) } }
  public mutating func appendEmpty() { ends.append(UInt32(bytes.count)) }

  /// Appends some strings of another column.
  mutating func append(_ range: Range<Int>, of other: borrowing StringColumn) {
    guard !range.isEmpty else { return }
    let begin = other.range(range.lowerBound).lowerBound
    let shift = UInt32(bytes.count) &- UInt32(begin)
    // Through pointers: slices of arrays would count references.
    other.bytes.withUnsafeBufferPointer {
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: $0[begin..<Int(other.ends[range.upperBound - 1])]))
    }
    other.ends.withUnsafeBufferPointer { others in
      for index in range { ends.append(others[index] &+ shift) }
    }
  }

  /// Appends `count` empty strings.
  mutating func appendEmpty(_ count: Int) { ends.append(contentsOf: repeatElement(UInt32(bytes.count), count: count)) }

  /// Forgets everything but keeps the memory.
  public mutating func removeAll() {
    ends.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
  }
  mutating func truncate(to count: Int) {
    guard count < ends.count else { return }
    ends.removeSubrange(count...)
    bytes.removeSubrange(Int(ends.last ?? 0)...)
  }
}

extension StringColumn {
  enum Mode: UInt8 {
    case empty = 0
    case raw, uuid, numbered
  }
  static let maxDigits = 15

  func encode(into out: inout ByteWriter) {
    if bytes.isEmpty { return out.u8(Mode.empty.rawValue) }
    let start = out.bytes.count
    if encodeAsUUIDs(into: &out) { return }
    out.bytes.removeSubrange(start...)
    if encodeAsNumbers(into: &out) { return }
    out.bytes.removeSubrange(start...)
    out.u8(Mode.raw.rawValue)
    var lengths = [UInt64]()
    lengths.reserveCapacity(count)
    var previous: UInt32 = 0
    for end in ends {
      lengths.append(UInt64(end - previous))
      previous = end
    }
    lengths.withUnsafeBufferPointer { PackedColumn.encode($0, into: &out) }
    out.raw(bytes)
  }

  private func encodeAsUUIDs(into out: inout ByteWriter) -> Bool {
    guard bytes.count == count * UUIDText.length else { return false }
    out.u8(Mode.uuid.rawValue)
    return bytes.withUnsafeBufferPointer { all in
      for index in 0..<count {
        let end = Int(ends[index])
        guard end == (index + 1) * UUIDText.length,
          let (high, low) = UUIDText.parse(UnsafeBufferPointer(rebasing: all[(end - UUIDText.length)..<end]))
        else { return false }
        out.u64(high.byteSwapped)
        out.u64(low.byteSwapped)
      }
      return true
    }
  }

  private func encodeAsNumbers(into out: inout ByteWriter) -> Bool {
    bytes.withUnsafeBufferPointer { all in
      var prefixLength = -1
      var digits = [UInt64]()
      var steps = [UInt64]()
      digits.reserveCapacity(count)
      steps.reserveCapacity(count)
      var previous: Int64 = 0
      var begin = 0
      for index in 0..<count {
        let end = Int(ends[index])
        let floor = max(begin, end - StringColumn.maxDigits)
        var split = end
        if prefixLength >= 0 {
          split = begin + prefixLength
          guard split < end, split >= floor else { return false }
          for offset in 0..<prefixLength where all[begin + offset] != all[offset] { return false }
        } else {
          while split > floor && isDigit(all[split - 1]) { split -= 1 }
          guard split < end else { return false }
          prefixLength = split - begin
        }
        var number: Int64 = 0
        for position in split..<end {
          guard isDigit(all[position]) else { return false }
          number = number * 10 + Int64(all[position] &- 48)
        }
        digits.append(UInt64(end - split))
        steps.append(zigzag(number - previous))
        previous = number
        begin = end
      }
      out.u8(Mode.numbered.rawValue)
      out.varint(UInt64(prefixLength))
      out.raw(all[0..<prefixLength])
      digits.withUnsafeBufferPointer { PackedColumn.encode($0, into: &out) }
      // The first step is the number itself: kept apart from the others it would cost them its width.
      out.varint(steps[0])
      steps.withUnsafeBufferPointer { PackedColumn.encode(UnsafeBufferPointer(rebasing: $0[1...]), into: &out) }
      return true
    }
  }

  @inline(__always) private func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
}
