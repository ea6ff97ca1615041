import Glibc

/// A derived file that gets its name only when it is whole and synced; one process at a time makes it.
enum UnfinishedFile {
  /// Makes `temporary`, has `body` fill it, and renames it to `path`.
  ///
  /// What is left when that fails is removed: a full disk must not stay full of it.
  /// - Returns: the file, open: who keeps it can read it although another process removes it, as one does that has merged
  ///   it into another.
  /// - Throws: a ``FileError`` with the code `EBUSY` if another process is at it.
  static func make(
    _ path: String, by temporary: String, in folder: String, files: any FileSystem,
    _ body: (any LogFile) throws(FileError) -> Void
  ) throws(FileError) -> any LogFile {
    var file = try open(temporary, for: path, files)
    do throws(FileError) {
      if try file.size() > 0 {
        // Left by a crash. It may have its name already, too: a power loss can leave a renamed file both. Filling it again
        // would then change the finished one.
        try files.remove(temporary)
        file.close()
        file = try open(temporary, for: path, files)
      }
      do throws(FileError) {
        try body(file)
        try file.sync()
        try files.rename(temporary, to: path)
      } catch {
        try? files.remove(temporary)
        throw error
      }
      try files.syncDirectory(folder)
      return file
    } catch {
      file.close()
      throw error
    }
  }

  /// Removes unfinished files that nobody is at: what a crash has left.
  static func removeLeftOvers(in folder: String, _ files: any FileSystem) throws(FileError) {
    guard try files.identity(of: folder) != nil else { return }
    for name in try files.list(folder) where name.hasPrefix("next-") {
      let path = folder + "/" + name
      guard let file = try? files.open(path, .readWrite) else { continue }
      defer { file.close() }
      guard try file.tryLock(), try files.identity(of: path) == (try file.identity()) else { continue }
      try files.removeIfThere(path)
    }
  }

  private static func open(
    _ temporary: String, for path: String, _ files: any FileSystem
  ) throws(FileError) -> any LogFile {
    let file = try files.open(temporary, .readWriteOrCreate)
    do throws(FileError) {
      // Whoever made it may have given it its name between our opening and locking it.
      if try file.tryLock(), try files.identity(of: temporary) == (try file.identity()) { return file }
    } catch {
      file.close()
      throw error
    }
    file.close()
    throw FileError(
      operation: "make", path: path, code: EBUSY, reason: "another process is making one right now; try again later")
  }
}
