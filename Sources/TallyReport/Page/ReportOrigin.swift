/// Where a report comes from: what was asked, of what, when and by what.
package struct ReportOrigin: Sendable {
  /// The log's, as it was named.
  package var path: String
  /// The command's words, the program's name first.
  package var command: [String]
  /// What the log was compared with, in words; `nil`: no checkpoint.
  package var checkpoint: String?
  /// Unix milliseconds.
  package var made: Int64
  /// The program's.
  package var version: String

  package init(path: String, command: [String], checkpoint: String?, made: Int64, version: String) {
    self.path = path
    self.command = command
    self.checkpoint = checkpoint
    self.made = made
    self.version = version
  }

  /// The log's name without the folders above it.
  var name: String {
    let parts = path.split(separator: "/")
    return parts.last.map(String.init) ?? path
  }

  /// As a shell takes it.
  var commandLine: String { command.map(ReportOrigin.quoted).joined(separator: " ") }

  static func quoted(_ word: String) -> String {
    let plain = word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "-_./=:@+,%".utf8.contains(byte)
      }
    }
    if plain, !word.isEmpty { return word }
    return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
