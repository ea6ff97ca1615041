import Glibc

/// A part of a state's canonical form, in memory that is used again for the next.
///
/// Belongs to one thread at a time: the one that writes it, then the one that hashes it.
final class StateBytes {
  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  private var count = 0

  private static let firstCapacity = 1 << 16

  init() {
    capacity = Self.firstCapacity
    base = LargeMemory.resize(nil, to: Self.firstCapacity)
  }

  deinit { free(base) }

  var contents: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// Larger than parts are, but for those of large carts.
  var isLarge: Bool { capacity > 2 << 20 }

  func removeAll() { count = 0 }

  /// Appends to the bytes; one at a time.
  struct Writer: ~Copyable {
    private let target: StateBytes
    // Copies, which a compiler can keep in registers.
    private var next: UnsafeMutableRawPointer
    private var end: UnsafeMutableRawPointer

    init(_ target: StateBytes) {
      self.target = target
      next = target.base + target.count
      end = target.base + target.capacity
    }

    deinit { target.count = next - target.base }

    /// Where the next `count` bytes go.
    @inline(__always)
    mutating func claim(_ count: Int) -> UnsafeMutableRawPointer {
      if end - next < count { grow(count) }
      defer { next += count }
      return next
    }

    @inline(never)
    private mutating func grow(_ count: Int) {
      let used = next - target.base
      target.capacity = max(target.capacity * 2, used + count)
      target.base = LargeMemory.resize(target.base, to: target.capacity)
      next = target.base + used
      end = target.base + target.capacity
    }

    @inline(__always)
    mutating func varint(_ value: UInt64) {
      if end - next < 10 { grow(10) }
      var rest = value
      while rest >= 0x80 {
        next.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
        next += 1
        rest &>>= 7
      }
      next.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
      next += 1
    }

    /// What a forged log made negative still has a canonical form, if a meaningless one: of 64 bits.
    @inline(__always)
    mutating func varint(_ value: Int64) { varint(UInt64(bitPattern: value)) }

    @inline(__always)
    mutating func byte(_ value: UInt8) { claim(1).storeBytes(of: value, as: UInt8.self) }

    @inline(__always)
    mutating func bytes(_ bytes: UnsafeRawBufferPointer) {
      if let base = bytes.baseAddress { claim(bytes.count).copyMemory(from: base, byteCount: bytes.count) }
    }

    /// At most 64 bytes, by decoding.
    @inline(__always)
    mutating func name(_ bytes: UnsafeRawBufferPointer) {
      byte(UInt8(truncatingIfNeeded: bytes.count))
      self.bytes(bytes)
    }
  }
}
