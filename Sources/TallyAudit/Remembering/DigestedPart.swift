import TallyFormat

/// A part of a file that is written from its beginning to its end, and digested on the way. One thread at a time.
final class DigestedPart {
  private static let bufferBytes = 1 << 19
  private let file: any LogFile
  private let start: Int
  private var buffer: [UInt8] = []
  private var written = 0
  private var stream = DigestStream()
  private let syncing: SyncBeside

  init(of file: any LogFile, at start: Int, _ syncing: SyncBeside) {
    self.file = file
    self.start = start
    self.syncing = syncing
    buffer.reserveCapacity(DigestedPart.bufferBytes)
  }

  func append(_ words: UnsafePointer<UInt64>, _ count: Int) throws(FileError) {
    buffer.append(contentsOf: UnsafeRawBufferPointer(start: words, count: count * 8))
    if buffer.count >= DigestedPart.bufferBytes { try flush() }
  }

  private func flush() throws(FileError) {
    buffer.withUnsafeBytes { stream.update($0) }
    try file.write(buffer, at: start + written)
    written += buffer.count
    syncing.note(buffer.count)
    buffer.removeAll(keepingCapacity: true)
  }

  /// Returns the digest of all of it. It is not durable yet.
  func finish() throws(FileError) -> Digest {
    try flush()
    return stream.digest
  }
}

extension LogFile {
  /// Whether some bytes have a digest, piece by piece.
  func has(_ digest: Digest, at start: Int, count: Int) throws(FileError) -> Bool {
    var stream = DigestStream()
    var place = start
    while place < start + count {
      let piece = try bytes(at: place, count: min(1 << 19, start + count - place))
      if piece.isEmpty { return false }
      piece.withUnsafeBytes { stream.update($0) }
      place += piece.count
    }
    return stream.digest == digest
  }
}

/// Words of memory that files are read into.
final class WordBuffer {
  let words: UnsafeMutablePointer<UInt64>
  let count: Int

  init(_ count: Int) {
    self.count = count
    words = .allocate(capacity: count)
    words.initialize(repeating: 0, count: count)
  }

  deinit { words.deallocate() }

  /// Reads so many words at a byte of a file; false if it ends before.
  func read(_ count: Int, of file: any LogFile, at offset: Int) throws(FileError) -> Bool {
    let count = min(count, self.count)
    return try file.read(into: UnsafeMutableRawBufferPointer(start: words, count: count * 8), at: offset) == count * 8
  }
}
