import TallyText
import Tallystick

/// Users as they stand in a file, a line each: `shop read,sell sha256:…`. Empty lines and those that begin with `#` say
/// nothing. Strict: a line that is no user is an error, never ignored.
package enum UsersFile {
  private static let mostBytes = 1 << 20
  /// Every wrong token is compared with each.
  package static let mostUsers = 1_024
  private static let hashName = "sha256:"

  /// - Throws: ``ServerFailure/users(_:)``, in words that name the file and the line.
  package static func read(
    _ path: String, files: any FileSystem = LocalFileSystem()
  ) throws(ServerFailure) -> [User] {
    let bytes: [UInt8]
    do throws(FileError) {
      guard let found = try files.contents(of: path, maximum: mostBytes) else {
        throw FileError(
          operation: "read", path: path, code: 0,
          reason: "there is no such file; make one with: tally user add NAME --role sell --users \(path)")
      }
      guard found.count <= mostBytes else {
        throw FileError(operation: "read", path: path, code: 0, reason: "it is larger than a MiB")
      }
      bytes = found
    } catch {
      throw .users("\(error)")
    }
    return try parse(bytes, path)
  }

  package static func parse(_ bytes: [UInt8], _ path: String) throws(ServerFailure) -> [User] {
    var users: [User] = []
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      let words = String(decoding: line, as: UTF8.self).split { $0 == " " || $0 == "\t" || $0 == "\r" }
      if words.first?.hasPrefix("#") ?? true { continue }
      let place = "\(path), line \(index + 1)"
      let user = try user(words, place)
      if users.contains(where: { $0.name == user.name }) { throw .users("\(place): two users are called \(user.name)") }
      if users.contains(where: { $0.token.isEqual(user.token) }) {
        throw .users("\(place): \(user.name) has the token of another user")
      }
      users.append(user)
      if users.count > mostUsers { throw .users("\(path) has more than \(mostUsers) users") }
    }
    return users
  }

  private static func user(_ words: [Substring], _ place: String) throws(ServerFailure) -> User {
    guard words.count == 3 else { throw .users("\(place) is not of the form: name roles sha256:hash") }
    guard User.isName(words[0]) else {
      throw .users("\(place): a name is 1 to 64 letters, digits, dots, - and _, not \(String(words[0]).printable)")
    }
    guard words[2].hasPrefix(hashName), let hash = TokenHash(hexadecimal: words[2].dropFirst(hashName.count)) else {
      // What stands there may be a secret: it is not shown.
      throw .users("\(place): the third word is not sha256: and 64 hexadecimal digits")
    }
    return User(name: String(words[0]), roles: try roles(words[1], place), token: hash)
  }

  /// `read,sell`
  package static func roles(_ text: some StringProtocol, _ place: String) throws(ServerFailure) -> Roles {
    var roles: Roles = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let role = Role(rawValue: String(word)) else {
        throw .users(
          "\(place): there is no role \"\(String(word).printable)\", only "
            + Role.allCases.map(\.rawValue).joined(separator: ", "))
      }
      roles.formUnion(Roles(role))
    }
    return roles
  }

  /// What ``read(_:files:)`` reads.
  package static func text(_ users: [User]) -> String {
    users.reduce(into: "# Made by `tally user`: name, roles, the token's hash.\n") { text, user in
      text += "\(user.name) \(user.roles.text) \(hashName)\(user.token.hexadecimal)\n"
    }
  }
}
