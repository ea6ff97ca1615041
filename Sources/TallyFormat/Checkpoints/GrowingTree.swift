/// The right edge of a Merkle tree, which is all that it takes to append leaves and to know the root: the hashes of the
/// perfect trees that its leaves make up, at most 64.
public struct GrowingTree: Sendable, Equatable {
  /// Leaves.
  public private(set) var size: UInt64 = 0
  /// Of the perfect trees, the largest and leftmost first: one for each bit that is set in ``size``.
  public private(set) var edge: [Digest] = []

  /// Without leaves.
  public init() {}

  /// One that has leaves already.
  ///
  /// - Parameters:
  ///   - size: leaves.
  ///   - edge: the hash of each perfect tree, the largest first; as many as `size` has bits set.
  /// - Returns: `nil` if there are too few hashes, or too many.
  public init?(size: UInt64, edge: [Digest]) {
    guard edge.count == size.nonzeroBitCount else { return nil }
    self.size = size
    self.edge = edge
  }

  /// Appends a leaf. Two hashes on average.
  ///
  /// - Parameter leaf: its hash.
  public mutating func append(_ leaf: Digest) {
    var hash = leaf
    var bits = size
    while bits & 1 == 1, let left = edge.popLast() {
      hash = MerkleHash.node(left, hash)
      bits >>= 1
    }
    edge.append(hash)
    size += 1
  }

  /// The hash of the whole tree.
  public var root: Digest {
    guard var hash = edge.last else { return MerkleHash.empty }
    for left in edge.dropLast().reversed() { hash = MerkleHash.node(left, hash) }
    return hash
  }
}
