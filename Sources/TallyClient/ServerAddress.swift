import TallyText

/// Where a server takes commands over HTTP.
package struct ServerAddress: Equatable, Sendable, CustomStringConvertible {
  /// What stands before a path: `http://127.0.0.1:6391`, or a socket of this machine as `http+unix://%2Frun%2Ftally`.
  let base: String
  /// As it was given.
  package let description: String

  /// - Parameter text: `http://HOST:PORT`, `https://HOST:PORT`, or the path of a socket, with a slash in it.
  /// - Returns: `nil` for anything else.
  package init?(_ text: String) {
    description = text
    if text.hasPrefix("http://") || text.hasPrefix("https://") {
      let name = text[(text.firstRange(of: "://")?.upperBound ?? text.endIndex)...]
      let host = name.hasSuffix("/") ? name.dropLast() : name
      // No path, no user and no query: only the server's name.
      guard !host.isEmpty, !host.utf8.contains(where: { "/?#@ ".utf8.contains($0) || $0 < 0x20 }) else { return nil }
      base = String(text.hasSuffix("/") ? text.dropLast() : text[...])
    } else if text.utf8.contains(UInt8(ascii: "/")), !text.utf8.contains(0), !text.contains("://") {
      base = "http+unix://" + ServerAddress.escaped(text.utf8)
    } else {
      return nil
    }
  }

  /// What a path or a query may hold of any bytes: everything but letters, digits and `-._~` as `%XX`.
  package static func escaped(_ bytes: some Sequence<UInt8>) -> String {
    var text = ""
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 48...57, UInt8(ascii: "-"),
        UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        text += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return text
  }
}
