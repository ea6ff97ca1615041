import Tallystick

/// Bytes, read from their beginning to their end. For one thread.
protocol ByteStream: AnyObject {
  /// Fills the buffer, in part or whole; 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int
}

/// A file's bytes.
final class FileBytes: ByteStream {
  private let file: any LogFile
  /// How many were read.
  private(set) var offset = 0

  init(_ file: any LogFile) { self.file = file }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    let count = try file.read(into: buffer, at: offset)
    offset += count
    return count
  }
}

/// A stream of which the first bytes have been looked at.
final class PeekedBytes: ByteStream {
  private let stream: any ByteStream
  private(set) var head: [UInt8] = []

  /// - Parameter count: bytes to look at; fewer if the stream is shorter.
  init(_ stream: any ByteStream, count: Int) throws(FileError) {
    self.stream = stream
    var buffer = [UInt8](repeating: 0, count: count)
    var found = 0
    while found < count {
      let result: Result<Int, FileError> = buffer.withUnsafeMutableBytes { raw in
        do throws(FileError) {
          return .success(try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: raw[found...])))
        } catch {
          return .failure(error)
        }
      }
      let read = try result.get()
      if read == 0 { break }
      found += read
    }
    head = Array(buffer.prefix(found))
  }

  /// Forgets the first bytes: they are no part of the text.
  func drop(_ count: Int) { head.removeFirst(min(count, head.count)) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    if head.isEmpty { return try stream.read(into: buffer) }
    let count = min(head.count, buffer.count)
    buffer.copyBytes(from: head.prefix(count))
    head.removeFirst(count)
    return count
  }
}
