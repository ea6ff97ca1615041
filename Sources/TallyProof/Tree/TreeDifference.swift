import TallyFormat

extension TileHashes {
  /// The first leaf in which another tree differs from this one, among the first `size` of both.
  ///
  /// Goes down from the top by the nodes that differ, so that two tiles of each level are read at most, and never all
  /// leaves. On the way each node must be the hash of its halves: an altered tile leads to no leaf.
  ///
  /// - Parameters:
  ///   - other: a tree whose nodes are what its leaves make them.
  ///   - size: leaves; both trees have as many, or more.
  /// - Returns: `nil` if they are the same.
  /// - Throws: ``TreeError/damaged(path:reason:)`` if a tile is missing or was altered; what `other` throws.
  public func firstDifference(from other: some MerkleNodes, in size: UInt64) throws -> UInt64? {
    var first: UInt64 = 0
    // Perfect trees of falling size.
    while first < size {
      let level = 63 - (size - first).leadingZeroBitCount
      let index = first >> UInt64(level)
      let whole = try node(level: level, index: index)
      if try other.node(level: level, index: index) != whole {
        return try firstDifference(from: other, below: whole, level: level, index: index)
      }
      first += 1 << UInt64(level)
    }
    return nil
  }

  /// - Parameter node: of this tree, which differs from the other's.
  private func firstDifference(
    from other: some MerkleNodes, below node: Digest, level: Int, index: UInt64
  ) throws -> UInt64 {
    var (whole, index) = (node, index)
    for level in (0..<level).reversed() {
      index *= 2
      let left = try self.node(level: level, index: index)
      let right = try self.node(level: level, index: index + 1)
      guard MerkleHash.node(left, right) == whole else {
        let tile = TilePath(holding: index, ofLevel: level, ofTreeOf: size)
        throw TreeError.damaged(
          path: place, reason: "\(tile?.text ?? "a tile") does not lead to the tile above it: one of them was altered")
      }
      whole = left
      if try other.node(level: level, index: index) == left {
        index += 1
        whole = right
      }
    }
    return index
  }
}
