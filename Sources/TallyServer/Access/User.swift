/// Somebody who may connect.
package struct User: Sendable {
  /// 1 to 64 of letters, digits, `-`, `_` and `.`.
  package var name: String
  package var roles: Roles
  package var token: TokenHash

  package init(name: String, roles: Roles, token: TokenHash) {
    (self.name, self.roles, self.token) = (name, roles, token)
  }

  package static func isName(_ text: some StringProtocol) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
          true
        default: false
        }
      }
  }
}
