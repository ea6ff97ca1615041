import TallyFormat
import TallyText

/// That an event stands in a log at a sequence number, under a signed checkpoint: everything that it takes to check it,
/// without the log and without its owner.
///
/// What it discloses: that one event, with the names of its items, which are proven like the rest; and hashes.
public struct EventProof: Sendable {
  /// `type` in the file.
  public static let type = EventLeaf.type

  /// The event in words: see ``EventLeaf``.
  public var words: [UInt8]
  /// The checkpoint, as it was signed; it has a root over events.
  public var checkpoint: SignedNote
  /// The frame's place in the log.
  public var frame: UInt64
  /// The event's place in the frame, from 0.
  public var index: UInt64
  /// Events in the frame; not proven, as the path may fit another number as well.
  public var count: UInt64
  /// From the event up to the root over its frame's events.
  var inner: [Digest]
  /// From that root up to the one over all frames.
  var outer: [Digest]

  /// Makes a proof. Reads and hashes the frame.
  ///
  /// - Parameters:
  ///   - sequence: the event.
  ///   - checkpoint: a signed one that covers the event, and has a root over events.
  ///   - tree: of as many frames as the checkpoint, or more, with a tree over events beside it.
  ///   - source: the log.
  /// - Throws: ``ProofFlaw/refuted(_:)`` if the checkpoint is not one of this log, does not cover the event, or has no root
  ///   over events; ``TreeError``.
  public init(
    of sequence: UInt64, checkpoint: SignedNote, tree: FrameTree, source: any FrameSource
  ) throws {
    let head = try CheckedHead(checkpoint).head
    guard let eventsRoot = head.eventsRoot, let events = tree.events else {
      throw ProofFlaw.refuted("the checkpoint has no root over events: sign one with tally checkpoint --events")
    }
    let position = try source.position(ofEvent: sequence)
    let reader = try source.frames(from: .place(position, sequence: sequence), showsUnsynced: false)
    guard case .frame(let frame, _) = try reader.next(), frame.firstSequence <= sequence,
      sequence <= frame.lastSequence
    else { throw ProofFlaw.refuted("event \(sequence) is not where the log says") }
    guard frame.number < head.size else {
      throw ProofFlaw.refuted(
        "the checkpoint covers \(head.size) frames, and event \(sequence) is in frame \(frame.number): a newer checkpoint is due"
      )
    }
    let (leaves, words) = try events.leaves(of: frame, showing: sequence)
    let nodes = LeafNodes(leaves: leaves)
    let path = try events.tiles.inclusion(of: frame.number, in: head.size)
    guard
      MerkleProof.isIncluded(
        MerkleHash.leaf(of: nodes.root(of: UInt64(leaves.count))), at: frame.number, in: head.size, root: eventsRoot,
        path: path)
    else {
      try tree.acquit(source, of: head, at: frame.number)
      throw ProofFlaw.refuted("the checkpoint is not one of this log: its root over events is another")
    }
    self.words = words
    self.checkpoint = checkpoint
    self.frame = frame.number
    index = sequence - frame.firstSequence
    count = UInt64(leaves.count)
    inner = nodes.inclusion(of: index, in: count)
    outer = path
  }

  /// Checks everything. Some 64 hashes.
  ///
  /// - Parameter verifier: whose signature it must have.
  /// - Returns: what the checkpoint says, and what the event says.
  /// - Throws: ``ProofFlaw``.
  public func check(_ verifier: NoteVerifier) throws(ProofFlaw) -> (head: TreeHead, event: EventWords) {
    let head = try CheckedHead(checkpoint, by: verifier).head
    guard let root = head.eventsRoot else { throw .refuted("its checkpoint has no root over events") }
    let leaf = MerkleHash.leaf(words)
    guard let frameRoot = MerkleProof.root(of: leaf, at: index, in: count, path: inner),
      MerkleProof.isIncluded(MerkleHash.leaf(of: frameRoot), at: frame, in: head.size, root: root, path: outer)
    else { throw .refuted("the checkpoint's tree does not have that event there") }
    let event = try EventWords(words)
    guard let extent = head.extent, event.sequence <= extent.lastSequence else {
      throw .refuted("the checkpoint does not cover event \(event.sequence)")
    }
    return (head, event)
  }

  // MARK: The file

  /// The file.
  public var encoded: [UInt8] {
    var json = JSONWriter()
    json.beginObject()
    json.field("type", EventProof.type)
    json.field("event", String(decoding: words, as: UTF8.self))
    json.field("frame", frame)
    json.field("index", index)
    json.field("count", count)
    json.field("inner", Base64.encode(inner.flatMap(\.bytes)))
    json.field("outer", Base64.encode(outer.flatMap(\.bytes)))
    json.field("checkpoint", checkpoint.encoded)
    json.endObject()
    json.newline()
    return json.bytes
  }

  init(_ file: JSONValue) throws(ProofFlaw) {
    words = Array(try file.text("event").utf8)
    frame = try file.number("frame")
    index = try file.number("index")
    count = try file.number("count")
    inner = try file.joinedDigests("inner")
    outer = try file.joinedDigests("outer")
    checkpoint = try SignedNote(in: file, "checkpoint")
  }
}

/// A tree whose leaves are all in memory.
private struct LeafNodes: MerkleNodes {
  let leaves: [Digest]

  func node(level: Int, index: UInt64) -> Digest {
    let first = Int(index) << level
    return MerkleHash.perfect(leaves[first..<(first + 1 << level)])
  }
}

extension JSONValue {
  /// Hashes one after the other, in base64.
  func joinedDigests(_ name: String) throws(ProofFlaw) -> [Digest] {
    guard let bytes = Base64.decode(try text(name)), bytes.count % 32 == 0, bytes.count <= 128 * 32 else {
      throw .malformed("its \(name) must be at most 128 hashes of 32 bytes, together in base64")
    }
    return stride(from: 0, to: bytes.count, by: 32).compactMap { Digest(bytes: Array(bytes[$0..<($0 + 32)])) }
  }
}
