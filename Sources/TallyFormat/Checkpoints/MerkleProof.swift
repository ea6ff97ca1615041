/// Checks proofs about Merkle trees: sections 2.1.3.2 and 2.1.4.2 of RFC 9162, whose proofs are those of RFC 6962.
public enum MerkleProof {
  /// Whether a tree of `size` leaves with that root has this leaf at this place. At most 64 hashes.
  ///
  /// - Parameters:
  ///   - leaf: the leaf's hash.
  ///   - index: its place, from 0.
  ///   - size: leaves of the tree.
  ///   - root: the tree's.
  ///   - path: the hashes beside the way from the leaf to the root, the leaf's neighbour first.
  public static func isIncluded(_ leaf: Digest, at index: UInt64, in size: UInt64, root: Digest, path: [Digest]) -> Bool
  { MerkleProof.root(of: leaf, at: index, in: size, path: path) == root }

  /// The root that a leaf leads to; `nil` if the path is not one for that place. At most 64 hashes.
  ///
  /// - Parameters: as for ``isIncluded(_:at:in:root:path:)``.
  public static func root(of leaf: Digest, at index: UInt64, in size: UInt64, path: [Digest]) -> Digest? {
    guard index < size else { return nil }
    var (node, last) = (index, size - 1)
    var hash = leaf
    for other in path {
      guard last > 0 else { return nil }
      if node & 1 == 1 || node == last {
        hash = MerkleHash.node(other, hash)
        while node & 1 == 0, node != 0 {
          node >>= 1
          last >>= 1
        }
      } else {
        hash = MerkleHash.node(hash, other)
      }
      node >>= 1
      last >>= 1
    }
    return last == 0 ? hash : nil
  }

  /// Whether a tree begins with all the leaves of a smaller one. At most 64 hashes.
  ///
  /// - Parameters:
  ///   - old: leaves and root of the smaller tree.
  ///   - new: of the larger, or the same.
  ///   - path: the proof; empty where both have the same size, or the smaller one no leaf.
  public static func isConsistent(
    _ old: (size: UInt64, root: Digest), _ new: (size: UInt64, root: Digest), path: [Digest]
  ) -> Bool {
    guard old.size <= new.size else { return false }
    if old.size == new.size { return path.isEmpty && old.root == new.root }
    if old.size == 0 { return path.isEmpty && old.root == MerkleHash.empty }
    var rest = path[...]
    // A perfect tree is its own first hash.
    if old.size.nonzeroBitCount == 1 { rest = ([old.root] + path)[...] }
    guard let first = rest.popFirst() else { return false }
    var (node, last) = (old.size - 1, new.size - 1)
    while node & 1 == 1 {
      node >>= 1
      last >>= 1
    }
    var (oldHash, newHash) = (first, first)
    for other in rest {
      guard last > 0 else { return false }
      if node & 1 == 1 || node == last {
        oldHash = MerkleHash.node(other, oldHash)
        newHash = MerkleHash.node(other, newHash)
        while node & 1 == 0, node != 0 {
          node >>= 1
          last >>= 1
        }
      } else {
        newHash = MerkleHash.node(newHash, other)
      }
      node >>= 1
      last >>= 1
    }
    return last == 0 && oldHash == old.root && newHash == new.root
  }
}
