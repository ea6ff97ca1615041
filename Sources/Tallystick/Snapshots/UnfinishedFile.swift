import Glibc

/// A derived file that gets its name only when it is whole and synced; one process at a time makes it.
enum UnfinishedFile {
  /// Makes `temporary`, has `body` fill it, and renames it to `path`.
  ///
  /// What is left when that fails is removed: a full disk must not stay full of it.
  /// - Throws: a ``FileError`` with the code `EBUSY` if another process is at it.
  static func make(
    _ path: String, by temporary: String, in folder: String, files: any FileSystem,
    _ body: (any LogFile) throws(FileError) -> Void
  ) throws(FileError) {
    let file = try files.open(temporary, .readWriteOrCreate)
    defer { file.close() }
    // Whoever made it may have given it its name between our opening and locking it.
    guard try file.tryLock(), try files.identity(of: temporary) == (try file.identity()) else {
      throw FileError(
        operation: "make", path: path, code: EBUSY, reason: "another process is making one right now; try again later")
    }
    do throws(FileError) {
      try file.truncate(to: 0)
      try body(file)
      try file.sync()
      try files.rename(temporary, to: path)
    } catch {
      try? files.remove(temporary)
      throw error
    }
    try files.syncDirectory(folder)
  }
}

/// Several processes keep the same derived files: what one wants done may just have been done by another.
extension FileSystem {
  /// - Returns: false if it was there.
  func makeDirectoryUnlessThere(_ path: String) throws(FileError) -> Bool {
    do throws(FileError) {
      try makeDirectory(path)
      return true
    } catch {
      guard try identity(of: path) != nil else { throw error }
      return false
    }
  }

  func removeIfThere(_ path: String) throws(FileError) {
    do throws(FileError) { try remove(path) } catch {
      guard try identity(of: path) == nil else { throw error }
    }
  }
}
