/// Makes a snapshot file of a state that comes piece by piece: memory holds its compressed form only.
package struct SnapshotEncoder {
  private let log: LogID
  private let sequence: UInt64
  private let frame: ChainHead
  private let framePosition: LogPosition
  private var digest = DigestStream()
  private var length = 0
  private let compressor = LZ4Compressor()
  private var compressed: [[UInt8]]
  private var compressedLength = 0

  /// - Parameter frame: the chain with the frame that holds the event at its end.
  package init(log: LogID, sequence: UInt64, frame: ChainHead, framePosition: LogPosition) {
    self.log = log
    self.sequence = sequence
    self.frame = frame
    self.framePosition = framePosition
    compressed = [compressor.begin()]
  }

  package mutating func update(_ state: UnsafeRawBufferPointer) {
    digest.update(state)
    length += state.count
    var piece = compressor.compress(state)
    // A reader takes what compresses better than this for a bomb: many large carts with the same lines do.
    if length > SnapshotFile.largestState(of: UInt64(compressedLength + piece.count)) / 2 {
      piece = LZ4Frames.uncompressedBlocks(state)
    }
    compressedLength += piece.count
    compressed.append(piece)
  }

  /// The file, in pieces.
  package mutating func finish() -> [[UInt8]] {
    compressed.append(compressor.end())
    var out = ByteWriter(reserving: SnapshotFile.headerBytes)
    out.u32(SnapshotFile.magic)
    out.u32(UInt32(SnapshotFile.headerBytes - 8))
    out.raw(SnapshotFile.label)
    out.u32(SnapshotFile.version)
    out.u32(0)
    out.raw(log.bytes)
    out.u64(sequence)
    out.head(frame)
    out.u64(framePosition.segment)
    out.u64(UInt64(framePosition.offset))
    out.raw(digest.digest.bytes)
    out.u64(UInt64(length))
    out.raw(Digest.sha256(out.bytes).bytes)
    return [out.bytes] + compressed
  }
}
