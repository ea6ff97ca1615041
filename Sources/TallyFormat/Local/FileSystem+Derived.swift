import Glibc

extension FileSystem {
  /// The bytes of a file that must be there, and one beyond `maximum` at most.
  ///
  /// - Parameters:
  ///   - path: the file's.
  ///   - maximum: bytes.
  ///   - operation: what is being done, as a verb, for the message where it is not there.
  ///   - advice: what to do then; empty: nothing.
  package func contents(
    ofExisting path: String, maximum: Int, to operation: String, advice: String = ""
  ) throws(FileError) -> [UInt8] {
    guard let bytes = try contents(of: path, maximum: maximum) else {
      throw FileError(operation: operation, path: path, code: ENOENT, reason: "there is no such file\(advice)")
    }
    return bytes
  }
}

/// Several processes keep the same derived files: what one wants done may just have been done by another.
extension FileSystem {
  /// - Returns: false if it was there.
  package func makeDirectoryUnlessThere(_ path: String) throws(FileError) -> Bool {
    do throws(FileError) {
      try makeDirectory(path)
      return true
    } catch {
      guard try identity(of: path) != nil else { throw error }
      return false
    }
  }

  package func removeIfThere(_ path: String) throws(FileError) {
    do throws(FileError) { try remove(path) } catch {
      guard try identity(of: path) == nil else { throw error }
    }
  }

  /// Gives a small file these bytes: under its name stands what was there, or all of the new, whenever the power fails.
  /// Three syncs at most.
  ///
  /// - Parameters:
  ///   - path: the file's.
  ///   - folder: the directory that holds it.
  ///   - temporary: where it is written first, in the same file system; what is there is overwritten. One process at a time.
  package func replace(
    _ path: String, in folder: String, by temporary: String, with bytes: [UInt8]
  ) throws(FileError) {
    let file = try open(temporary, .readWriteOrCreate)
    defer { file.close() }
    try file.truncate(to: 0)
    try file.write(bytes, at: 0)
    try file.sync()
    try rename(temporary, to: path)
    try syncDirectory(folder)
  }
}
