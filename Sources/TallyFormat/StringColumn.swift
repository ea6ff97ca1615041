import Glibc

/// Byte strings back to back, with their ends: `Strings` in the format document.
public struct StringColumn: Sendable, Equatable {
  /// Where each string ends in ``bytes``.
  public internal(set) var ends: [UInt32] = []
  /// The strings of all events.
  public internal(set) var bytes: [UInt8] = []

  /// No rows.
  public init() {}
  /// Strings.
  public var count: Int { ends.count }
  var memoryBytes: Int { ends.capacity * 4 + bytes.capacity }

  /// Where one string stands in ``bytes``.
  @inlinable public func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
  }
  /// One string, copied.
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

  /// Whether one of the strings is that one. Some 3 ns a string.
  package func contains(_ name: Name) -> Bool {
    bytes.withUnsafeBytes { all in
      name.bytes.withUnsafeBytes { name in
        guard let first = all.baseAddress, let wanted = name.baseAddress else { return false }
        var begin = 0
        for end in ends {
          if Int(end) - begin == name.count, memcmp(first + begin, wanted, name.count) == 0 { return true }
          begin = Int(end)
        }
        return false
      }
    }
  }

  /// Appends a string.
  public mutating func append(_ string: UnsafeBufferPointer<UInt8>) {
    bytes.append(contentsOf: string)
    ends.append(UInt32(bytes.count))
  }
  /// Appends a string.
  public mutating func append(_ name: Name) { name.bytes.withUnsafeBufferPointer { append($0) } }
  /// Appends no bytes: there is no such text.
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

  func encode(into out: inout ByteWriter) {
    if bytes.isEmpty { return out.u8(Mode.empty.rawValue) }
    let start = out.bytes.count
    if encodeAsUUIDs(into: &out) { return }
    out.bytes.removeSubrange(start...)
    if encodeAsNumbers(into: &out) { return }
    out.bytes.removeSubrange(start...)
    out.u8(Mode.raw.rawValue)
    PackedColumn.encodeLengths(ends, into: &out)
    out.raw(bytes)
  }

  private func encodeAsUUIDs(into out: inout ByteWriter) -> Bool {
    guard bytes.count == count * UUIDText.length else { return false }
    out.u8(Mode.uuid.rawValue)
    let start = out.bytes.count
    // All at once: an append for each half of each would be most of the cost.
    out.bytes.append(contentsOf: repeatElement(0, count: count * 16))
    return bytes.withUnsafeBufferPointer { all in
      out.bytes.withUnsafeMutableBytes { target in
        for index in 0..<count {
          let end = Int(ends[index])
          guard end == (index + 1) * UUIDText.length,
            let (high, low) = UUIDText.parse(UnsafeBufferPointer(rebasing: all[(end - UUIDText.length)..<end]))
          else { return false }
          target.storeBytes(of: high.bigEndian, toByteOffset: start + index * 16, as: UInt64.self)
          target.storeBytes(of: low.bigEndian, toByteOffset: start + index * 16 + 8, as: UInt64.self)
        }
        return true
      }
    }
  }

  private func encodeAsNumbers(into out: inout ByteWriter) -> Bool {
    guard let numbers = TrailingNumbers(self) else { return false }
    out.u8(Mode.numbered.rawValue)
    out.varint(UInt64(numbers.prefixLength))
    out.raw(bytes[..<numbers.prefixLength])
    numbers.digits.withUnsafeBufferPointer { digits in
      PackedColumn.encode(digits.count, into: &out) { UInt64(digits[$0]) }
    }
    numbers.values.withUnsafeBufferPointer { values in
      // The first number stands as it is: as a step it would cost all others its width.
      out.varint(zigzag(values[0]))
      PackedColumn.encode(values.count - 1, into: &out) { zigzag(values[$0 + 1] &- values[$0]) }
    }
    return true
  }
}
