import TallyRESP

/// Commands about the connection and the server, as clients of Redis send them.
enum ConnectionCommand: String, CaseIterable, Sendable {
  case ping, echo, hello, auth, select, client, command, info, config, quit, reset

  init?(_ words: Words) {
    let name = words[0]
    guard name.count >= 4, name.count <= 7 else { return nil }
    for command in ConnectionCommand.allCases
    where command.rawValue.utf8.count == name.count && command.rawValue.utf8.elementsEqual(name.lazy.map { $0 | 0x20 })
    {
      self = command
      return
    }
    return nil
  }

  /// How many words it has, its name included; a negative number: that many or more.
  var arity: Int {
    switch self {
    case .ping, .hello, .command, .info: -1
    case .auth, .client, .config: -2
    case .echo, .select: 2
    case .quit, .reset: 1
    }
  }

  var summary: String {
    switch self {
    case .ping: "Answers PONG, or the text."
    case .echo: "Answers the text."
    case .hello: "Chooses the protocol's version, 2 or 3, and tells about the server."
    case .auth: "Says who is there."
    case .select: "There is one database, 0."
    case .client: "The connection's id, name and library."
    case .command: "Which commands there are."
    case .info: "How the server fares."
    case .config: "CONFIG GET: settings that clients of Redis look for."
    case .quit: "Answers OK and closes the connection."
    case .reset: "The connection is as new."
    }
  }

  /// All that was asked before must be answered before: it changes how answers are written.
  var isBarrier: Bool { self == .hello || self == .reset }
}
