import TallyRESP

/// Who the client is, and what it may have by that, in the words of Redis.
extension RESPConnection {
  private static let unknown = "NOAUTH Authentication required."
  private static let wrong = "WRONGPASS invalid username-password pair or user is disabled."
  private static let noPassword =
    "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is"
    + " correct?"

  /// Nobody has said who is there, and nothing is done before that.
  var isStranger: Bool { server.access.isRequired && session.user == nil }

  /// `nil`: the client may have it.
  func accessRefusal(of request: ConnectionRequest) -> String? {
    guard server.access.isRequired else { return nil }
    let round = server.access.round
    if let user = session.user, session.accessRound != round {
      session.user = server.access.renewed(user)
      session.accessRound = round
    }
    if case .nothing = request { return nil }
    if case .attack = request { return nil }
    guard let user = session.user else {
      if case .connection(let command, _) = request, command.isOpen { return nil }
      return RESPConnection.unknown
    }
    guard case .stock(let stock) = request else { return nil }
    let missing = stock.roles.subtracting(user.roles)
    if missing.isEmpty { return nil }
    return "NOPERM \(user.name) may not do this: it needs the role \(missing.text)"
  }

  /// `[user] token`
  func authenticate(_ words: [[UInt8]]) {
    guard words.count <= 2, let token = words.last else { return answer { $0.error("ERR syntax error") } }
    let refusal = letIn(words.count == 2 ? words[0] : nil, token)
    answer { writer in if let refusal { writer.error(refusal) } else { writer.simple("OK") } }
    endIfGuessing(refusal)
  }

  /// Takes the client for a user.
  ///
  /// - Parameter name: `nil`: the token alone tells. So it does for `default`, whom clients name that know passwords only.
  /// - Returns: an error; `nil`: it is that user.
  func letIn(_ name: [UInt8]?, _ token: [UInt8]) -> String? {
    let isDefault = name.map { $0 == Array("default".utf8) } ?? false
    guard server.access.isRequired else {
      return name == nil ? RESPConnection.noPassword : isDefault ? nil : RESPConnection.wrong
    }
    let round = server.access.round
    guard let user = server.access.user(isDefault ? nil : name, token: token) else {
      guard let wait = server.access.tookWrong(from: origin, "Redis's protocol") else { return RESPConnection.wrong }
      return "BUSY too many wrong tokens came from this address: try again in \(wait.components.seconds) s"
    }
    (session.user, session.accessRound) = (user, round)
    renewLimits()
    return nil
  }

  /// Who has tried too often has to connect again.
  func endIfGuessing(_ refusal: String?) {
    if let refusal, refusal.utf8.starts(with: "BUSY".utf8) { end() }
  }
}

extension WireLimits {
  /// Of those who have not said who they are: enough for saying it.
  static var ofStrangers: WireLimits {
    var limits = WireLimits()
    limits.maxWords = 64
    limits.maxWordBytes = 1 << 10
    limits.maxLineBytes = 4 << 10
    limits.maxCommandBytes = 16 << 10
    return limits
  }
}
