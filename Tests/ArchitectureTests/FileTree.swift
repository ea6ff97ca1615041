import Glibc

/// Files and folders, as far as a test needs them.
enum FileTree {
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  struct Unreadable: Error { let path: String }

  static func contents(of path: String) throws -> [UInt8] {
    guard let file = fopen(path, "r") else { throw Unreadable(path: path) }
    defer { fclose(file) }
    var bytes = [UInt8]()
    while case let byte = getc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
    return bytes
  }

  /// The paths of all files below a folder; none if there is no such folder.
  static func files(below folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var found = [String]()
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(".") { continue }
      let path = "\(folder)/\(name)"
      if entry.pointee.d_type == UInt8(DT_DIR) { found += files(below: path) } else { found.append(path) }
    }
    return found
  }
}
