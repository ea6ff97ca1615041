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
  /// Of the record, in the buffer.
  private var record = 0..<0

  init(_ file: TemporaryFile, _ range: Range<Int>) {
    self.file = file
    offset = range.lowerBound
    end = range.upperBound
  }

  /// Goes to the next record; false at the end.
  mutating func advance() throws(ImportError) -> Bool {
    do throws(FileError) {
      guard try fill(4) else { return false }
      let count = buffer.withUnsafeBytes { raw in
        Int(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: start, as: UInt32.self)))
      }
      guard try fill(4 + count) else { return false }
      record = (start + 4)..<(start + 4 + count)
      start = record.upperBound
      return true
    } catch {
      throw ImportError(error)
    }
  }

  /// The record that ``advance()`` went to.
  func withRecord<R>(_ body: (UnsafeRawBufferPointer) throws(ImportError) -> R) throws(ImportError) -> R {
    try buffer.withUnsafeBufferPointer { (bytes) throws(ImportError) in
      try body(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[record])))
    }
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
}
