import Crypto

/// The hashes of a Merkle tree: section 2.1 of RFC 6962. Another first byte keeps a leaf from being taken for a node.
public enum MerkleHash {
  /// Of a tree without leaves.
  public static let empty = Digest(trusted: Array(SHA256().finalize()))

  /// Of a leaf.
  ///
  /// - Parameter data: what the leaf stands for.
  public static func leaf(_ data: some Sequence<UInt8>) -> Digest {
    Digest(trusted: Array(SHA256.hash(data: [0] + data)))
  }

  /// As ``leaf(_:)``, of bytes that are not copied first: some 1 ns each.
  package static func leaf(of data: UnsafeRawBufferPointer) -> Digest {
    var hasher = SHA256()
    withUnsafeBytes(of: UInt8(0)) { hasher.update(bufferPointer: $0) }
    hasher.update(bufferPointer: data)
    return Digest(trusted: Array(hasher.finalize()))
  }

  /// Of the leaf that stands for a frame: its data is the frame's hash in the chain.
  public static func leaf(of frame: Digest) -> Digest { leaf(frame.bytes) }

  /// Of the tree over two trees.
  public static func node(_ left: Digest, _ right: Digest) -> Digest {
    var bytes = [UInt8]()
    bytes.reserveCapacity(65)
    bytes.append(1)
    bytes.append(contentsOf: left.bytes)
    bytes.append(contentsOf: right.bytes)
    return Digest(trusted: Array(SHA256.hash(data: bytes)))
  }

  /// Of the tree that perfect trees of falling size make up.
  static func whole(_ perfect: [Digest]) -> Digest {
    guard let last = perfect.last else { return empty }
    return perfect.dropLast().reversed().reduce(last) { node($1, $0) }
  }
}
