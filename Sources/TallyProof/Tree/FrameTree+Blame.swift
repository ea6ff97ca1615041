import TallyFormat

/// Whose fault it is when a tree does not lead to a checkpoint: the log's, or that of the tree's own files.
extension FrameTree {
  /// Returns if it is the log that contradicts the checkpoint. Reads the log once, up to there. A tree that was altered
  /// is forgotten, so that the next who opens it makes it again.
  ///
  /// - Parameters:
  ///   - source: the log.
  ///   - head: what the checkpoint says.
  ///   - frame: whose proof does not lead there; `nil`: the root is another.
  /// - Throws: ``TreeError/altered(path:file:isForgotten:)`` if the log has the checkpoint's root, so that the tree's
  ///   files are to blame.
  public func acquit(_ source: any FrameSource, of head: TreeHead, at frame: UInt64?) throws(TreeError) {
    let own = try LogTree(source, upTo: head.size)
    guard own.size == head.size, try own.root(of: head.size) == head.root else { return }
    let file = try alteredFile(own, head, frame)
    throw .altered(path: path, file: file, isForgotten: try forget())
  }

  /// The tile that is not what the log makes it; if all that were looked at are, it is the tree over events.
  private func alteredFile(_ own: LogTree, _ head: TreeHead, _ frame: UInt64?) throws(TreeError) -> String {
    let size = min(head.size, self.size)
    // Beside the frame's way up, then below what differs at the top.
    if let frame, frame < size {
      for level in 0..<64 {
        let index = frame >> UInt64(level) ^ 1
        guard index + 1 <= size >> UInt64(level) else { continue }
        if try node(level: level, index: index) != own.node(level: level, index: index) {
          return tile(level: level, index: index)
        }
      }
    }
    var first: UInt64 = 0
    while first < size {
      let level = 63 - (size - first).leadingZeroBitCount
      var index = first >> UInt64(level)
      if try node(level: level, index: index) != own.node(level: level, index: index) {
        // The lowest node that differs: below it the log and the tree are the same.
        for below in (0..<level).reversed() {
          index *= 2
          if try node(level: below, index: index) != own.node(level: below, index: index) { continue }
          index += 1
          if try node(level: below, index: index) != own.node(level: below, index: index) { continue }
          return tile(level: below + 1, index: index / 2)
        }
        return tile(level: 0, index: index)
      }
      first += 1 << UInt64(level)
    }
    return "\(EventsHead.part)/tile"
  }

  private func tile(level: Int, index: UInt64) -> String {
    TilePath(holding: index, ofLevel: level, ofTreeOf: size)?.text ?? "tile"
  }
}
