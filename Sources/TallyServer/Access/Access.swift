import NIOCore
import Synchronization
import TallyThreads

/// Who may do what. Any thread.
///
/// Without a file of users everybody who reaches the server may do everything.
package final class Access: Sendable {
  /// `nil`: nobody is asked.
  private let path: String?
  private let users: Monitor<[User]>
  /// Raised by every change of the users: who was let in before is looked at again.
  private let changes = Atomic<UInt64>(0)
  private let attempts = Monitor(FailedAttempts())
  private let warn: @Sendable (String) -> Void
  /// So that a name that nobody has costs what a wrong token does.
  private static let nobody = TokenHash(of: "".utf8)

  /// - Throws: ``ServerFailure/users(_:)``
  init(_ path: String?, warn: @escaping @Sendable (String) -> Void) throws(ServerFailure) {
    self.path = path
    self.warn = warn
    users = Monitor(try path.map { (path) throws(ServerFailure) in try UsersFile.read(path) } ?? [])
  }

  /// A token is asked for.
  var isRequired: Bool { path != nil }
  var userCount: Int { users.access { $0.count } }

  /// Reads the users again. Those that were stay if that fails.
  func reload() throws(ServerFailure) {
    guard let path else { return }
    let new = try UsersFile.read(path)
    users.access { $0 = new }
    changes.add(1, ordering: .releasing)
  }

  /// Who that is; `nil`: nobody.
  ///
  /// - Parameter name: `nil`: the token alone tells.
  func user(_ name: [UInt8]?, token: some Collection<UInt8>) -> User? {
    let hash = TokenHash(of: token)
    return users.access { users in
      guard let name else {
        var found: User?
        for user in users where user.token.isEqual(hash) { found = user }
        return found
      }
      let named = users.first { $0.name.utf8.elementsEqual(name) }
      let isRight = (named?.token ?? Access.nobody).isEqual(hash)
      return isRight ? named : nil
    }
  }

  /// What has become of somebody who was let in: with other roles, perhaps; `nil` if there is no such user any more, or
  /// with another token.
  func renewed(_ user: User) -> User? {
    users.access { users in users.first { $0.name == user.name && $0.token.isEqual(user.token) } }
  }

  /// Grows when users change.
  var round: UInt64 { changes.load(ordering: .acquiring) }

  // MARK: Wrong tokens

  /// Counts a wrong token.
  ///
  /// - Returns: how long this client should wait, if there were too many of it; `nil`: it may try again.
  func tookWrong(from client: ClientName, _ protocolName: StaticString) -> Duration? {
    let verdict = attempts.access { $0.add(from: client, now: .now()) }
    switch verdict {
    case .first: warn("a wrong token over \(protocolName) from \(client.address)")
    case .another: break
    case .last: warn("too many wrong tokens from \(client.address): it has to wait between them")
    case .tooMany: break
    }
    return verdict == .last || verdict == .tooMany ? FailedAttempts.pause : nil
  }

  /// Since the server was started.
  var wrongCount: Int { attempts.access { $0.total } }
}

extension ClientName {
  /// For people.
  var address: String {
    switch self {
    case .address(let bits):
      withUnsafeBytes(of: bits) { $0.map { "\($0)" }.joined(separator: ".") }
    case .network(let bits):
      withUnsafeBytes(of: bits) { bytes in
        stride(from: 0, to: 8, by: 2).map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
          .joined(separator: ":") + "::/64"
      }
    case .local: "this machine"
    }
  }
}
