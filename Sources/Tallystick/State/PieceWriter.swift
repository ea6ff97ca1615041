/// Writes varints and byte strings into a buffer that is given away piece by piece: a state of gigabytes
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

  /// LEB128 in its shortest form.
  @inline(__always) mutating func varint(_ value: UInt64) {
    if value < 0x80 { return u8(UInt8(truncatingIfNeeded: value)) }
    // More than the longest; what is not used is claimed again.
    let start = claim(10)
    var end = start
    var rest = value
    while rest >= 0x80 {
      end.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
      rest &>>= 7
      end += 1
    }
    end.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
    used -= 9 - (end - start)
  }

  @inline(__always) mutating func varint(_ value: Int64) { varint(UInt64(bitPattern: value)) }

  mutating func raw(_ bytes: UnsafeBufferPointer<UInt8>) {
    if let base = bytes.baseAddress { claim(bytes.count).copyMemory(from: base, byteCount: bytes.count) }
  }
  mutating func raw(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { raw($0) } }

  /// u8 length and the bytes: `name` in the format document.
  mutating func name(_ bytes: UnsafeBufferPointer<UInt8>) {
    u8(UInt8(bytes.count))
    raw(bytes)
  }
  mutating func name(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { name($0) } }

  @inline(__always) mutating func name(_ name: CompactName) {
    u8(name.length)
    name.copyText(to: claim(Int(name.length)))
  }

  /// The 16 bytes of a UUID.
  @inline(__always) mutating func uuid(_ high: UInt64, _ low: UInt64) {
    let start = claim(16)
    start.storeBytes(of: high.bigEndian, as: UInt64.self)
    start.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
  }
}
