/// Where certificates are: files in PEM.
package struct TLSFiles: Equatable, Sendable {
  /// The server's certificate, and behind it those that lead to a root.
  package var certificate: String
  /// The first one's private key, without a passphrase.
  package var key: String
  /// Whose certificates clients must have; `nil`: they need none.
  package var clientAuthority: String?

  package init(certificate: String, key: String, clientAuthority: String? = nil) {
    (self.certificate, self.key, self.clientAuthority) = (certificate, key, clientAuthority)
  }
}
