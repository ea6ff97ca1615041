import Glibc
import Tallystick

/// A file that appears under its name only when it is whole: written beside it, synced, renamed.
package struct ExportFile: ~Copyable {
  /// Where it is written until then.
  package let partialPath: String
  private let path: String
  private let files: any FileSystem
  private var isFinished = false

  /// - Throws: ``ExportError/exists(path:)`` unless `replaces`.
  package init(_ path: String, replaces: Bool, files: any FileSystem = LocalFileSystem()) throws(ExportError) {
    self.path = path
    self.files = files
    partialPath = "\(path).partial-\(getpid())"
    // Renaming over a device or a directory would be no export.
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG { throw .noRegularFile(path: path) }
    do throws(FileError) {
      let exists = try files.identity(of: path) != nil
      if exists && !replaces { throw FileError(operation: "", path: path, code: EEXIST, reason: "") }
      // What an earlier process of the same number left behind.
      if try files.identity(of: partialPath) != nil { try files.remove(partialPath) }
    } catch {
      throw error.code == EEXIST ? .exists(path: path) : .file(error)
    }
  }

  deinit {
    if !isFinished { try? files.remove(partialPath) }
  }

  /// Gives the finished file its name, durably.
  package mutating func finish() throws(ExportError) {
    do throws(FileError) {
      let file = try files.open(partialPath, .readWrite)
      defer { file.close() }
      try file.sync()
      try files.rename(partialPath, to: path)
      isFinished = true
      try files.syncDirectory(ExportFile.directory(of: path))
    } catch {
      throw .file(error)
    }
  }

  private static func directory(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
