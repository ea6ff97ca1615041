import Crypto

/// The container of a snapshot: `Snapshot files` in the format document. What the state means is not its business.
package struct SnapshotFile: Sendable {
  static let magic: UInt32 = 0x184D_2A50
  static let version: UInt32 = 3
  static let label = Array("TALLYSNP".utf8)
  package static let headerBytes = 192
  /// Bytes of the header that its check covers.
  package static let checkedBytes = 160
  /// Bytes of canonical state that a snapshot may have: a bound for damaged lengths, 64 GiB.
  static let maximumStateBytes = 1 << 36

  package var log: LogID
  package var sequence: UInt64
  /// The chain with the frame that holds this event at its end, and where that frame is.
  package var frame: ChainHead
  package var framePosition: LogPosition
  /// SHA-256 of ``state``.
  package var stateDigest: Digest
  /// The canonical form of the state; empty if it was read without being kept.
  package var state: [UInt8]

  package init(log: LogID, sequence: UInt64, frame: ChainHead, framePosition: LogPosition, state: [UInt8]) {
    self.log = log
    self.sequence = sequence
    self.frame = frame
    self.framePosition = framePosition
    self.state = state
    stateDigest = Digest.sha256(state)
  }

  init(
    log: LogID, sequence: UInt64, frame: ChainHead, framePosition: LogPosition, stateDigest: Digest, state: [UInt8]
  ) {
    self.log = log
    self.sequence = sequence
    self.frame = frame
    self.framePosition = framePosition
    self.stateDigest = stateDigest
    self.state = state
  }

  package var encoded: [UInt8] {
    var encoder = SnapshotEncoder(log: log, sequence: sequence, frame: frame, framePosition: framePosition)
    state.withUnsafeBytes { encoder.update($0) }
    return Array(encoder.finish().joined())
  }
}

extension Digest {
  /// The SHA-256 of `bytes`.
  package static func sha256(_ bytes: [UInt8]) -> Digest { bytes.withUnsafeBytes { sha256($0) } }

  package static func sha256(_ bytes: UnsafeRawBufferPointer) -> Digest {
    var hasher = SHA256()
    hasher.update(bufferPointer: bytes)
    return Digest(trusted: Array(hasher.finalize()))
  }
}

extension ContentDigest {
  /// The first 16 bytes of the SHA-256 of a command's content.
  package init(ofContent content: [UInt8]) { self.init(Digest.sha256(content)) }

  /// - Parameter digest: the SHA-256 of a command's content.
  package init(_ digest: Digest) {
    let bytes = digest.bytes
    func word(_ offset: Int) -> UInt64 { (0..<8).reduce(0) { $0 << 8 | UInt64(bytes[offset + $1]) } }
    self.init(high: word(0), low: word(8))
  }
}
