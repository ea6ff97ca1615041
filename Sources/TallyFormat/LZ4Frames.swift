import CLZ4

/// LZ4 frames through the system's liblz4.
package enum LZ4Frames {
  /// Appends `source` as one LZ4 frame with independent blocks.
  package static func compress(_ source: UnsafeRawBufferPointer, into out: inout [UInt8]) {
    var preferences = LZ4F_preferences_t()
    preferences.frameInfo.blockMode = LZ4F_blockIndependent
    preferences.frameInfo.blockSizeID = LZ4F_max4MB
    let bound = LZ4F_compressFrameBound(source.count, &preferences)
    var written = 0
    // Not zeroed first, and only what is used is ever touched.
    let compressed = [UInt8](unsafeUninitializedCapacity: bound) { buffer, initialized in
      written = LZ4F_compressFrame(buffer.baseAddress!, bound, source.baseAddress, source.count, &preferences)
      initialized = LZ4F_isError(written) == 0 ? written : 0
    }
    // The bound is the library's own and the preferences are constant: only a broken liblz4 could fail here.
    precondition(LZ4F_isError(written) == 0, "liblz4 could not compress into the space it asked for")
    if out.isEmpty { out = compressed } else { out.append(contentsOf: compressed) }
  }

  /// Blocks of a frame with independent blocks of 1 MiB and no checksums, as they are: `Data Blocks` in the LZ4 frame
  /// format.
  static func uncompressedBlocks(_ source: UnsafeRawBufferPointer) -> [UInt8] {
    let blockBytes = 1 << 20
    var out = ByteWriter(reserving: source.count + 4 * (source.count / blockBytes + 1))
    for start in stride(from: 0, to: source.count, by: blockBytes) {
      let block = source[start..<min(start + blockBytes, source.count)]
      out.u32(UInt32(block.count) | 1 << 31)
      out.raw(UnsafeRawBufferPointer(rebasing: block))
    }
    return out.bytes
  }
}

extension LZ4Frames {
  /// Bytes of an LZ4 frame that say how it is made: `General structure of LZ4 Frame Format` in its specification.
  static let descriptorBytes = 5

  /// Why a frame that begins like this is none of ours, though liblz4 can read it; `nil`: nothing is wrong so far.
  ///
  /// A reader that has neither the blocks before one nor a dictionary must be able to decompress it.
  static func flaw(of source: UnsafeRawBufferPointer) -> MalformedBytes? {
    guard source.count >= descriptorBytes else { return MalformedBytes("is an LZ4 frame that ends too early") }
    guard UInt32(littleEndian: source.loadUnaligned(as: UInt32.self)) == 0x184D_2204 else {
      return MalformedBytes("does not begin like an LZ4 frame")
    }
    let (blocksAreIndependent, hasDictionary): (UInt8, UInt8) = (1 << 5, 1 << 0)
    if source[4] & blocksAreIndependent == 0 { return MalformedBytes("is an LZ4 frame whose blocks are linked") }
    if source[4] & hasDictionary != 0 { return MalformedBytes("is an LZ4 frame that needs a dictionary") }
    return nil
  }
}

/// Compresses one LZ4 frame with independent blocks, piece by piece. Each piece is flushed, so that blocks that were not
/// made by it may stand between.
final class LZ4Compressor {
  private var context: OpaquePointer?
  private var preferences = LZ4F_preferences_t()

  init() {
    preferences.frameInfo.blockMode = LZ4F_blockIndependent
    preferences.frameInfo.blockSizeID = LZ4F_max1MB
    preferences.autoFlush = 1
    LZ4F_createCompressionContext(&context, UInt32(LZ4F_VERSION))
  }
  deinit { LZ4F_freeCompressionContext(context) }

  private func filled(_ capacity: Int, _ fill: (UnsafeMutablePointer<UInt8>) -> Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initialized in
      guard let base = buffer.baseAddress else { return }
      let written = fill(base)
      // The capacity is the library's own bound and the preferences are constant: only a broken liblz4 could fail here.
      precondition(LZ4F_isError(written) == 0, "liblz4 could not compress into the space it asked for")
      initialized = written
    }
  }

  /// The frame's header.
  func begin() -> [UInt8] { filled(32) { LZ4F_compressBegin(context, $0, 32, &preferences) } }

  func compress(_ source: UnsafeRawBufferPointer) -> [UInt8] {
    let bound = LZ4F_compressBound(source.count, &preferences)
    return filled(bound) { LZ4F_compressUpdate(context, $0, bound, source.baseAddress, source.count, nil) }
  }

  func end() -> [UInt8] {
    let bound = LZ4F_compressBound(0, &preferences)
    return filled(bound) { LZ4F_compressEnd(context, $0, bound, nil) }
  }
}

/// Decompresses LZ4 frames; keeps its context and output between calls. Not for use from several threads at once.
public final class LZ4Decompressor {
  private var context: OpaquePointer?
  /// Bytes that came out last.
  package private(set) var lastCount = 0
  private var output = [UInt8](repeating: 0, count: 1 << 16)

  /// A decompressor with a context and 64 KiB of its own.
  public init() { LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION)) }
  deinit { LZ4F_freeDecompressionContext(context) }

  /// Runs `body` over the contents of the single LZ4 frame that `source` is.
  ///
  /// The output grows with what really comes out, never beyond `maximum` (nor 255 times the source, LZ4's best ratio).
  package func withDecompressed<R>(
    _ source: UnsafeRawBufferPointer, maximum: Int, _ body: (UnsafeRawBufferPointer) throws(MalformedBytes) -> R
  ) throws(MalformedBytes) -> R {
    if let flaw = LZ4Frames.flaw(of: source) { throw flaw }
    LZ4F_resetDecompressionContext(context)
    var consumed = 0
    var produced = 0
    while true {
      if produced == output.count {
        // One byte beyond the maximum tells a bomb from a full frame.
        guard produced <= maximum else { throw MalformedBytes("is larger than \(maximum) bytes when decompressed") }
        output.append(contentsOf: repeatElement(0, count: min(output.count, maximum + 1 - produced)))
      }
      var outCount = output.count - produced
      var inCount = source.count - consumed
      let hint = output.withUnsafeMutableBytes {
        LZ4F_decompress(
          context, $0.baseAddress! + produced, &outCount, source.baseAddress.map { $0 + consumed }, &inCount, nil)
      }
      if LZ4F_isError(hint) != 0 {
        throw MalformedBytes("is no LZ4 frame: \(String(cString: LZ4F_getErrorName(hint)))")
      }
      consumed += inCount
      produced += outCount
      if hint == 0 { break }
      if inCount == 0 && outCount == 0 { throw MalformedBytes("is an LZ4 frame that ends too early") }
    }
    guard consumed == source.count else {
      throw MalformedBytes("has \(source.count - consumed) bytes after its LZ4 frame")
    }
    guard produced <= maximum else { throw MalformedBytes("is larger than \(maximum) bytes when decompressed") }
    lastCount = produced
    let result: Result<R, MalformedBytes> = output.withUnsafeBytes { bytes in
      do throws(MalformedBytes) {
        return .success(try body(UnsafeRawBufferPointer(rebasing: bytes[0..<produced])))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}

/// Decompresses one LZ4 frame that comes in pieces, so that a state of gigabytes need not stand in memory.
package final class LZ4Stream {
  private var context: OpaquePointer?
  private var output = [UInt8](repeating: 0, count: 1 << 18)
  private var hasBegun = false
  /// The frame has come to its end.
  package private(set) var hasEnded = false

  package init() { LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION)) }
  deinit { LZ4F_freeDecompressionContext(context) }

  /// Runs `body` over what comes out of the next piece, in pieces of its own. The first piece has five bytes or more.
  package func decompress(
    _ source: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(MalformedBytes) {
    if !hasBegun, let flaw = LZ4Frames.flaw(of: source) { throw flaw }
    hasBegun = true
    var consumed = 0
    while true {
      if hasEnded {
        guard consumed == source.count else { throw MalformedBytes("has bytes after its LZ4 frame") }
        return
      }
      var outCount = output.count
      var inCount = source.count - consumed
      let hint = output.withUnsafeMutableBytes {
        LZ4F_decompress(context, $0.baseAddress, &outCount, source.baseAddress.map { $0 + consumed }, &inCount, nil)
      }
      if LZ4F_isError(hint) != 0 {
        throw MalformedBytes("is no LZ4 frame: \(String(cString: LZ4F_getErrorName(hint)))")
      }
      consumed += inCount
      output.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[0..<outCount])) }
      hasEnded = hint == 0
      if !hasEnded, inCount == 0, outCount == 0 { return }
    }
  }
}
