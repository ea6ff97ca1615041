/// Reads string columns into memory that is used again.
extension StringColumn {
  /// A column of `count` strings, each of at most `maximum` bytes.
  static func decode(_ count: Int, maximum: Int, from reader: inout ByteReader) throws(MalformedBytes) -> StringColumn {
    var column = StringColumn()
    try column.refill(count, maximum: maximum, from: &reader)
    return column
  }

  /// Replaces the contents by the next `count` strings of `reader`; keeps the memory.
  ///
  /// - Parameter maximum: bytes that one string may have.
  mutating func refill(_ count: Int, maximum: Int, from reader: inout ByteReader) throws(MalformedBytes) {
    guard let mode = Mode(rawValue: try reader.u8()) else { throw MalformedBytes("unknown mode of a string column") }
    switch mode {
    case .empty:
      ends.removeAll(keepingCapacity: true)
      ends.resize(to: count, filler: 0)
      bytes.removeAll(keepingCapacity: true)
    case .raw:
      let total = try refillEnds(count, adding: 0, lengths: 0...maximum, "a string", from: &reader)
      let source = try reader.take(total)
      bytes.resize(to: total, filler: 0)
      bytes.withUnsafeMutableBytes { $0.copyMemory(from: source) }
    case .uuid:
      guard maximum >= UUIDText.length else { throw MalformedBytes("a UUID is longer than this field") }
      let packed = try reader.take(count * 16)
      ends.resize(to: count, filler: 0)
      bytes.resize(to: count * UUIDText.length, filler: 0)
      bytes.withUnsafeMutableBytes { bytes in
        guard var target = bytes.baseAddress else { return }
        for index in 0..<count {
          let high = UInt64(bigEndian: packed.loadUnaligned(fromByteOffset: index * 16, as: UInt64.self))
          let low = UInt64(bigEndian: packed.loadUnaligned(fromByteOffset: index * 16 + 8, as: UInt64.self))
          UUIDText.write(high, low, to: target)
          target += UUIDText.length
        }
      }
      for index in 0..<count { ends[index] = UInt32(truncatingIfNeeded: (index + 1) * UUIDText.length) }
    case .numbered:
      try refillNumbers(count, maximum: maximum, from: &reader)
    }
  }

  /// Reads lengths and adds them up to ends; returns the last.
  private mutating func refillEnds(
    _ count: Int, adding prefix: Int, lengths: ClosedRange<Int>, _ what: String, from reader: inout ByteReader
  ) throws(MalformedBytes) -> Int {
    ends.resize(to: count, filler: 0)
    var total: UInt64 = 0
    let seen = try ends.withUnsafeMutableBufferPointer { ends throws(MalformedBytes) in
      try PackedColumn.decode(count, from: &reader) { index, length in
        total &+= length &+ UInt64(prefix)
        ends[index] = UInt32(truncatingIfNeeded: total)
      }
    }
    guard count == 0 || (seen.low >= UInt64(lengths.lowerBound) && seen.high <= UInt64(lengths.upperBound)) else {
      throw MalformedBytes("\(what) of \(seen.low) to \(seen.high) where \(lengths) is due")
    }
    // At most 2^18 strings of 2^8 bytes: the sum did not wrap.
    return Int(total)
  }

  private mutating func refillNumbers(
    _ count: Int, maximum: Int, from reader: inout ByteReader
  ) throws(MalformedBytes) {
    guard count > 0 else { throw MalformedBytes("a numbered column without strings") }
    let prefixLength = Int(try reader.varint())
    guard prefixLength < maximum else { throw MalformedBytes("a prefix of \(prefixLength) bytes") }
    let prefix = try reader.take(prefixLength)
    let total = try refillEnds(
      count, adding: prefixLength, lengths: 1...min(TrailingNumbers.maxDigits, maximum - prefixLength), "digits",
      from: &reader)
    var number = unzigzag(try reader.varint())
    // Eight spare bytes let strings be copied in whole words.
    bytes.resize(to: total + 8, filler: 0)
    var begin = 0
    var fits = true
    try ends.withUnsafeBufferPointer { ends throws(MalformedBytes) in
      try bytes.withUnsafeMutableBufferPointer { buffer throws(MalformedBytes) in
        let bytes = UnsafeMutableRawBufferPointer(buffer)
        /// Writes string `index`, which is `number`; `step` is how far that is from the one before.
        func write(_ index: Int, step: Int64) {
          let end = Int(ends[index])
          let digits = end - begin - prefixLength
          fits = fits && number >= 0 && number < StringColumn.powersOfTen[digits]
          guard fits else { return }
          let length = end - begin
          if step == 1, begin >= length, Int(ends[index - 1]) - length == (index > 1 ? Int(ends[index - 2]) : 0) {
            // The one before, plus one: by far the most frequent where orders are numbered.
            copyWords(bytes, from: begin - length, to: begin, length)
            var position = end - 1
            while bytes[position] == 57 {
              bytes[position] = 48
              position -= 1
            }
            bytes[position] += 1
          } else {
            for offset in 0..<prefixLength { bytes[begin + offset] = prefix[offset] }
            var rest = UInt64(number)
            for position in stride(from: end - 1, to: end - 1 - digits, by: -1) {
              bytes[position] = 48 + UInt8(truncatingIfNeeded: rest % 10)
              rest /= 10
            }
          }
          begin = end
        }
        write(0, step: 0)
        _ = try PackedColumn.decode(count - 1, from: &reader) { index, value in
          let step = unzigzag(value)
          // A sum that wraps is out of range first: 2^18 steps below 2^56 end below 2^74, but each is looked at.
          number &+= step
          write(index + 1, step: step)
        }
      }
    }
    guard fits else { throw MalformedBytes("a number that does not have its digits") }
    bytes.removeLast(8)
  }

  private static let powersOfTen: [Int64] = (0...TrailingNumbers.maxDigits).map { exponent in
    (0..<exponent).reduce(Int64(1)) { power, _ in power * 10 }
  }
}

/// Copies `count` bytes forward by eight at a time; up to seven bytes behind them are overwritten, too.
@inline(__always)
private func copyWords(_ bytes: UnsafeMutableRawBufferPointer, from source: Int, to target: Int, _ count: Int) {
  var offset = 0
  while offset < count {
    let word = bytes.loadUnaligned(fromByteOffset: source + offset, as: UInt64.self)
    bytes.storeBytes(of: word, toByteOffset: target + offset, as: UInt64.self)
    offset += 8
  }
}
