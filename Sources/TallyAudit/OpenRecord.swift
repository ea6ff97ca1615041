/// One open reservation in memory, its parts back to back.
///
/// | offset | field |
/// |---|---|
/// | 0 | u64 sequence number |
/// | 8 | u16 length and bytes of the id, then of the customer |
/// | then | u64 time, u64 expires, u8 flags, u32 number of lines |
/// | for each line | u32 item number, u64 reserved, u64 still open |
struct OpenRecord {
  let base: UnsafeMutableRawPointer

  static let fixedBytes = 8 + 2 + 2 + 8 + 8 + 1 + 4
  static let lineBytes = 4 + 8 + 8

  struct Line {
    var item: Int
    var reserved: Int64
    var open: Int64
  }

  /// Writes a reservation without lines at `base`, where ``fixedBytes`` and the names fit.
  @inline(__always)
  init(
    at base: UnsafeMutableRawPointer, sequence: UInt64, id: UnsafeRawBufferPointer, customer: UnsafeRawBufferPointer,
    time: Int64, expires: Int64
  ) {
    self.base = base
    store(sequence, 0)
    store(UInt16(truncatingIfNeeded: id.count), 8)
    if let bytes = id.baseAddress { (base + 10).copyMemory(from: bytes, byteCount: id.count) }
    let afterID = 10 + id.count
    store(UInt16(truncatingIfNeeded: customer.count), afterID)
    if let bytes = customer.baseAddress { (base + afterID + 2).copyMemory(from: bytes, byteCount: customer.count) }
    let tail = afterID + 2 + customer.count
    store(UInt64(bitPattern: time), tail)
    store(UInt64(bitPattern: expires), tail + 8)
    store(UInt8(0), tail + 16)
    store(UInt32(0), tail + 17)
  }

  @inline(__always)
  init(at base: UnsafeMutableRawPointer) { self.base = base }

  @inline(__always)
  private func load<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as: T.Type) -> T {
    T(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: T.self))
  }

  @inline(__always)
  private func store<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, _ offset: Int) {
    base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: T.self)
  }

  @inline(__always) private var idLength: Int { Int(load(8, as: UInt16.self)) }
  @inline(__always) private var customerOffset: Int { 10 + idLength }
  /// Where the fields behind the names begin.
  @inline(__always) private var tail: Int {
    let offset = customerOffset
    return offset + 2 + Int(load(offset, as: UInt16.self))
  }

  @inline(__always) var sequence: UInt64 { load(0, as: UInt64.self) }
  @inline(__always) var id: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base + 10, count: idLength) }
  @inline(__always) var customer: UnsafeRawBufferPointer {
    let offset = customerOffset
    return UnsafeRawBufferPointer(start: base + offset + 2, count: Int(load(offset, as: UInt16.self)))
  }
  @inline(__always) var time: Int64 { Int64(bitPattern: load(tail, as: UInt64.self)) }
  /// 1: some of it was committed; 2: some of it was released.
  @inline(__always) var flags: UInt8 { load(tail + 16, as: UInt8.self) }
  @inline(__always) var expires: Int64 { Int64(bitPattern: load(tail + 8, as: UInt64.self)) }
  @inline(__always) var lineCount: Int { Int(load(tail + 17, as: UInt32.self)) }
  @inline(__always) var length: Int {
    let tail = tail
    return tail + 21 + Int(load(tail + 17, as: UInt32.self)) * OpenRecord.lineBytes
  }

  @inline(__always)
  func line(_ index: Int) -> Line {
    let offset = tail + 21 + index * OpenRecord.lineBytes
    return Line(
      item: Int(load(offset, as: UInt32.self)), reserved: Int64(bitPattern: load(offset + 4, as: UInt64.self)),
      open: Int64(bitPattern: load(offset + 12, as: UInt64.self)))
  }

  /// Adds a line behind the others, where its bytes must fit.
  @inline(__always)
  func addLine(_ item: UInt32, _ quantity: Int64) {
    let tail = tail
    let count = load(tail + 17, as: UInt32.self)
    let offset = tail + 21 + Int(count) * OpenRecord.lineBytes
    store(item, offset)
    store(UInt64(bitPattern: quantity), offset + 4)
    store(UInt64(bitPattern: quantity), offset + 12)
    store(count + 1, tail + 17)
  }

  /// Takes from what is open of a line; not below 0.
  func settle(line index: Int, _ quantity: Int64) {
    let offset = tail + 21 + index * OpenRecord.lineBytes + 12
    store(UInt64(bitPattern: max(Int64(bitPattern: load(offset, as: UInt64.self)) - quantity, 0)), offset)
  }

  /// Notes that some of it was committed (1) or released (2).
  func mark(_ flag: UInt8) { store(flags | flag, tail + 16) }

  /// Whether every line is settled.
  var isSettled: Bool { (0..<lineCount).allSatisfy { line($0).open <= 0 } }
}
