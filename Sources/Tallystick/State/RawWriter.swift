/// Writes little-endian integers and byte strings into memory whose size has been counted beforehand.
///
/// Checks its bounds: a size that was counted wrong stops the program instead of writing elsewhere.
struct RawWriter {
  private let target: UnsafeMutableRawBufferPointer
  private(set) var offset = 0

  init(_ target: UnsafeMutableRawBufferPointer) { self.target = target }

  @inline(__always) private mutating func claim(_ count: Int) -> UnsafeMutableRawPointer {
    precondition(offset + count <= target.count, "a state is larger than was counted")
    defer { offset += count }
    return target.baseAddress! + offset
  }

  @inline(__always) mutating func u8(_ value: UInt8) { claim(1).storeBytes(of: value, as: UInt8.self) }
  @inline(__always) mutating func u16(_ value: UInt16) { claim(2).storeBytes(of: value.littleEndian, as: UInt16.self) }
  @inline(__always) mutating func u32(_ value: UInt32) { claim(4).storeBytes(of: value.littleEndian, as: UInt32.self) }
  @inline(__always) mutating func u64(_ value: UInt64) { claim(8).storeBytes(of: value.littleEndian, as: UInt64.self) }

  mutating func raw(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { source in
      if let base = source.baseAddress { claim(source.count).copyMemory(from: base, byteCount: source.count) }
    }
  }

  /// u16 length and the bytes: `str` in the format document.
  mutating func string(_ bytes: [UInt8]) {
    u16(UInt16(bytes.count))
    raw(bytes)
  }

  @inline(__always) mutating func string(_ name: CompactName) {
    u16(UInt16(name.length))
    let count = Int(name.length)
    name.copyText(to: claim(count))
  }

  @inline(__always) mutating func line(_ item: ItemNumber, _ reserved: Int64, _ open: Int64) {
    u32(item.rawValue)
    u64(UInt64(reserved))
    u64(UInt64(open))
  }
}
