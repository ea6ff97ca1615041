import Glibc
import Tallystick

/// Reads a CSV file (RFC 4180) record by record, in bounded memory.
///
/// Fields may be quoted, and quoted fields may hold separators, quotes written twice and newlines. Lines end with LF or
/// CRLF; a byte order mark is skipped. A quote inside an unquoted field is itself. A record that is no CSV costs
/// only its first line: the reader reports it and goes on with the line after, so that one stray quote cannot swallow a
/// file.
public struct CSVReader {
  /// Fills the buffer from where it stopped; 0 at the end.
  public typealias Source = (UnsafeMutableRawBufferPointer) throws(FileError) -> Int

  /// The largest record, in bytes, when none is given.
  public static let defaultMaximumRecordBytes = 1 << 16
  private static let chunkBytes = 1 << 16

  private let source: Source
  private let separator: UInt8
  private let maximumRecordBytes: Int
  /// Bytes that were read; `start..<end` are still to be parsed.
  private var buffer = [UInt8](repeating: 0, count: chunkBytes)
  private var start = 0
  private var end = 0
  private var line = 1
  private var isAtEnd = false
  private var hasBegun = false

  /// Bytes of the file that were parsed.
  public private(set) var offset = 0

  /// - Parameters:
  ///   - separator: between fields.
  ///   - maximumRecordBytes: a longer record is flawed; memory stays below this and 128 KiB.
  ///   - source: where the bytes come from.
  public init(
    separator: UInt8 = UInt8(ascii: ","), maximumRecordBytes: Int = defaultMaximumRecordBytes, source: @escaping Source
  ) {
    self.source = source
    self.separator = separator
    self.maximumRecordBytes = maximumRecordBytes
  }

  /// Reads a file from its beginning.
  public init(_ file: any LogFile, separator: UInt8 = UInt8(ascii: ",")) {
    var offset = 0
    self.init(separator: separator) { (buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int in
      let count = try file.read(into: buffer, at: offset)
      offset += count
      return count
    }
  }

  /// Reads bytes that are in memory, `chunk` at a time.
  public init(
    bytes: [UInt8], separator: UInt8 = UInt8(ascii: ","), maximumRecordBytes: Int = defaultMaximumRecordBytes,
    chunk: Int = .max
  ) {
    var offset = 0
    self.init(separator: separator, maximumRecordBytes: maximumRecordBytes) { buffer in
      let count = min(buffer.count, bytes.count - offset, chunk)
      bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + count)])) }
      offset += count
      return count
    }
  }

  /// Reads the next record; false at the end of the file. Linear in the record's length.
  ///
  /// - Throws: what reading the file throws.
  public mutating func next(into record: inout CSVRecord) throws(FileError) -> Bool {
    if !hasBegun { try begin() }
    while true {
      if start == end {
        if isAtEnd { return false }
        try fill()
        continue
      }
      record.removeAll()
      record.line = line
      switch parse(into: &record) {
      case .record(let end):
        advance(to: end)
        return true
      case .unfinished:
        try fill()
      case .flawed(let flaw):
        record.removeAll()
        record.flaw = flaw
        try skipLine()
        return true
      }
    }
  }

  // MARK: Bytes

  private mutating func begin() throws(FileError) {
    hasBegun = true
    while end < 3 && !isAtEnd { try fill() }
    if buffer[..<end].starts(with: [0xEF, 0xBB, 0xBF]) {
      start = 3
      offset = 3
    }
  }

  /// Reads more behind what is still to be parsed.
  private mutating func fill() throws(FileError) {
    let kept = end - start
    if kept + CSVReader.chunkBytes > buffer.count {
      buffer.append(contentsOf: [UInt8](repeating: 0, count: kept + CSVReader.chunkBytes - buffer.count))
    }
    let result: Result<Int, FileError> = buffer.withUnsafeMutableBytes { raw in
      if start > 0, kept > 0 { memmove(raw.baseAddress!, raw.baseAddress! + start, kept) }
      do throws(FileError) {
        return .success(try source(UnsafeMutableRawBufferPointer(rebasing: raw[kept...])))
      } catch {
        return .failure(error)
      }
    }
    (start, end) = (0, kept)
    let count = try result.get()
    end += count
    isAtEnd = count == 0
  }

  private mutating func advance(to next: Int) {
    buffer.withUnsafeBytes { raw in
      var index = start
      while let found = CSVReader.find(newline, in: raw, from: index, to: next) {
        line += 1
        index = found + 1
      }
    }
    offset += next - start
    start = next
  }

  /// Goes to the line after the one on which the flawed record begins.
  private mutating func skipLine() throws(FileError) {
    while true {
      let found = buffer.withUnsafeBytes { CSVReader.find(newline, in: $0, from: start, to: end) }
      if let found { return advance(to: found + 1) }
      advance(to: end)
      if isAtEnd { return }
      try fill()
    }
  }

  /// The system's search, many bytes at a time.
  private static func find(_ byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int? {
    guard start < end, let base = bytes.baseAddress else { return nil }
    guard let found = memchr(base + start, Int32(byte), end - start) else { return nil }
    return found - UnsafeMutableRawPointer(mutating: base)
  }

  // MARK: Records

  private enum Parsed {
    /// Ends before this index of the buffer.
    case record(end: Int)
    /// Goes on beyond the buffer.
    case unfinished
    case flawed(CSVRecord.Flaw)
  }

  private func parse(into record: inout CSVRecord) -> Parsed {
    buffer.withUnsafeBytes { raw in
      let bytes = UnsafeRawBufferPointer(rebasing: raw[..<end])
      var index = start
      // Of the line that `index` is on; known once it was looked for.
      var lineEnd: Int?
      while true {
        let isQuoted = index < end && bytes[index] == quote
        let parsed =
          isQuoted
          ? quotedField(bytes, &index, &lineEnd, into: &record) : plainField(bytes, &index, &lineEnd, into: &record)
        if let parsed { return parsed }
      }
    }
  }

  /// Parses to the field's separator; what came of the record if the field ends it.
  private func plainField(
    _ bytes: UnsafeRawBufferPointer, _ index: inout Int, _ lineEnd: inout Int?, into record: inout CSVRecord
  ) -> Parsed? {
    let lineEndHere = lineEnd ?? CSVReader.find(newline, in: bytes, from: index, to: end)
    lineEnd = lineEndHere
    if let found = CSVReader.find(separator, in: bytes, from: index, to: lineEndHere ?? end) {
      record.append(UnsafeRawBufferPointer(rebasing: bytes[index..<found]))
      record.endField()
      index = found + 1
      return nil
    }
    if lineEndHere == nil && !isAtEnd { return waiting(at: end, .tooLong(maximum: maximumRecordBytes)) }
    var fieldEnd = lineEndHere ?? end
    if lineEndHere != nil, fieldEnd > index, bytes[fieldEnd - 1] == carriageReturn { fieldEnd -= 1 }
    record.append(UnsafeRawBufferPointer(rebasing: bytes[index..<fieldEnd]))
    record.endField()
    record.isCutOff = lineEndHere == nil
    return finished(at: lineEndHere.map { $0 + 1 } ?? end)
  }

  /// As ``plainField(_:_:_:into:)``, for a field whose first byte is a quote.
  private func quotedField(
    _ bytes: UnsafeRawBufferPointer, _ index: inout Int, _ lineEnd: inout Int?, into record: inout CSVRecord
  ) -> Parsed? {
    index += 1
    // The first byte that was not taken over yet: a quote that stands for itself is the first of the next run.
    var first = index
    while true {
      guard let found = CSVReader.find(quote, in: bytes, from: index, to: end) else {
        return isAtEnd ? .flawed(.openQuote) : waiting(at: end, .openQuote)
      }
      record.append(UnsafeRawBufferPointer(rebasing: bytes[first..<found]))
      index = found + 1
      if index == end && !isAtEnd { return waiting(at: end, .openQuote) }
      guard index < end, bytes[index] == quote else { break }
      first = index
      index += 1
    }
    record.endField()
    if let known = lineEnd, known < index { lineEnd = nil }
    guard index < end else {
      record.isCutOff = true
      return finished(at: end)
    }
    switch bytes[index] {
    case separator:
      index += 1
      return nil
    case newline: return finished(at: index + 1)
    case carriageReturn:
      guard index + 1 < end else { return isAtEnd ? finished(at: end) : waiting(at: end, .openQuote) }
      return bytes[index + 1] == newline ? finished(at: index + 2) : .flawed(.textAfterQuote)
    default: return .flawed(.textAfterQuote)
    }
  }

  private func finished(at next: Int) -> Parsed {
    next - start > maximumRecordBytes ? .flawed(.tooLong(maximum: maximumRecordBytes)) : .record(end: next)
  }
  private func waiting(at next: Int, _ flaw: CSVRecord.Flaw) -> Parsed {
    next - start > maximumRecordBytes ? .flawed(flaw) : .unfinished
  }

  private var quote: UInt8 { UInt8(ascii: "\"") }
  private var newline: UInt8 { 0x0A }
  private var carriageReturn: UInt8 { 0x0D }
}
