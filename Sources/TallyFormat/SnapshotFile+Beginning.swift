extension SnapshotFile {
  /// Compressed bytes that are read at a time.
  private static let pieceBytes = 1 << 17

  /// Hands out the canonical form from its beginning, piece by piece, for as long as `body` wants more.
  ///
  /// Nothing that comes is proven: the state digest covers all of the state, which may be gigabytes. Cost: what is
  /// handed out, some 0.5 ns a byte.
  ///
  /// - Parameter body: is shown each piece; returns false when it has enough.
  /// - Returns: a failure if what was read is no LZ4 frame.
  package static func readBeginning(
    of file: any LogFile, _ body: (UnsafeRawBufferPointer) -> Bool
  ) throws(FileError) -> Result<Void, MalformedBytes> {
    let stream = LZ4Stream()
    var (offset, wantsMore) = (headerBytes, true)
    while wantsMore {
      let piece = try file.bytes(at: offset, count: pieceBytes)
      if piece.isEmpty { break }
      offset += piece.count
      let read: Result<Void, MalformedBytes> = piece.withUnsafeBytes { raw in
        do throws(MalformedBytes) {
          return .success(
            try stream.decompress(raw) { bytes in
              if wantsMore { wantsMore = body(bytes) }
            })
        } catch {
          return .failure(error)
        }
      }
      if case .failure = read { return read }
    }
    return .success(())
  }
}
