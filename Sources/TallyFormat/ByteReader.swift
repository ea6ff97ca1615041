/// Why bytes that should be a payload, header or snapshot are none.
public struct MalformedBytes: Error, Equatable, CustomStringConvertible {
  /// What is wrong with them, in words that follow the name of what should stand there.
  public let description: String
  /// - Parameter description: what is wrong, in words.
  public init(_ description: String) { self.description = description }
}

/// Reads little-endian integers and varints from borrowed bytes; every read checks its bounds.
///
/// Inlinable where a call from another module is worth it: what is `package` is not inlined there by itself.
@usableFromInline package struct ByteReader {
  @usableFromInline let bytes: UnsafeRawBufferPointer
  @usableFromInline package internal(set) var offset: Int
  @inlinable package var remaining: Int { bytes.count - offset }

  @inlinable package init(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  @inlinable package mutating func u8() throws(MalformedBytes) -> UInt8 {
    guard remaining >= 1 else { throw MalformedBytes("ends in the middle of a byte field") }
    defer { offset += 1 }
    return bytes[offset]
  }

  @inlinable package mutating func u32() throws(MalformedBytes) -> UInt32 { try fixed(UInt32.self) }
  @inlinable package mutating func u64() throws(MalformedBytes) -> UInt64 { try fixed(UInt64.self) }

  @inlinable mutating func fixed<T: FixedWidthInteger>(_: T.Type) throws(MalformedBytes) -> T {
    let size = MemoryLayout<T>.size
    guard remaining >= size else { throw MalformedBytes("ends in the middle of a \(size)-byte integer") }
    defer { offset += size }
    return T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
  }

  /// LEB128 in its shortest form, below 2^56.
  @inlinable @inline(__always) package mutating func varint() throws(MalformedBytes) -> UInt64 {
    // Nearly all have one byte.
    if remaining > 0, bytes[offset] < 0x80 {
      defer { offset += 1 }
      return UInt64(bytes[offset])
    }
    return try longVarint()
  }

  @usableFromInline mutating func longVarint() throws(MalformedBytes) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try u8()
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 {
        if byte == 0 && shift > 0 { throw MalformedBytes("a varint is longer than it need be") }
        return value
      }
      shift += 7
      if shift >= 56 { throw MalformedBytes("a varint is longer than eight bytes") }
    }
  }

  /// The next `count` bytes, borrowed.
  @inlinable package mutating func take(_ count: Int) throws(MalformedBytes) -> UnsafeRawBufferPointer {
    guard count >= 0, remaining >= count else { throw MalformedBytes("ends \(count - remaining) bytes too early") }
    defer { offset += count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)])
  }
}
