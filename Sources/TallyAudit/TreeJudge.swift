import TallyFormat

/// The frames must begin with those of the Merkle tree that a signed checkpoint is of.
struct TreeJudge {
  private let head: TreeHead?
  private(set) var tree = GrowingTree()
  /// Grown beyond the checkpoint's frames, too: somebody wants to remember it.
  private let growsOn: Bool
  /// Of the tree when it had as many frames as the checkpoint's.
  private var root: Digest?

  /// - Parameters:
  ///   - tree: of the frames that an earlier audit judged.
  ///   - growsOn: what becomes of the tree is asked for at the end.
  init(_ head: TreeHead?, behind tree: GrowingTree = GrowingTree(), growsOn: Bool = false) {
    self.head = head
    self.tree = tree
    self.growsOn = growsOn
    if head?.size == tree.size { root = tree.root }
  }

  /// Takes the next frame of the chain. Two hashes on average, up to the checkpoint's last frame.
  mutating func compare(_ frame: PreparedFrame) {
    guard growsOn || tree.size < head?.size ?? 0 else { return }
    tree.append(MerkleHash.leaf(of: frame.head.hash))
    if tree.size == head?.size { root = tree.root }
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
