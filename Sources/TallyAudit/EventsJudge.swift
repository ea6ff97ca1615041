import TallyFormat

/// The events must be those that a signed checkpoint's tree over events is of, where it has one.
struct EventsJudge {
  private let head: TreeHead?
  private var tree = GrowingTree()
  private var names: [EventLeaf.ItemNames] = []
  /// Of the tree when it had as many frames as the checkpoint's; a frame of which no leaf can be made ends it.
  private var root: Digest?
  private var isBroken = false

  /// - Parameter head: the checkpoint; `nil`: nothing is compared.
  init(_ head: TreeHead?) {
    self.head = head?.eventsRoot == nil ? nil : head
    if head?.size == 0 { root = tree.root }
  }

  /// Takes the next frame of the chain. Some 3 µs an event, up to the checkpoint's last frame.
  mutating func compare(_ frame: PreparedFrame) {
    guard let head, !isBroken, tree.size < head.size else { return }
    // An audit that does not begin with the first frame cannot tell.
    guard frame.head.nextFrame == tree.size + 1 else {
      isBroken = true
      return
    }
    for place in 0..<frame.columns.registered.skus.count {
      names.append(
        .init(sku: frame.columns.registered.skus[place], location: frame.columns.registered.locations[place]))
    }
    // What names an item that there is not breaks a rule, which is said elsewhere.
    guard let events = EventLeaf.root(of: frame.columns, names) else {
      isBroken = true
      return
    }
    tree.append(MerkleHash.leaf(of: events))
    if tree.size == head.size { root = tree.root }
  }

  /// How the log contradicts the checkpoint; `nil`: it does not, or cannot be compared so far.
  var contradiction: Contradiction? {
    guard let head, let root, root != head.eventsRoot else { return nil }
    return Contradiction(
      witness: "checkpoint", sequence: head.extent?.lastSequence ?? 0,
      detail: "the events of the first \(head.size) frames are not those that its tree over events is of")
  }

  /// The checkpoint has a tree over events that was not compared, although the log has its frames.
  var isSkipped: Bool { head != nil && isBroken }
}
