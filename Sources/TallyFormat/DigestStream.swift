import Crypto

/// SHA-256 over bytes that come piece by piece, so that a state of gigabytes need not stand in memory to be digested.
public struct DigestStream {
  private var hasher = SHA256()

  public init() {}

  public mutating func update(_ bytes: UnsafeRawBufferPointer) { hasher.update(bufferPointer: bytes) }

  /// The digest of everything so far; more may follow.
  public var digest: Digest { Digest(trusted: Array(hasher.finalize())) }
}
