import Glibc

/// Where files are, whatever links and dots their paths have.
package enum FilePlace {
  /// Why a program must not write to a path that was named; `nil`: it may.
  ///
  /// - Parameters:
  ///   - option: as whose value it was named.
  ///   - log: a log's directory: what is in it is the log's.
  ///   - kept: files that must stay what they are.
  package static func objection(toWriting path: String, _ option: String, log: String?, keeping kept: [String])
    -> String?
  {
    if let log, isInside(path, log) { return "\(option) \(path) is inside the log: name another place." }
    for file in kept where isSame(path, file) {
      return "\(option) \(path) is the file \(file) itself, which would be lost: name another one."
    }
    return nil
  }

  private static func isSame(_ path: String, _ other: String) -> Bool {
    if path == other { return true }
    guard let one = identity(path), let two = identity(other) else { return false }
    return one == two
  }

  /// Whether something is the directory, or somewhere in it, or would be if it were made.
  private static func isInside(_ path: String, _ directory: String) -> Bool {
    guard let outer = identity(directory) else { return false }
    var place = real(path) ?? real(parent(of: path))
    while let here = place {
      if identity(here) == outer { return true }
      place = here == "/" ? nil : parent(of: here)
    }
    return false
  }

  static func real(_ path: String) -> String? {
    guard let found = realpath(path, nil) else { return nil }
    defer { free(found) }
    return String(cString: found)
  }

  private static func parent(of path: String) -> String {
    var rest = path[...]
    while rest.count > 1, rest.last == "/" { rest.removeLast() }
    guard let slash = rest.lastIndex(of: "/") else { return "." }
    return slash == rest.startIndex ? "/" : String(rest[..<slash])
  }

  private struct Identity: Equatable {
    let device: dev_t
    let file: ino_t
  }

  private static func identity(_ path: String) -> Identity? {
    var status = stat()
    return stat(path, &status) == 0 ? Identity(device: status.st_dev, file: status.st_ino) : nil
  }
}
