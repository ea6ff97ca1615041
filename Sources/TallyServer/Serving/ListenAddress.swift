import NIOCore

/// Where to listen.
package enum ListenAddress: Hashable, Sendable, CustomStringConvertible {
  /// A name or an address, and a port; 0 takes a free one.
  case tcp(host: String, port: Int)
  /// The path of a socket of this machine.
  case unix(path: String)

  /// `HOST:PORT`, `[ADDRESS]:PORT`, or `:PORT` for the loopback.
  ///
  /// - Returns: `nil` for anything else.
  package init?(hostAndPort text: String) {
    guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
    let digits = text[text.utf8.index(after: colon)...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 &- 48 < 10 }), let port = Int(digits), port <= 65_535 else {
      return nil
    }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
    } else if host.utf8.contains(UInt8(ascii: ":")) {
      return nil
    }
    self = .tcp(host: host.isEmpty ? "127.0.0.1" : host, port: port)
  }

  /// The same with the port that was taken.
  func with(port: Int?) -> ListenAddress {
    guard case .tcp(let host, _) = self, let port else { return self }
    return .tcp(host: host, port: port)
  }

  package var description: String {
    switch self {
    case .tcp(let host, let port): host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): path
    }
  }
}

extension SocketAddress {
  /// Only this machine reaches it.
  var isLoopback: Bool {
    switch self {
    case .unixDomainSocket: true
    case .v4, .v6: ipAddress.map { $0.hasPrefix("127.") || $0 == "::1" } ?? false
    }
  }
}
