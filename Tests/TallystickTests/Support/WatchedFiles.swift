import TallyFormat

/// The kernel's files, and what another process does at a chosen moment.
struct WatchedFiles: FileSystem {
  private let files = LocalFileSystem()
  /// Told the new name of a file that was renamed or linked.
  var renamed: @Sendable (String) throws(FileError) -> Void = { _ in }
  /// Told the directory that was listed, and the names.
  var listed: @Sendable (String, [String]) throws(FileError) -> Void = { _, _ in }

  func open(_ path: String, _ mode: FileMode) throws(FileError) -> any LogFile { try files.open(path, mode) }
  func list(_ directory: String) throws(FileError) -> [String] {
    let names = try files.list(directory)
    try listed(directory, names)
    return names
  }
  func makeDirectory(_ path: String) throws(FileError) { try files.makeDirectory(path) }
  func rename(_ old: String, to new: String) throws(FileError) {
    try files.rename(old, to: new)
    try renamed(new)
  }
  func link(_ old: String, to new: String) throws(FileError) {
    try files.link(old, to: new)
    try renamed(new)
  }
  func remove(_ path: String) throws(FileError) { try files.remove(path) }
  func syncDirectory(_ path: String) throws(FileError) { try files.syncDirectory(path) }
  func identity(of path: String) throws(FileError) -> FileIdentity? { try files.identity(of: path) }
  func networkFileSystemName(of path: String) throws(FileError) -> String? {
    try files.networkFileSystemName(of: path)
  }
}
