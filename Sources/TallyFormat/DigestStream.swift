import Crypto

/// SHA-256 over bytes that come piece by piece, so that a state of gigabytes need not stand in memory to be digested.
package struct DigestStream {
  private var hasher = SHA256()

  package init() {}

  package mutating func update(_ bytes: UnsafeRawBufferPointer) { hasher.update(bufferPointer: bytes) }

  /// The digest of everything so far; more may follow.
  package var digest: Digest { Digest(trusted: Array(hasher.finalize())) }
}
