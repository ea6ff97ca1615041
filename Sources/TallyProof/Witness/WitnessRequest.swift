import TallyFormat

/// What a log sends to a witness: `add-checkpoint` of the C2SP specification `tlog-witness`.
public struct WitnessRequest: Sendable, Equatable {
  /// Frames of the checkpoint that the witness is thought to have cosigned last; 0: none.
  public var oldSize: UInt64
  /// The consistency proof from there to the checkpoint.
  public var path: [Digest]
  /// What is to be cosigned.
  public var checkpoint: SignedNote

  /// Bytes that a request may have at most.
  public static let largest = SignedNote.largest + 4096
  private static let mostHashes = 63

  /// - Parameters:
  ///   - oldSize: frames of the checkpoint that the witness cosigned last; 0: none.
  ///   - path: the consistency proof from there to the checkpoint.
  ///   - checkpoint: what is to be cosigned.
  public init(oldSize: UInt64, path: [Digest], checkpoint: SignedNote) {
    self.oldSize = oldSize
    self.path = path
    self.checkpoint = checkpoint
  }

  /// - Throws: ``NoteFlaw`` for what is no request.
  public init(parsing bytes: [UInt8]) throws(NoteFlaw) {
    guard bytes.count <= WitnessRequest.largest else { throw NoteFlaw("is too large") }
    guard let border = bytes.indices.dropLast().first(where: { bytes[$0] == 0x0A && bytes[$0 + 1] == 0x0A }) else {
      throw NoteFlaw("has no empty line: old N, hashes, an empty line and a checkpoint are due")
    }
    let lines = bytes[..<border].split(separator: 0x0A, omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
    guard let first = lines.first, first.hasPrefix("old "), let size = UInt64(first.dropFirst(4)),
      "old \(size)" == first
    else { throw NoteFlaw("does not begin with old N") }
    guard lines.count - 1 <= WitnessRequest.mostHashes else {
      throw NoteFlaw("has \(lines.count - 1) hashes; \(WitnessRequest.mostHashes) are allowed")
    }
    oldSize = size
    path = []
    for line in lines.dropFirst() {
      guard let bytes = Base64.decode(line), let hash = Digest(bytes: bytes) else {
        throw NoteFlaw("has a line that is no hash in base64")
      }
      path.append(hash)
    }
    checkpoint = try SignedNote(parsing: Array(bytes[(border + 2)...]))
  }

  /// The body of a request.
  public var encoded: String {
    "old \(oldSize)\n" + path.map { Base64.encode($0.bytes) + "\n" }.joined() + "\n" + checkpoint.encoded
  }
}
