/// Appends little-endian integers, varints and byte strings to an array.
public struct ByteWriter: Sendable {
  public var bytes: [UInt8]

  public init(reserving capacity: Int = 0) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  public mutating func u8(_ value: UInt8) { bytes.append(value) }
  public mutating func u16(_ value: UInt16) { fixed(value) }
  public mutating func u32(_ value: UInt32) { fixed(value) }
  public mutating func u64(_ value: UInt64) { fixed(value) }

  private mutating func fixed<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// - Parameter value: below 2^56.
  public mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  // Inlinable, or every call from another module goes through unspecialised generic code: 15 times slower.
  @inlinable public mutating func raw(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

  /// u16 length and the bytes: `str` in the format document.
  @inlinable public mutating func string(_ name: some Collection<UInt8>) {
    u16(UInt16(name.count))
    bytes.append(contentsOf: name)
  }
}

/// Maps small signed numbers to small unsigned ones.
@inlinable public func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value << 1) ^ (value >> 63)) }
/// The inverse of ``zigzag(_:)``.
@inlinable public func unzigzag(_ value: UInt64) -> Int64 {
  Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
}
