import TallyFormat

/// The frames must begin with those of the Merkle tree that a signed checkpoint is of.
struct TreeJudge {
  private let head: TreeHead?
  private var tree = GrowingTree()
  /// Of the tree when it had as many frames as the checkpoint's.
  private var root: Digest?

  init(_ head: TreeHead?) {
    self.head = head
    if head?.size == 0 { root = tree.root }
  }

  /// Takes the next frame of the chain. Two hashes on average, up to the checkpoint's last frame.
  mutating func compare(_ frame: PreparedFrame) {
    guard let head, tree.size < head.size else { return }
    tree.append(MerkleHash.leaf(of: frame.head.hash))
    if tree.size == head.size { root = tree.root }
  }

  /// How the log contradicts the checkpoint; `nil`: it does not.
  ///
  /// - Parameters:
  ///   - isDamaged: the log could not be read further: what lies behind cannot contradict.
  func contradiction(of log: LogID?, isDamaged: Bool) -> Contradiction? {
    guard let head else { return nil }
    func contradiction(_ detail: String) -> Contradiction {
      Contradiction(witness: "checkpoint", sequence: head.extent?.lastSequence ?? 0, detail: detail)
    }
    if let extent = head.extent, let log, extent.log != log.description {
      return contradiction("the checkpoint is of log \(extent.log), and this is log \(log)")
    }
    guard let root else {
      if isDamaged { return nil }
      return contradiction("the log ends after \(tree.size) frames, before the checkpoint's \(head.size)")
    }
    if root == head.root { return nil }
    return contradiction(
      "the first \(head.size) frames are not those that the checkpoint was signed for: the history differs")
  }
}
