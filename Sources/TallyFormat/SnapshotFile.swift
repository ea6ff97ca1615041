import Crypto

/// The container of a snapshot: `Snapshot files` in the format document. What the state means is not its business.
public struct SnapshotFile: Sendable {
  static let magic: UInt32 = 0x184D_2A50
  static let label = Array("TALLYSNP".utf8)
  static let headerBytes = 168
  /// Bytes of canonical state that a snapshot may have: a bound for damaged lengths, 64 GiB.
  static let maximumStateBytes = 1 << 36

  public var log: LogID
  public var sequence: UInt64
  /// The hash of the frame that holds this event, and where it is.
  public var frameHash: Digest
  public var framePosition: LogPosition
  /// SHA-256 of ``state``.
  public var stateDigest: Digest
  /// The canonical form of the state.
  public var state: [UInt8]

  public init(log: LogID, sequence: UInt64, frameHash: Digest, framePosition: LogPosition, state: [UInt8]) {
    self.log = log
    self.sequence = sequence
    self.frameHash = frameHash
    self.framePosition = framePosition
    self.state = state
    stateDigest = Digest.sha256(state)
  }

  public var encoded: [UInt8] {
    var encoder = SnapshotEncoder(log: log, sequence: sequence, frameHash: frameHash, framePosition: framePosition)
    state.withUnsafeBytes { encoder.update($0) }
    return Array(encoder.finish().joined())
  }

  /// - Throws: ``MalformedBytes`` for anything whose bytes do not match its digests.
  public init(parsing bytes: [UInt8]) throws(MalformedBytes) {
    let result: Result<SnapshotFile, MalformedBytes> = bytes.withUnsafeBytes { raw in
      do throws(MalformedBytes) { return .success(try SnapshotFile(parsing: raw)) } catch { return .failure(error) }
    }
    self = try result.get()
  }

  private init(parsing bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    guard bytes.count >= SnapshotFile.headerBytes else { throw MalformedBytes("is too short for a snapshot") }
    guard try reader.u32() == SnapshotFile.magic, try reader.u32() == UInt32(SnapshotFile.headerBytes - 8),
      try reader.take(8).elementsEqual(SnapshotFile.label)
    else { throw MalformedBytes("does not begin like a snapshot") }
    let version = try reader.u32()
    guard version == 1 else { throw MalformedBytes("is of format version \(version); this program reads version 1") }
    _ = try reader.u32()
    guard let log = LogID(bytes: Array(try reader.take(16))) else { throw MalformedBytes("has no log id") }
    self.log = log
    sequence = try reader.u64()
    frameHash = Digest(trusted: Array(try reader.take(32)))
    let segment = try reader.u64()
    let offset = try reader.u64()
    stateDigest = Digest(trusted: Array(try reader.take(32)))
    let length = try reader.u64()
    let check = try reader.take(32)
    let compressed = try reader.take(reader.remaining)
    var hasher = SHA256()
    hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[0..<136]))
    hasher.update(bufferPointer: compressed)
    guard hasher.finalize().elementsEqual(check) else { throw MalformedBytes("does not match its check") }
    guard offset <= UInt64(Limits.maxQuantity), length <= UInt64(SnapshotFile.maximumStateBytes) else {
      throw MalformedBytes("has numbers out of range in its header")
    }
    framePosition = LogPosition(segment: segment, offset: Int(offset))
    state = try LZ4Decompressor().withDecompressed(compressed, maximum: Int(length)) { Array($0) }
    guard state.count == Int(length), Digest.sha256(state) == stateDigest else {
      throw MalformedBytes("does not match its state digest")
    }
  }
}

extension Digest {
  /// The SHA-256 of `bytes`.
  public static func sha256(_ bytes: [UInt8]) -> Digest {
    bytes.withUnsafeBytes { raw in
      var hasher = SHA256()
      hasher.update(bufferPointer: raw)
      return Digest(trusted: Array(hasher.finalize()))
    }
  }
}

extension ContentDigest {
  /// The first 16 bytes of the SHA-256 of a command's content.
  public init(ofContent content: [UInt8]) {
    let bytes = Digest.sha256(content).bytes
    func word(_ offset: Int) -> UInt64 { (0..<8).reduce(0) { $0 << 8 | UInt64(bytes[offset + $1]) } }
    self.init(high: word(0), low: word(8))
  }
}
