/// Writes little-endian integers and byte strings into a buffer that is given away piece by piece: a state of gigabytes
/// never stands in memory as bytes.
struct PieceWriter {
  private static let pieceBytes = 1 << 20
  /// More than the longest single claim.
  private static let slack = 512
  private let buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: pieceBytes + slack, alignment: MemoryLayout<UInt64>.alignment)
  private var used = 0
  private let take: (UnsafeRawBufferPointer) -> Void

  private init(_ take: @escaping (UnsafeRawBufferPointer) -> Void) { self.take = take }

  /// Runs `body` and hands what it writes to `take`, a piece at a time.
  static func write(to take: (UnsafeRawBufferPointer) -> Void, _ body: (inout PieceWriter) -> Void) {
    withoutActuallyEscaping(take) { take in
      var writer = PieceWriter(take)
      defer { writer.buffer.deallocate() }
      body(&writer)
      writer.flush()
    }
  }

  private mutating func flush() {
    if used > 0 { take(UnsafeRawBufferPointer(rebasing: buffer[0..<used])) }
    used = 0
  }

  /// - Parameter count: at most ``slack``: a number, or a name or text.
  @inline(__always) private mutating func claim(_ count: Int) -> UnsafeMutableRawPointer {
    if used >= PieceWriter.pieceBytes { flush() }
    precondition(count <= PieceWriter.slack, "a name of \(count) bytes in a state")
    defer { used += count }
    return buffer.baseAddress! + used
  }

  @inline(__always) mutating func u8(_ value: UInt8) { claim(1).storeBytes(of: value, as: UInt8.self) }
  @inline(__always) mutating func u16(_ value: UInt16) { claim(2).storeBytes(of: value.littleEndian, as: UInt16.self) }
  @inline(__always) mutating func u32(_ value: UInt32) { claim(4).storeBytes(of: value.littleEndian, as: UInt32.self) }
  @inline(__always) mutating func u64(_ value: UInt64) { claim(8).storeBytes(of: value.littleEndian, as: UInt64.self) }

  mutating func raw(_ bytes: UnsafeBufferPointer<UInt8>) {
    if let base = bytes.baseAddress { claim(bytes.count).copyMemory(from: base, byteCount: bytes.count) }
  }
  mutating func raw(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { raw($0) } }

  /// u16 length and the bytes: `str` in the format document.
  mutating func string(_ bytes: UnsafeBufferPointer<UInt8>) {
    u16(UInt16(bytes.count))
    raw(bytes)
  }
  mutating func string(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { string($0) } }

  @inline(__always) mutating func string(_ name: CompactName) {
    u16(UInt16(name.length))
    name.copyText(to: claim(Int(name.length)))
  }

  @inline(__always) mutating func line(_ item: ItemNumber, _ reserved: Int64, _ open: Int64) {
    u32(item.rawValue)
    u64(UInt64(reserved))
    u64(UInt64(open))
  }
}
