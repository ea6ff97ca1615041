/// Appends little-endian integers, varints and byte strings to an array.
@usableFromInline package struct ByteWriter: Sendable {
  @usableFromInline package var bytes: [UInt8]

  @inlinable package init(reserving capacity: Int = 0) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  @inlinable package mutating func u8(_ value: UInt8) { bytes.append(value) }
  @inlinable package mutating func u16(_ value: UInt16) { fixed(value) }
  @inlinable package mutating func u32(_ value: UInt32) { fixed(value) }
  @inlinable package mutating func u64(_ value: UInt64) { fixed(value) }

  @inlinable mutating func fixed<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// - Parameter value: below 2^56.
  @inlinable package mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  // Inlinable, or every call from another module goes through unspecialised generic code: 15 times slower.
  @inlinable package mutating func raw(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

  /// u16 length and the bytes: `str` in the format document.
  @inlinable package mutating func string(_ name: some Collection<UInt8>) {
    u16(UInt16(name.count))
    bytes.append(contentsOf: name)
  }
}

/// Maps small signed numbers to small unsigned ones.
@inlinable package func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value << 1) ^ (value >> 63)) }
/// The inverse of ``zigzag(_:)``.
@inlinable package func unzigzag(_ value: UInt64) -> Int64 {
  Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
}
