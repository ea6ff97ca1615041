import CLZ4

/// Decompresses one LZ4 frame that comes piece by piece, through a small buffer.
final class LZ4Inflater {
  private var context: OpaquePointer?
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  /// The frame is complete.
  private(set) var isAtEnd = false

  init() { LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION)) }
  deinit { LZ4F_freeDecompressionContext(context) }

  /// Hands to `body` what comes out of the next piece.
  ///
  /// - Throws: ``MalformedBytes`` if it is no LZ4 frame, or goes on after the frame; and what `body` throws.
  func feed(
    _ piece: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(MalformedBytes) -> Void
  ) throws(MalformedBytes) {
    var consumed = 0
    while true {
      if isAtEnd {
        guard consumed == piece.count else { throw MalformedBytes("has bytes after its LZ4 frame") }
        return
      }
      var outCount = buffer.count
      var inCount = piece.count - consumed
      let hint = buffer.withUnsafeMutableBytes {
        LZ4F_decompress(context, $0.baseAddress!, &outCount, piece.baseAddress.map { $0 + consumed }, &inCount, nil)
      }
      if LZ4F_isError(hint) != 0 {
        throw MalformedBytes("is no LZ4 frame: \(String(cString: LZ4F_getErrorName(hint)))")
      }
      consumed += inCount
      isAtEnd = hint == 0
      if outCount > 0 {
        let result: Result<Void, MalformedBytes> = buffer.withUnsafeBytes { raw in
          do throws(MalformedBytes) {
            return .success(try body(UnsafeRawBufferPointer(rebasing: raw[0..<outCount])))
          } catch {
            return .failure(error)
          }
        }
        try result.get()
      }
      if inCount == 0 && outCount == 0 && !isAtEnd { return }
    }
  }
}
