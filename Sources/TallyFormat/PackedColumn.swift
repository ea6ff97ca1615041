/// Bit-packed numbers with a common base ("frame of reference"): `Column` in the format document.
///
/// One load, shift and mask decodes a value, and 100,000 uniform item numbers cost 17 bits each where varints cost 23.
enum PackedColumn {
  static let maxWidth = 56

  /// Appends `count` values; each is below 2^56.
  ///
  /// - Parameter value: asked for each index twice, in order; nothing is kept in between.
  @inline(__always)
  static func encode(_ count: Int, into out: inout ByteWriter, _ value: (Int) -> UInt64) {
    if count == 0 { return out.u8(0) }
    var low = UInt64.max
    var high: UInt64 = 0
    for index in 0..<count {
      let value = value(index)
      low = min(low, value)
      high = max(high, value)
    }
    var width = 64 - (high - low).leadingZeroBitCount
    // A base costs its varint; without one the values must fit as they are.
    if 64 - high.leadingZeroBitCount == width { low = 0 }
    if low == 0 { width = 64 - high.leadingZeroBitCount }
    out.u8(UInt8(width) | (low == 0 ? 0 : 0x80))
    if low != 0 { out.varint(low) }
    if width == 0 { return }
    let byteCount = (count * width + 7) / 8
    let start = out.bytes.count
    // Eight spare bytes let every value be stored with one unaligned 64-bit write.
    out.bytes.append(contentsOf: repeatElement(0, count: byteCount + 8))
    out.bytes.withUnsafeMutableBytes { raw in
      let target = raw.baseAddress! + start
      var pending: UInt64 = 0
      var pendingBits = 0
      var byte = 0
      for index in 0..<count {
        pending |= (value(index) &- low) &<< UInt64(pendingBits)
        pendingBits &+= width
        (target + byte).storeBytes(of: pending.littleEndian, as: UInt64.self)
        // At most seven bits were pending, and no value is wider than 56: never eight whole bytes.
        byte &+= pendingBits &>> 3
        pending &>>= UInt64(pendingBits & ~7)
        pendingBits &= 7
      }
    }
    out.bytes.removeLast(8)
  }

  /// Appends how long each of the pieces is that end at `ends`.
  static func encodeLengths(_ ends: [UInt32], into out: inout ByteWriter) {
    ends.withUnsafeBufferPointer { ends in
      encode(ends.count, into: &out) { UInt64(ends[$0] &- ($0 == 0 ? 0 : ends[$0 - 1])) }
    }
  }

  /// The smallest and the largest value of a column; 0 and 0 if it has none.
  struct Extremes {
    var low: UInt64 = 0
    var high: UInt64 = 0
  }

  /// Reads `count` values and hands each to `store` with its index.
  ///
  /// `store` sees values before any is judged: what it must not keep shows in the extremes, so that a caller looks once
  /// a column and not once a value.
  @inline(__always)
  static func decode(
    _ count: Int, from reader: inout ByteReader, _ store: (Int, UInt64) -> Void
  ) throws(MalformedBytes) -> Extremes {
    let head = try reader.u8()
    let width = Int(head & 0x7F)
    guard width <= maxWidth else { throw MalformedBytes("a column is \(width) bits wide") }
    guard count > 0 || head == 0 else { throw MalformedBytes("a column without values says it has a width or base") }
    let base = head & 0x80 == 0 ? 0 : try reader.varint()
    let packed = try reader.take((count * width + 7) / 8)
    if count == 0 { return Extremes() }
    if width == 0 {
      for index in 0..<count { store(index, base) }
      return Extremes(low: base, high: base)
    }
    let mask = (UInt64(1) << UInt64(width)) - 1
    var low = UInt64.max
    var high: UInt64 = 0
    // Values whose eight bytes lie within the column: one load each. The last few go byte by byte.
    let fast = packed.count < 8 ? 0 : min(count, (packed.count - 8) * 8 / width + 1)
    var bit = 0
    // Base and bits are below 2^56 each: the sum cannot wrap.
    for index in 0..<fast {
      let word = UInt64(littleEndian: packed.loadUnaligned(fromByteOffset: bit >> 3, as: UInt64.self))
      let value = base &+ (word &>> UInt64(bit & 7)) & mask
      low = min(low, value)
      high = max(high, value)
      store(index, value)
      bit += width
    }
    for index in fast..<count {
      var word: UInt64 = 0
      let firstByte = bit >> 3
      for offset in 0..<8 where firstByte + offset < packed.count {
        word |= UInt64(packed[firstByte + offset]) << UInt64(offset * 8)
      }
      let value = base &+ (word &>> UInt64(bit & 7)) & mask
      low = min(low, value)
      high = max(high, value)
      store(index, value)
      bit += width
    }
    guard high >> 56 == 0 else { throw MalformedBytes("a column's value is 2^56 or more") }
    let unused = packed.count * 8 - count * width
    if unused > 0, packed[packed.count - 1] >> UInt8(8 - unused) != 0 {
      throw MalformedBytes("a column's unused bits are not 0")
    }
    return Extremes(low: low, high: high)
  }

  /// Reads `count` values into `values`, whose memory is used again; each is below `bound`.
  @inline(__always)
  static func decode<T>(
    _ count: Int, below bound: UInt64, into values: inout [T], filler: T, from reader: inout ByteReader,
    _ convert: (UInt64) -> T
  ) throws(MalformedBytes) {
    values.resize(to: count, filler: filler)
    let seen = try values.withUnsafeMutableBufferPointer { values throws(MalformedBytes) in
      try decode(count, from: &reader) { values[$0] = convert($1) }
    }
    guard seen.high < bound else {
      throw MalformedBytes("value \(seen.high) where less than \(bound) is due")
    }
  }
}

extension Array {
  /// Makes the array `count` long, for a decoder that then writes every element. Memory that it has it keeps, and
  /// elements that it has it does not write: a column is mostly as long as the one decoded into it before.
  @inline(__always)
  mutating func resize(to count: Int, filler: Element) {
    if self.count > count {
      removeLast(self.count - count)
    } else if self.count < count {
      // As long as it is going to be and no longer, and filled by pieces: a large column takes its own memory once.
      if count > capacity { reserveCapacity(Swift.max(count, Swift.min(capacity * 2, capacity + 65_536))) }
      let piece = Array(repeating: filler, count: Swift.min(count - self.count, 4_096))
      while count - self.count >= piece.count { append(contentsOf: piece) }
      if self.count < count { append(contentsOf: piece[..<(count - self.count)]) }
    }
  }
}
