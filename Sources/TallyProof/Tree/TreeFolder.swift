import TallyFormat

/// The files of a tree. What has a name is whole: it is written under another name, and renamed.
struct TreeFolder {
  /// The file with the signed note.
  static let checkpoint = "checkpoint"

  let path: String
  let files: any FileSystem

  /// The whole of a file; `nil`: there is none.
  func read(_ name: String, atMost maximum: Int) throws(TreeError) -> [UInt8]? {
    do throws(FileError) { return try files.contents(of: "\(path)/\(name)", maximum: maximum) } catch {
      throw .file(error)
    }
  }

  /// Those of the tree with so many leaves.
  func tiles(ofTreeOf size: UInt64) -> TileHashes {
    TileHashes(size: size, place: path) { name, most throws(TreeError) in try read(name, atMost: most) }
  }

  /// Gives a file these bytes. Durable when it returns.
  func write(_ elements: [String], _ bytes: [UInt8]) throws(TreeError) {
    do throws(FileError) {
      let folder = try makeFolder(of: elements)
      try files.replace("\(folder)/\(elements.last ?? "")", in: folder, by: "\(path)/writing", with: bytes)
    } catch {
      throw .file(error)
    }
  }

  /// Gives a file these bytes, which ``sync(_:)`` makes durable with others: one by one they cost two syncs each.
  func writeUnsynced(_ elements: [String], _ bytes: [UInt8]) throws(TreeError) {
    do throws(FileError) {
      let folder = try makeFolder(of: elements)
      let file = try files.open("\(path)/writing", .readWriteOrCreate)
      defer { file.close() }
      try file.truncate(to: 0)
      try file.write(bytes, at: 0)
      try files.rename("\(path)/writing", to: "\(folder)/\(elements.last ?? "")")
    } catch {
      throw .file(error)
    }
  }

  /// Makes files durable, and the folders that they are in.
  func sync(_ names: [[String]]) throws(TreeError) {
    do throws(FileError) {
      var folders = Set<String>()
      for elements in names {
        let file = try files.open(path + elements.map { "/\($0)" }.joined(), .read)
        defer { file.close() }
        try file.sync()
        for count in 0..<elements.count { folders.insert(path + elements[..<count].map { "/\($0)" }.joined()) }
      }
      for folder in folders { try files.syncDirectory(folder) }
    } catch {
      throw .file(error)
    }
  }

  private func makeFolder(of elements: [String]) throws(FileError) -> String {
    var folder = path
    for element in elements.dropLast() {
      folder += "/\(element)"
      _ = try files.makeDirectoryUnlessThere(folder)
    }
    return folder
  }

  /// Removes a file, if it is there.
  func remove(_ elements: [String]) throws(TreeError) {
    do throws(FileError) { try files.removeIfThere(path + elements.map { "/\($0)" }.joined()) } catch {
      throw .file(error)
    }
  }

  /// Whether there is such a folder.
  func isThere() throws(TreeError) -> Bool {
    do throws(FileError) { return try files.identity(of: path) != nil } catch { throw .file(error) }
  }

  /// Makes the folder, unless it is there.
  func make() throws(TreeError) {
    do throws(FileError) { _ = try files.makeDirectoryUnlessThere(path) } catch { throw .file(error) }
  }

  /// Lets one process at a time change the files; what is returned is closed to let go.
  ///
  /// - Parameter name: of the file that is locked.
  func lock(_ name: String = "tree-lock", atMost timeout: Duration) throws(TreeError) -> any LogFile {
    let slice = Duration.milliseconds(20)
    var waited = Duration.zero
    do throws(FileError) {
      let file = try files.open("\(path)/\(name)", .readWriteOrCreate)
      while waited < timeout {
        if try file.tryLock() { return file }
        files.pause(for: slice)
        waited += slice
      }
      file.close()
    } catch {
      throw .file(error)
    }
    throw .inUse(path: path)
  }
}
