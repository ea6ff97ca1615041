import NIOCore

/// Whose commands count together.
enum ClientName: Hashable, Sendable {
  /// Of an address of IPv4.
  case address(UInt32)
  /// Of a network of IPv6, as one customer of a provider has it: its first 64 bits.
  case network(UInt64)
  /// Of this machine, over a socket of its own.
  case local

  init(_ address: SocketAddress?) {
    switch address {
    case .v4(let address): self = .address(address.address.sin_addr.s_addr)
    case .v6(let address):
      self = .network(withUnsafeBytes(of: address.address.sin6_addr) { $0.loadUnaligned(as: UInt64.self) })
    case .unixDomainSocket, nil: self = .local
    }
  }
}
