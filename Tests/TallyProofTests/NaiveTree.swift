import TallyFormat

/// A Merkle tree as section 2.1 of RFC 6962 defines it, recursively, over all leaves.
struct NaiveTree: MerkleNodes {
  var leaves: [Digest]

  static func hash(_ leaves: ArraySlice<Digest>) -> Digest {
    guard leaves.count > 1, let only = leaves.first else { return leaves.first ?? MerkleHash.empty }
    var split = 1
    while split * 2 < leaves.count { split *= 2 }
    _ = only
    let middle = leaves.startIndex + split
    return MerkleHash.node(hash(leaves[..<middle]), hash(leaves[middle...]))
  }

  func node(level: Int, index: UInt64) -> Digest {
    let width = 1 << level
    let first = Int(index) * width
    return NaiveTree.hash(leaves[first..<(first + width)])
  }
}
