import CZlib
import Glibc
import Tallystick

/// A gzip file's content (RFC 1952), all of its members one after the other. Memory: some 100 KiB.
final class GunzippedBytes: ByteStream {
  private static let chunkBytes = 1 << 16

  private let source: any ByteStream
  private let path: String
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: chunkBytes)
  private var isInMember = true
  private var isAtEnd = false

  /// - Parameter path: for messages.
  init(_ source: any ByteStream, path: String) throws(FileError) {
    self.source = source
    self.path = path
    stream.initialize(to: z_stream())
    guard tally_inflate_gzip(stream) == Z_OK else {
      throw FileError(operation: "unpack", path: path, code: ENOMEM, reason: "out of memory")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    guard !isAtEnd, let base = buffer.baseAddress, buffer.count > 0 else { return 0 }
    let room = UInt32(clamping: buffer.count)
    stream.pointee.next_out = base.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = room
    while stream.pointee.avail_out == room {
      if stream.pointee.avail_in == 0 {
        let count = try source.read(into: UnsafeMutableRawBufferPointer(input))
        if count == 0 {
          if isInMember { throw failure("the file ends in the middle: it is cut off") }
          isAtEnd = true
          return 0
        }
        stream.pointee.next_in = input.baseAddress
        stream.pointee.avail_in = UInt32(count)
      }
      if !isInMember {
        inflateReset(stream)
        isInMember = true
      }
      switch inflate(stream, Z_NO_FLUSH) {
      case Z_OK, Z_BUF_ERROR: break
      case Z_STREAM_END: isInMember = false
      default: throw failure("it is no gzip file, or damaged")
      }
    }
    return Int(room - stream.pointee.avail_out)
  }

  private func failure(_ reason: String) -> FileError {
    FileError(operation: "unpack", path: path, code: InputFile.badData, reason: reason)
  }
}
