import Tallystick

/// Reads a CSV file (RFC 4180) record by record, in bounded memory.
///
/// Fields may be quoted, and quoted fields may hold separators, quotes written twice and newlines. Lines end with LF or
/// CRLF; a byte order mark is skipped. A quote inside an unquoted field stands for itself. A record that is no CSV costs
/// only its first line: the reader reports it and goes on with the line after, so that one stray quote cannot swallow a
/// file.
public struct CSVReader {
  /// Fills the buffer from where it stopped; 0 at the end.
  public typealias Source = (UnsafeMutableRawBufferPointer) throws(FileError) -> Int

  /// The largest record, in bytes, when none is given.
  public static let defaultMaximumRecordBytes = 1 << 16

  private let source: Source
  private let separator: UInt8
  private let maximumRecordBytes: Int
  /// Bytes that were read; `start..<buffer.count` are still to be parsed.
  private var buffer: [UInt8] = []
  private var start = 0
  private var line = 1
  private var isAtEnd = false
  private var hasBegun = false

  /// Bytes of the file that were parsed.
  public private(set) var offset = 0

  /// - Parameter maximumRecordBytes: a longer record is flawed; memory stays below this and 128 KiB.
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
      if start == buffer.count {
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
    while buffer.count < 3 && !isAtEnd { try fill() }
    if buffer.starts(with: [0xEF, 0xBB, 0xBF]) {
      start = 3
      offset = 3
    }
  }

  /// Reads more behind what is still to be parsed.
  private mutating func fill() throws(FileError) {
    buffer.removeSubrange(..<start)
    start = 0
    let count = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: 1 << 16))
    let result: Result<Int, FileError> = buffer.withUnsafeMutableBytes { raw in
      do throws(FileError) {
        return .success(try source(UnsafeMutableRawBufferPointer(rebasing: raw[count...])))
      } catch {
        return .failure(error)
      }
    }
    let read = (try? result.get()) ?? 0
    buffer.removeLast(buffer.count - count - read)
    _ = try result.get()
    isAtEnd = read == 0
  }

  private mutating func advance(to end: Int) {
    line += buffer[start..<end].reduce(0) { $0 + ($1 == newline ? 1 : 0) }
    offset += end - start
    start = end
  }

  /// Goes to the line after the one on which the flawed record begins.
  private mutating func skipLine() throws(FileError) {
    while true {
      if let end = buffer[start...].firstIndex(of: newline) { return advance(to: end + 1) }
      advance(to: buffer.count)
      if isAtEnd { return }
      try fill()
    }
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
    buffer.withUnsafeBufferPointer { bytes in
      var index = start
      while true {
        let isQuoted = index < bytes.count && bytes[index] == quote
        let field =
          isQuoted ? quotedField(bytes, &index, into: &record) : plainField(bytes, &index, into: &record)
        if let field { return field }
      }
    }
  }

  /// Parses to the field's separator; what came of the record if the field ends it.
  private func plainField(
    _ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int, into record: inout CSVRecord
  ) -> Parsed? {
    let first = index
    while index < bytes.count {
      let byte = bytes[index]
      if byte == separator {
        record.append(bytes[first..<index])
        record.endField()
        index += 1
        return nil
      }
      if byte == newline {
        let hasReturn = index > first && bytes[index - 1] == carriageReturn
        record.append(bytes[first..<(hasReturn ? index - 1 : index)])
        record.endField()
        return finished(at: index + 1)
      }
      index += 1
    }
    guard isAtEnd else { return waiting(at: index, .tooLong(maximum: maximumRecordBytes)) }
    record.append(bytes[first..<index])
    record.endField()
    record.isCutOff = true
    return finished(at: index)
  }

  /// As ``plainField(_:_:into:)``, for a field whose first byte is a quote.
  private func quotedField(
    _ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int, into record: inout CSVRecord
  ) -> Parsed? {
    index += 1
    var first = index
    while true {
      while index < bytes.count && bytes[index] != quote { index += 1 }
      guard index < bytes.count else { return isAtEnd ? .flawed(.openQuote) : waiting(at: index, .openQuote) }
      record.append(bytes[first..<index])
      index += 1
      if index == bytes.count && !isAtEnd { return waiting(at: index, .openQuote) }
      guard index < bytes.count && bytes[index] == quote else { break }
      first = index
      index += 1
    }
    record.endField()
    guard index < bytes.count else {
      record.isCutOff = true
      return finished(at: index)
    }
    switch bytes[index] {
    case separator:
      index += 1
      return nil
    case newline: return finished(at: index + 1)
    case carriageReturn:
      guard index + 1 < bytes.count else {
        return isAtEnd ? finished(at: index + 1) : waiting(at: index, .openQuote)
      }
      return bytes[index + 1] == newline ? finished(at: index + 2) : .flawed(.textAfterQuote)
    default: return .flawed(.textAfterQuote)
    }
  }

  private func finished(at end: Int) -> Parsed {
    end - start > maximumRecordBytes ? .flawed(.tooLong(maximum: maximumRecordBytes)) : .record(end: end)
  }
  private func waiting(at end: Int, _ flaw: CSVRecord.Flaw) -> Parsed {
    end - start > maximumRecordBytes ? .flawed(flaw) : .unfinished
  }

  private var quote: UInt8 { UInt8(ascii: "\"") }
  private var newline: UInt8 { 0x0A }
  private var carriageReturn: UInt8 { 0x0D }
}
