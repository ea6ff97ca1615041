import Tallystick

/// A file that people write for the server: small, and read whole.
enum SettingFile {
  private static let mostBytes = 1 << 20

  /// - Parameter advice: what to do where there is no such file; empty: nothing.
  static func contents(
    of path: String, _ files: any FileSystem, advice: String = ""
  ) throws(FileError) -> [UInt8] {
    guard let bytes = try files.contents(of: path, maximum: mostBytes) else {
      throw FileError(operation: "read", path: path, code: 0, reason: "there is no such file\(advice)")
    }
    guard bytes.count <= mostBytes else {
      throw FileError(operation: "read", path: path, code: 0, reason: "it is larger than a MiB")
    }
    return bytes
  }
}
