import Glibc
import TallyTestSupport
import Testing

@testable import TallyServer

/// A file of users for a test: one a role, called like it, with `token-of-ROLE` for a token.
struct ShopUsers {
  let path: String

  init(in directory: TemporaryDirectory) throws {
    path = directory.path + "/users"
    try write(Role.allCases.map { ($0.rawValue, Roles($0)) })
  }

  static func token(_ name: String) -> String { "token-of-\(name)" }

  func write(_ users: [(name: String, roles: Roles)]) throws {
    try write(
      text: UsersFile.text(
        users.map { User(name: $0.name, roles: $0.roles, token: TokenHash(of: ShopUsers.token($0.name).utf8)) }))
  }

  func write(text: String) throws { try TestFile.write(text, to: path) }
}

/// Writes files.
enum TestFile {
  static func write(_ text: String, to path: String) throws {
    let bytes = Array(text.utf8)
    let file = try #require(fopen(path, "w"))
    defer { fclose(file) }
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
  }
}
