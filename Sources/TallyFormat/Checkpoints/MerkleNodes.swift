/// A Merkle tree whose nodes can be asked for: all that it takes to make proofs.
public protocol MerkleNodes {
  /// What can go wrong where they are kept.
  associatedtype Failure: Error

  /// The hash of the perfect tree over the leaves `index << level ..< (index + 1) << level`, all of which there are.
  func node(level: Int, index: UInt64) throws(Failure) -> Digest
}

extension MerkleNodes {
  /// The root of the tree over the first `size` leaves. At most 64 nodes.
  public func root(of size: UInt64) throws(Failure) -> Digest { try hash(0..<size) }

  /// The proof that the tree over the first `size` leaves has the leaf `index`, for
  /// ``MerkleProof/isIncluded(_:at:in:root:path:)``. Section 2.1.1 of RFC 6962.
  ///
  /// - Parameters:
  ///   - index: below `size`.
  ///   - size: in leaves, all of which there are.
  public func inclusion(of index: UInt64, in size: UInt64) throws(Failure) -> [Digest] {
    var range = 0..<size
    var path = [Digest]()
    while range.count > 1 {
      let middle = range.lowerBound + MerkleRange.leftLeaves(of: UInt64(range.count))
      if index < middle {
        path.append(try hash(middle..<range.upperBound))
        range = range.lowerBound..<middle
      } else {
        path.append(try hash(range.lowerBound..<middle))
        range = middle..<range.upperBound
      }
    }
    return path.reversed()
  }

  /// The proof that the tree over the first `new` leaves begins with the one over the first `old`, for
  /// ``MerkleProof/isConsistent(_:_:path:)``. Section 2.1.2 of RFC 6962.
  ///
  /// - Parameters:
  ///   - old: in leaves, at most `new`.
  ///   - new: in leaves, all of which there are.
  public func consistency(from old: UInt64, to new: UInt64) throws(Failure) -> [Digest] {
    guard old > 0, old < new else { return [] }
    var range = 0..<new
    var path = [Digest]()
    /// Whether what is left of the old tree is the whole of it, whose root is known already.
    var isWhole = true
    while old != range.upperBound {
      let middle = range.lowerBound + MerkleRange.leftLeaves(of: UInt64(range.count))
      if old <= middle {
        path.append(try hash(middle..<range.upperBound))
        range = range.lowerBound..<middle
      } else {
        path.append(try hash(range.lowerBound..<middle))
        range = middle..<range.upperBound
        isWhole = false
      }
    }
    if !isWhole { path.append(try hash(range)) }
    return path.reversed()
  }

  /// The hash over leaves: perfect trees of falling size, of which each is one node.
  private func hash(_ range: Range<UInt64>) throws(Failure) -> Digest {
    var nodes = [Digest]()
    var first = range.lowerBound
    while first < range.upperBound {
      let left = UInt64(range.upperBound - first)
      let level = 63 - left.leadingZeroBitCount
      nodes.append(try node(level: level, index: first >> UInt64(level)))
      first += 1 << UInt64(level)
    }
    return MerkleHash.whole(nodes)
  }
}

/// How RFC 6962 splits a tree.
enum MerkleRange {
  /// The largest power of two below a number of leaves, 2 or more.
  static func leftLeaves(of count: UInt64) -> UInt64 { 1 << UInt64(63 - (count - 1).leadingZeroBitCount) }
}
