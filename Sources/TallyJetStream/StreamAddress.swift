/// Where a log is that a stream keeps: `nats://host:4222,host2:4222/shop?local=DIR`.
///
/// The query's names: `local` (the directory of what is derived), `creds`, `ca`, `cert`, `key` (files), `replicas` (1
/// to 5, for a new log). `tls://` asks for an encrypted connection.
public struct StreamAddress: Sendable, Equatable {
  /// Of the servers, in the order they are tried, as the client library takes them; with user and password, if the
  /// address has them.
  public var servers: [String]
  /// Of the stream, which is the log's name: 1 to 64 letters, digits, `-` and `_`.
  public var stream: String
  /// The directory of snapshots, index and floor; `nil`: ``derivedDirectory(environment:)`` finds one.
  public var local: String?
  /// A file with a user's JWT and seed, as `nsc` writes it.
  public var credentials: String?
  /// A file with the certificates (PEM) that the servers' must be signed by; `nil`: the system's.
  public var authorities: String?
  /// Files with this client's certificate and its key (PEM).
  public var certificate: String?
  /// See ``certificate``.
  public var key: String?
  /// Copies of each message, of a log to be made: 1 to 5. Default 3.
  public var replicas = 3
  /// Talk to the servers in TLS only.
  public var isEncrypted = false

  /// Whether a log's name is such an address, well-formed or not, and no directory's.
  public static func isOne(_ text: String) -> Bool { text.hasPrefix("nats://") || text.hasPrefix("tls://") }

  /// - Parameter text: the address.
  /// - Throws: ``StreamAddressError`` in words for people.
  public init(_ text: String) throws(StreamAddressError) {
    guard let mark = text.firstRange(of: "://"), StreamAddress.isOne(text) else {
      throw StreamAddressError("\(text) is no address of a stream: nats://HOST:4222/NAME")
    }
    let scheme = String(text[..<mark.lowerBound])
    isEncrypted = scheme == "tls"
    let parts = text[mark.upperBound...].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let place = parts[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard place.count == 2, StreamAddress.isName(place[1]) else {
      throw StreamAddressError(
        "the address names no stream: nats://HOST:4222/NAME, where NAME has 1 to 64 letters, digits, - and _")
    }
    stream = String(place[1])
    servers = []
    for host in place[0].split(separator: ",", omittingEmptySubsequences: false) {
      let bare = host.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
      guard !bare.isEmpty, !bare.hasPrefix(":"), host.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
        throw StreamAddressError("the address has an empty or ill-formed server: nats://HOST:4222,HOST2:4222/NAME")
      }
      servers.append("\(scheme)://\(host)")
    }
    if parts.count == 2 {
      for field in parts[1].split(separator: "&") { try set(field) }
    }
    guard (certificate == nil) == (key == nil) else {
      throw StreamAddressError("cert and key go together: the file of the certificate, and that of its key")
    }
  }

  private mutating func set(_ field: Substring) throws(StreamAddressError) {
    let pair = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard pair.count == 2, !pair[1].isEmpty else { throw StreamAddressError("\(field): name=value is meant") }
    let value = String(pair[1])
    switch pair[0] {
    case "local": local = value
    case "creds": credentials = value
    case "ca": authorities = value
    case "cert": certificate = value
    case "key": key = value
    case "replicas":
      guard let count = Int(value), (1...5).contains(count) else {
        throw StreamAddressError("replicas is a number from 1 to 5, not \(value)")
      }
      replicas = count
    default:
      throw StreamAddressError("\(pair[0]) is unknown: local, creds, ca, cert, key and replicas are known")
    }
  }

  static func isName(_ text: Substring) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (byte | 32) &- 97 < 26 || byte &- 48 < 10 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
      }
  }

  /// Without user, password and files: for messages.
  public var name: String { "nats://\(hosts.joined(separator: ","))/\(stream)" }

  private var hosts: [Substring] {
    servers.map { server in
      let bare = server.firstRange(of: "://").map { server[$0.upperBound...] } ?? server[...]
      return bare.split(separator: "@", omittingEmptySubsequences: false).last ?? bare
    }
  }

  /// The names in the environment that ``complete(from:)`` asks for and that are this module's.
  public static let variables = ["TALLY_LOCAL", "TALLY_NATS_CREDS", "TALLY_NATS_CA"]

  /// What the environment has for what the address leaves out: `TALLY_LOCAL`, `TALLY_NATS_CREDS`, `TALLY_NATS_CA`.
  ///
  /// - Parameter environment: tells a variable's value.
  public mutating func complete(from environment: (String) -> String?) {
    local = local ?? derivedDirectory(environment)
    credentials = credentials ?? environment("TALLY_NATS_CREDS")
    authorities = authorities ?? environment("TALLY_NATS_CA")
  }

  /// `TALLY_LOCAL`, or a folder of the user's own for state (XDG base directories), by first server and stream.
  private func derivedDirectory(_ environment: (String) -> String?) -> String {
    if let named = environment("TALLY_LOCAL") { return named }
    let state =
      environment("XDG_STATE_HOME") ?? environment("HOME").map { "\($0)/.local/state" } ?? "/var/tmp"
    let host = String((hosts.first ?? "").map { $0 == ":" || $0 == "/" ? "_" : $0 })
    return "\(state)/tallystick/\(host)/\(stream)"
  }
}

/// Why a text is no address of a stream, in words for people.
public struct StreamAddressError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong with it.
  public let description: String
  init(_ description: String) { self.description = description }
}
