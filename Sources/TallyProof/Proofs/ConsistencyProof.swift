import TallyFormat
import TallyText

/// That a checkpoint's log begins with all of an earlier one's: nothing was rewritten between them.
public struct ConsistencyProof: Sendable {
  /// `type` in the file.
  public static let type = "tallystick-consistency/1"

  /// The earlier checkpoint.
  public var old: SignedNote
  /// The later one.
  public var new: SignedNote
  var path: [Digest]

  /// Makes a proof.
  ///
  /// - Parameters:
  ///   - old: the earlier checkpoint.
  ///   - new: the later one.
  ///   - tree: of as many frames as the later one, or more.
  ///   - source: the log.
  /// - Throws: ``ProofFlaw/refuted(_:)`` if the log contradicts one of them; ``TreeError``.
  public init(from old: SignedNote, to new: SignedNote, tree: FrameTree, source: any FrameSource) throws {
    let (from, to) = (try CheckedHead(old).head, try CheckedHead(new).head)
    guard from.size <= to.size else {
      throw ProofFlaw.refuted("the first checkpoint covers \(from.size) frames, and the second only \(to.size)")
    }
    for head in [from, to] {
      guard head.size <= tree.size else {
        throw ProofFlaw.refuted("the log has \(tree.size) frames, and a checkpoint covers \(head.size)")
      }
      guard try tree.root(of: head.size) == head.root else {
        try tree.acquit(source, of: head, at: nil)
        throw ProofFlaw.refuted(
          "the log contradicts the checkpoint of \(head.size) frames: its first frames were others")
      }
    }
    self.old = old
    self.new = new
    path = try tree.consistency(from: from.size, to: to.size)
    guard MerkleProof.isConsistent((from.size, from.root), (to.size, to.root), path: path) else {
      try tree.acquit(source, of: to, at: from.size)
      throw ProofFlaw.refuted("the second checkpoint's log does not begin with the first one's")
    }
  }

  /// Checks everything. At most 64 hashes.
  ///
  /// - Parameter verifier: whose signature both must have.
  /// - Returns: what the checkpoints say.
  /// - Throws: ``ProofFlaw``.
  public func check(_ verifier: NoteVerifier) throws(ProofFlaw) -> (old: TreeHead, new: TreeHead) {
    let (from, to) = (try CheckedHead(old, by: verifier).head, try CheckedHead(new, by: verifier).head)
    guard from.origin == to.origin, from.extent?.log == to.extent?.log else {
      throw .refuted("its checkpoints are of different logs")
    }
    guard MerkleProof.isConsistent((from.size, from.root), (to.size, to.root), path: path) else {
      throw .refuted("the later checkpoint does not begin with the earlier one's frames")
    }
    return (from, to)
  }

  /// The file.
  public var encoded: [UInt8] {
    var json = JSONWriter()
    json.beginObject()
    json.field("type", ConsistencyProof.type)
    json.field("old", old.encoded)
    json.field("new", new.encoded)
    json.key("path")
    json.write(path)
    json.endObject()
    json.newline()
    return json.bytes
  }

  init(_ file: JSONValue) throws(ProofFlaw) {
    old = try SignedNote(in: file, "old")
    new = try SignedNote(in: file, "new")
    path = try file.digests("path")
  }
}
