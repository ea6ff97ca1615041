/// What a signed checkpoint says: a Merkle tree over the log's frames, by the C2SP specification `tlog-checkpoint`.
///
/// Lines: origin, number of leaves, root; then one of ours, which says what the tree is of.
public struct TreeHead: Sendable, Equatable {
  /// Whose log it is: the name of the key that signs.
  public var origin: String
  /// Leaves: frames.
  public var size: UInt64
  /// Of the tree over them.
  public var root: Digest
  /// The log, and its last event in those frames; `nil` in a checkpoint of somebody else's log.
  public var extent: Extent?
  /// Of the tree over the events of those frames: see ``EventLeaf``; `nil`: none is kept.
  public var eventsRoot: Digest?

  /// What of a log is covered.
  public struct Extent: Sendable, Equatable {
    /// The log's identity in hexadecimal digits.
    public var log: String
    /// The last event in the frames that are covered; 0: none.
    public var lastSequence: UInt64

    /// - Parameters:
    ///   - log: the log's identity.
    ///   - lastSequence: the last event that is covered.
    public init(log: LogID, lastSequence: UInt64) {
      self.log = log.description
      self.lastSequence = lastSequence
    }

    init?(line: some StringProtocol) {
      let words = line.split(separator: " ", omittingEmptySubsequences: false)
      guard words.count == 3, words[0] == "tallystick", let id = Hex.decode(String(words[1])), id.count == 16,
        let sequence = UInt64(words[2]), String(sequence) == words[2]
      else { return nil }
      log = words[1].lowercased()
      lastSequence = sequence
    }
  }

  /// - Parameters:
  ///   - origin: the name of the key that signs.
  ///   - size: leaves.
  ///   - root: of the tree over them.
  ///   - extent: what of the log they are.
  ///   - eventsRoot: of the tree over their events; `nil`: none is kept.
  public init(origin: String, size: UInt64, root: Digest, extent: Extent?, eventsRoot: Digest? = nil) {
    self.eventsRoot = eventsRoot
    self.origin = origin
    self.size = size
    self.root = root
    self.extent = extent
  }

  /// The text that is signed.
  public var text: String {
    let line = extent.map { "tallystick \($0.log) \($0.lastSequence)\n" } ?? ""
    let events = eventsRoot.map { "events \(size) \(Base64.encode($0.bytes))\n" } ?? ""
    return "\(origin)\n\(size)\n\(Base64.encode(root.bytes))\n\(line)\(events)"
  }

  /// The text of a note.
  ///
  /// - Throws: ``NoteFlaw`` if it is no checkpoint.
  public init(parsing text: String) throws(NoteFlaw) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    guard lines.count >= 3, !lines.contains(""), let size = UInt64(lines[1]), String(size) == lines[1],
      let bytes = Base64.decode(String(lines[2])), let root = Digest(bytes: bytes)
    else { throw NoteFlaw("is no checkpoint: lines with origin, number of leaves and root are due") }
    origin = String(lines[0])
    self.size = size
    self.root = root
    extent = lines.dropFirst(3).lazy.compactMap { Extent(line: $0) }.first
    // In a checkpoint of somebody else's log such a line may mean anything.
    if extent != nil { eventsRoot = try TreeHead.eventsRoot(in: lines.dropFirst(3), size) }
  }

  private static func eventsRoot(in lines: some Sequence<Substring>, _ size: UInt64) throws(NoteFlaw) -> Digest? {
    guard let line = lines.first(where: { $0.hasPrefix("events ") }) else { return nil }
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, words[1] == String(size), let bytes = Base64.decode(String(words[2])),
      let root = Digest(bytes: bytes)
    else { throw NoteFlaw("is no checkpoint: its line “events” needs the same number of frames, and a root") }
    return root
  }

  /// The checkpoint as a signed note.
  ///
  /// - Parameter signer: its key's name is the origin.
  /// - Returns: `nil` if the system's cryptography fails.
  public func signed(by signer: NoteSigner) -> SignedNote? { SignedNote(text: text, signedBy: signer) }
}
