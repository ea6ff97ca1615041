/// Why a server does not start. Every case says what, where and what to do.
package enum ServerFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// The system does not let it listen there.
  case cannotListen(String, reason: String)
  /// Others than this machine's programs would reach it.
  case beyondLoopback(String)
  /// The log that it is to serve cannot be read.
  case cannotRead(String)
  /// Users that cannot be read: where and why.
  case users(String)
  /// Certificates or keys that cannot be used: which file and why.
  case certificate(String)
  /// A key that cannot sign: which file and why.
  case signing(String)
  /// A webhook that cannot be: what, where and why.
  case webhook(String)

  package var description: String {
    switch self {
    case .cannotListen(let address, let reason): "cannot listen on \(address): \(reason)"
    case .webhook(let flaw), .cannotRead(let flaw), .users(let flaw), .certificate(let flaw),
      .signing(let flaw):
      flaw
    case .beyondLoopback(let address):
      "\(address) can be reached from other machines: that needs users and TLS (--users, --tls-certificate and"
        + " --tls-key), or users and --insecure-without-tls where TLS ends at a proxy before this server, or"
        + " --insecure-anyone-may-connect for a network whose every machine may sell; or listen on 127.0.0.1 or a Unix"
        + " socket"
    }
  }
}
