import Glibc
import TallyFormat

/// The files of a tree. What has a name is whole: it is written under another name, synced, and renamed.
struct TreeFolder {
  let path: String
  let files: any FileSystem

  /// The whole of a file; `nil`: there is none.
  func read(_ name: String, atMost maximum: Int) throws(TreeError) -> [UInt8]? {
    do throws(FileError) { return try files.contents(of: "\(path)/\(name)", maximum: maximum) } catch {
      throw .file(error)
    }
  }

  /// Gives a file these bytes.
  func write(_ elements: [String], _ bytes: [UInt8]) throws(TreeError) {
    do throws(FileError) {
      var folder = path
      for element in elements.dropLast() {
        folder += "/\(element)"
        if try files.identity(of: folder) == nil { try makeFolder(folder) }
      }
      let target = "\(folder)/\(elements.last ?? "")"
      let temporary = "\(path)/writing"
      if try files.identity(of: temporary) != nil { try files.remove(temporary) }
      let file = try files.open(temporary, .create)
      defer { file.close() }
      try file.write(bytes, at: 0)
      try file.sync()
      try files.rename(temporary, to: target)
      try files.syncDirectory(folder)
    } catch {
      throw .file(error)
    }
  }

  /// Removes a file, if it is there.
  func remove(_ elements: [String]) throws(TreeError) {
    let target = path + elements.map { "/\($0)" }.joined()
    do throws(FileError) { if try files.identity(of: target) != nil { try files.remove(target) } } catch {
      throw .file(error)
    }
  }

  /// Makes the folder, unless it is there.
  func make() throws(TreeError) {
    do throws(FileError) { if try files.identity(of: path) == nil { try makeFolder(path) } } catch {
      throw .file(error)
    }
  }

  private func makeFolder(_ folder: String) throws(FileError) {
    do throws(FileError) { try files.makeDirectory(folder) } catch { if error.code != EEXIST { throw error } }
  }

  /// Lets one process at a time grow the tree; what is returned is closed to let go.
  func lock(atMost timeout: Duration) throws(TreeError) -> any LogFile {
    let slice = Duration.milliseconds(20)
    var waited = Duration.zero
    do throws(FileError) {
      let file = try files.open("\(path)/tree-lock", .readWriteOrCreate)
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
