import CZlib
import NIOCore

/// Packs bytes in the gzip format (RFC 1952), piece by piece. For one task at a time; some 260 KiB while it lives.
final class GzipStream {
  /// Fast: answers are made once and read once.
  private static let level: Int32 = 1
  private static let roomBytes = 32 << 10

  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

  /// `nil`: there is no memory.
  init?() {
    stream.initialize(to: z_stream())
    guard tally_deflate_gzip(stream, GzipStream.level) == Z_OK else {
      stream.deallocate()
      return nil
    }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// What there is to send of these bytes and those before; the rest comes with later ones, or at the end.
  func pack(_ buffer: ByteBuffer, isLast: Bool = false) -> ByteBuffer {
    var packed = ByteBuffer()
    buffer.withUnsafeReadableBytes { bytes in
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
      stream.pointee.avail_in = UInt32(bytes.count)
      var isFull = true
      while isFull {
        packed.writeWithUnsafeMutableBytes(minimumWritableBytes: GzipStream.roomBytes) { room in
          stream.pointee.next_out = room.bindMemory(to: UInt8.self).baseAddress
          stream.pointee.avail_out = UInt32(room.count)
          deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
          isFull = stream.pointee.avail_out == 0
          return room.count - Int(stream.pointee.avail_out)
        }
      }
    }
    return packed
  }
}
