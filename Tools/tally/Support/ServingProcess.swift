import Glibc
import TallyText

/// Another process that has the log.
enum ServingProcess {
  /// Of its command line, which is shown to people.
  private static let mostBytes = 4_096

  /// What to do about it; empty if it is no server, or cannot be looked at.
  ///
  /// - Parameter log: that it has.
  static func advice(_ process: Int32?, log: String) -> String {
    guard let words = process.flatMap(commandLine), words.count > 1,
      words[1] == ServeCommand.configuration.commandName
    else { return "" }
    let command = words.joined(separator: " ").printable
    guard let note = try? ServerNote(of: log), note.process == process else {
      return "; it is a server, which takes commands over Redis's protocol and HTTP: \(command)"
    }
    let places = (note.resp + [note.http].compactMap { $0 }).joined(separator: " and ")
    let advice = note.http == nil ? "" : "; add --server"
    return "; it is a server (\(command)), listening at \(places)\(advice)"
  }

  private static func commandLine(of process: Int32) -> [String]? {
    let descriptor = open("/proc/\(process)/cmdline", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    // In one go: what is no file on a disk tells no size.
    var bytes = [UInt8](repeating: 0, count: mostBytes)
    let count = read(descriptor, &bytes, mostBytes)
    guard count > 0 else { return nil }
    return bytes[..<count].split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }
}
