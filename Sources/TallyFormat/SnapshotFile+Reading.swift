import Crypto

/// Reading snapshots that may be hostile: piece by piece, so that no length in the header and no size of the file
/// (which may be sparse) makes the reader allocate what the compressed bytes do not justify.
extension SnapshotFile {
  /// Bytes of canonical form up to which a snapshot may compress as well as it likes.
  static let freelyCompressedBytes = 1 << 24
  /// Beyond that, the best ratio that is believed: half of it is the best that ``SnapshotEncoder`` makes of any state. Most
  /// come to 3 to 30.
  static let bestRatio = 64

  /// Bytes of canonical form that so many compressed bytes may claim to hold.
  static func largestState(of compressed: UInt64) -> UInt64 {
    let (most, overflow) = compressed.multipliedReportingOverflow(by: UInt64(bestRatio))
    return overflow ? .max : max(UInt64(freelyCompressedBytes), most)
  }

  /// Reads and checks a file.
  ///
  /// - Parameter keepsState: false where only the digest of the state is wanted; then memory stays below 10 MiB.
  /// - Throws: ``MalformedBytes`` for anything whose bytes do not match its digests, or ``FileError``.
  package static func read(
    _ path: String, files: any FileSystem, keepsState: Bool = true
  ) throws -> SnapshotFile {
    let file = try files.open(path, .read)
    defer { file.close() }
    return try read(file, keepsState: keepsState).get()
  }

  /// As ``read(_:files:keepsState:)``, of an open file.
  ///
  /// - Returns: a failure for anything whose bytes do not match its digests.
  package static func read(
    _ file: any LogFile, keepsState: Bool
  ) throws(FileError) -> Result<SnapshotFile, MalformedBytes> {
    let size = try file.size()
    let header = try file.bytes(at: 0, count: headerBytes)
    var parser: SnapshotParser
    do throws(MalformedBytes) {
      parser = try SnapshotParser(header: header, fileSize: size, keepsState: keepsState)
    } catch {
      return .failure(error)
    }
    var offset = header.count
    while true {
      let piece = try file.bytes(at: offset, count: 1 << 20)
      if piece.isEmpty { break }
      offset += piece.count
      do throws(MalformedBytes) { try parser.take(piece) } catch { return .failure(error) }
    }
    do throws(MalformedBytes) { return .success(try parser.finish()) } catch { return .failure(error) }
  }

  /// As ``read(_:files:keepsState:)``, over bytes in memory.
  package init(parsing bytes: [UInt8]) throws(MalformedBytes) {
    var parser = try SnapshotParser(
      header: Array(bytes.prefix(SnapshotFile.headerBytes)), fileSize: bytes.count, keepsState: true)
    try parser.take(Array(bytes.dropFirst(SnapshotFile.headerBytes)))
    self = try parser.finish()
  }
}

/// Takes a snapshot's bytes in order.
struct SnapshotParser {
  private var file: SnapshotFile
  private let length: Int
  private let keepsState: Bool
  private var stateHasher = SHA256()
  private var produced = 0
  private let stream = LZ4Stream()

  init(header: [UInt8], fileSize: Int, keepsState: Bool) throws(MalformedBytes) {
    let result: Result<SnapshotHeader, MalformedBytes> = header.withUnsafeBytes { raw in
      do throws(MalformedBytes) { return .success(try SnapshotHeader(raw)) } catch { return .failure(error) }
    }
    let fields = try result.get()
    file = SnapshotFile(
      log: fields.log, sequence: fields.sequence, frame: fields.frame, framePosition: fields.framePosition,
      stateDigest: fields.stateDigest, state: [])
    let length64 = fields.stateLength
    let compressed = UInt64(max(0, fileSize - SnapshotFile.headerBytes))
    guard length64 <= SnapshotFile.largestState(of: compressed) else {
      throw MalformedBytes("says that its \(compressed) bytes hold \(length64): no state compresses so well")
    }
    length = Int(length64)
    self.keepsState = keepsState
  }

  mutating func take(_ piece: [UInt8]) throws(MalformedBytes) {
    let result: Result<Void, MalformedBytes> = piece.withUnsafeBytes { raw in
      do throws(MalformedBytes) {
        return .success(
          try stream.decompress(raw) { bytes in
            produced += bytes.count
            // A bomb is not kept.
            guard produced <= length else { return }
            stateHasher.update(bufferPointer: bytes)
            if keepsState { file.state.append(contentsOf: bytes) }
          })
      } catch {
        return .failure(error)
      }
    }
    try result.get()
    guard produced <= length else { throw MalformedBytes("holds more than its header says") }
  }

  consuming func finish() throws(MalformedBytes) -> SnapshotFile {
    guard stream.hasEnded else { throw MalformedBytes("is an LZ4 frame that ends too early") }
    guard produced == length, Digest(trusted: Array(stateHasher.finalize())) == file.stateDigest else {
      throw MalformedBytes("does not match its state digest")
    }
    return file
  }
}
