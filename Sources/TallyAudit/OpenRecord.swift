import Glibc

/// One open reservation in memory, its parts back to back. What settling it looks at comes first: it is then in one line of
/// the cache, or in two.
///
/// | offset | field |
/// |---|---|
/// | 0 | u64 sequence number |
/// | 8 | i64 time, i64 expires |
/// | 24 | u16 number of lines, u16 lines that there is room for |
/// | 28 | u8 flags: 1 some of it was committed, 2 some of it was released, 32 it waited once, 64 it waits, 128 it was altered |
/// | 29 | u8 length of the id, u8 length of the customer, u8 unused |
/// | 32 | for each line there is room for: u32 item number, u64 reserved, u64 still open |
/// | then | the id, the customer |
struct OpenRecord {
  let base: UnsafeMutableRawPointer

  private static let fixedBytes = 32
  private static let lineBytes = 4 + 8 + 8

  struct Line {
    var item: Int
    var reserved: Int64
    var open: Int64
  }

  /// Bytes of a reservation with room for so many lines.
  @inline(__always)
  static func length(id: Int, customer: Int, lines: Int) -> Int { fixedBytes + lines * lineBytes + id + customer }

  /// Writes a reservation without lines at `base`, where ``length(id:customer:lines:)`` bytes fit.
  ///
  /// - Parameters:
  ///   - id: at most 64 bytes, by decoding; so is the customer.
  ///   - lines: how many may be added, at most 4,096, by decoding.
  @inline(__always)
  init(
    at base: UnsafeMutableRawPointer, sequence: UInt64, id: UnsafeRawBufferPointer, customer: UnsafeRawBufferPointer,
    time: Int64, expires: Int64, lines: Int
  ) {
    self.base = base
    store(sequence, 0)
    store(time, 8)
    store(expires, 16)
    store(UInt16(0), 24)
    store(UInt16(truncatingIfNeeded: lines), 26)
    store(UInt8(0), 28)
    store(UInt8(truncatingIfNeeded: id.count), 29)
    store(UInt8(truncatingIfNeeded: customer.count), 30)
    let names = base + OpenRecord.fixedBytes + lines * OpenRecord.lineBytes
    if let bytes = id.baseAddress { names.copyMemory(from: bytes, byteCount: id.count) }
    if let bytes = customer.baseAddress { (names + id.count).copyMemory(from: bytes, byteCount: customer.count) }
  }

  @inline(__always)
  init(at base: UnsafeMutableRawPointer) { self.base = base }

  @inline(__always)
  private func load<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as: T.Type) -> T {
    base.loadUnaligned(fromByteOffset: offset, as: T.self)
  }

  @inline(__always)
  private func store<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, _ offset: Int) {
    base.storeBytes(of: value, toByteOffset: offset, as: T.self)
  }

  @inline(__always) private var idLength: Int { Int(load(29, as: UInt8.self)) }
  @inline(__always) private var customerLength: Int { Int(load(30, as: UInt8.self)) }
  @inline(__always) private var names: Int {
    OpenRecord.fixedBytes + Int(load(26, as: UInt16.self)) * OpenRecord.lineBytes
  }

  @inline(__always) var sequence: UInt64 { load(0, as: UInt64.self) }
  @inline(__always) var time: Int64 { load(8, as: Int64.self) }
  @inline(__always) var expires: Int64 { load(16, as: Int64.self) }
  @inline(__always) var lineCount: Int { Int(load(24, as: UInt16.self)) }
  @inline(__always) var flags: UInt8 { load(28, as: UInt8.self) }
  @inline(__always) var id: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base + names, count: idLength) }
  @inline(__always) var customer: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: base + names + idLength, count: customerLength)
  }
  @inline(__always) var length: Int { names + idLength + customerLength }

  @inline(__always)
  func line(_ index: Int) -> Line {
    let offset = OpenRecord.fixedBytes + index * OpenRecord.lineBytes
    return Line(
      item: Int(load(offset, as: UInt32.self)), reserved: load(offset + 4, as: Int64.self),
      open: load(offset + 12, as: Int64.self))
  }

  /// The place of an item's line; `nil`: it has none.
  ///
  /// By halves, as lines ascend: a forged log may name lines of a large cart, or what is not in it, over and over.
  @inline(__always)
  func lineIndex(of item: Int) -> Int? {
    var (low, high) = (0, lineCount)
    while low < high {
      let middle = (low + high) / 2
      if line(middle).item < item { low = middle + 1 } else { high = middle }
    }
    return low < lineCount && line(low).item == item ? low : nil
  }

  /// Adds a line behind the others, where there is room.
  @inline(__always)
  func addLine(_ item: UInt32, _ quantity: Int64) {
    let count = load(24, as: UInt16.self)
    let offset = OpenRecord.fixedBytes + Int(count) * OpenRecord.lineBytes
    store(item, offset)
    store(quantity, offset + 4)
    store(quantity, offset + 12)
    store(count + 1, 24)
  }

  /// Gives up the room for lines that were not added; the names move down.
  func closeLines() {
    let (from, to) = (names, OpenRecord.fixedBytes + lineCount * OpenRecord.lineBytes)
    memmove(base + to, base + from, idLength + customerLength)
    store(load(24, as: UInt16.self), 26)
  }

  /// Takes from what is open of a line; not below 0.
  func settle(line index: Int, _ quantity: Int64) {
    let offset = OpenRecord.fixedBytes + index * OpenRecord.lineBytes + 12
    store(max(load(offset, as: Int64.self) - quantity, 0), offset)
  }

  /// Says when it expires; 0: never.
  func setExpires(_ time: Int64) { store(time, 16) }

  /// All of them.
  var lines: [Line] { (0..<lineCount).map { line($0) } }

  /// Lines that there is room for.
  var room: Int { Int(load(26, as: UInt16.self)) }

  /// Puts other lines, for which there is room, in place of those that it has.
  func setLines(_ lines: [Line]) {
    for (index, line) in lines.enumerated() {
      let offset = OpenRecord.fixedBytes + index * OpenRecord.lineBytes
      store(UInt32(truncatingIfNeeded: line.item), offset)
      store(line.reserved, offset + 4)
      store(line.open, offset + 12)
    }
    store(UInt16(truncatingIfNeeded: lines.count), 24)
  }

  /// Notes one of the flags.
  func mark(_ flag: UInt8) { store(flags | flag, 28) }

  static let waits: UInt8 = 64
  static let waited: UInt8 = 32
  /// It holds nothing yet.
  @inline(__always) var isWaiting: Bool { flags & OpenRecord.waits != 0 }
  func unmark(_ flag: UInt8) { store(flags & ~flag, 28) }

  /// Says that everything is open, or nothing.
  func setOpen(_ isOpen: Bool) {
    for index in 0..<lineCount {
      store(isOpen ? line(index).reserved : 0, OpenRecord.fixedBytes + index * OpenRecord.lineBytes + 12)
    }
  }

  /// Whether every line is settled.
  var isSettled: Bool { (0..<lineCount).allSatisfy { line($0).open <= 0 } }
}
