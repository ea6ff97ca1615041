import Glibc
import Tallystick

/// A file that has no name any more and is gone when it is closed, for what does not fit in memory.
final class TemporaryFile {
  private let file: any LogFile
  /// Bytes that were written.
  private(set) var size = 0

  /// In the directory that the environment's TMPDIR names, else in `/tmp`.
  init() throws(FileError) {
    let files = LocalFileSystem()
    let directory = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    let name = "\(directory.isEmpty ? "/tmp" : directory)/tally-import-\(getpid())-\(UInt64.random(in: 0...(.max)))"
    file = try files.open(name, .create)
    try files.remove(name)
  }

  deinit { file.close() }

  func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    try file.write(bytes, at: size)
    size += bytes.count
  }

  func append(_ bytes: [UInt8]) throws(FileError) {
    try file.write(bytes, at: size)
    size += bytes.count
  }

  func bytes(at offset: Int, count: Int) throws(FileError) -> [UInt8] { try file.bytes(at: offset, count: count) }
}

/// Records, each behind its length, read from a part of a temporary file.
struct RecordReader {
  private static let chunkBytes = 1 << 16

  private let file: TemporaryFile
  private var offset: Int
  private let end: Int
  private var buffer: [UInt8] = []
  private var start = 0

  init(_ file: TemporaryFile, _ range: Range<Int>) {
    self.file = file
    offset = range.lowerBound
    end = range.upperBound
  }

  /// The next record; `nil` at the end.
  mutating func next() throws(FileError) -> ArraySlice<UInt8>? {
    guard try fill(4) else { return nil }
    let count = buffer[start..<(start + 4)].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard try fill(4 + count) else { return nil }
    defer { start += 4 + count }
    return buffer[(start + 4)..<(start + 4 + count)]
  }

  private mutating func fill(_ count: Int) throws(FileError) -> Bool {
    guard buffer.count - start < count else { return true }
    let wanted = min(end - offset, max(RecordReader.chunkBytes, count))
    let more = try file.bytes(at: offset, count: wanted)
    offset += more.count
    buffer.removeFirst(start)
    start = 0
    buffer.append(contentsOf: more)
    return buffer.count >= count
  }

  static func append(_ record: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: UInt32(record.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: record)
  }
}
