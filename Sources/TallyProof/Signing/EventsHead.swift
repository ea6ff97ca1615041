import TallyFormat

/// What a checkpoint of the tree over events says. The root stands in the log's own checkpoint as well; with one of its own
/// the tree can be read, watched and cosigned by whoever knows C2SP's `tlog-tiles` and nothing of this program.
///
/// Lines: origin, frames, root; then one that names the log and its last event. Its first word is another one than in the
/// log's own checkpoint, for which nobody can take it.
public struct EventsHead {
  /// The tree's folder below that of the tree over frames, and the end of its origin: `shop.example/log/events`.
  public static let part = "events"
  /// Bytes that the log's own origin may have: a name has 255.
  public static let mostOriginBytes = NoteVerifier.mostNameBytes - 1 - part.utf8.count

  private let tree: TreeHead
  private let extent: TreeHead.Extent

  /// - Parameter head: of the log.
  /// - Returns: `nil` if no tree over events is kept.
  init?(of head: TreeHead) {
    guard let root = head.eventsRoot, let extent = head.extent else { return nil }
    tree = TreeHead(origin: "\(head.origin)/\(EventsHead.part)", size: head.size, root: root, extent: nil)
    self.extent = extent
  }

  /// The text that is signed.
  var text: String { tree.text + "tallystick-events \(extent.log) \(extent.lastSequence)\n" }

  /// - Parameter signer: its key's name is the origin.
  /// - Returns: `nil` if the system's cryptography fails.
  func signed(by signer: NoteSigner) -> SignedNote? { SignedNote(text: text, signedBy: signer) }
}
