import Glibc
import Synchronization
import Tallystick

/// The files of a log as they would become: what is written goes into a directory of its own and is gone afterwards,
/// and the log's own files are only read.
///
/// So a dry run is the real thing, to the last answer, on top of a log that nobody touches. What is changed is copied
/// first: of a log, its last segment and some small files.
public final class DryRunFiles: FileSystem {
  private enum Place {
    case copied(String)
    case removed
  }
  private struct Changes {
    var places: [String: Place] = [:]
    var directories: Set<String> = []
    var count = 0
  }

  private let files = LocalFileSystem()
  private let scratch: String
  private let changes = Mutex(Changes())

  /// - Parameter scratch: an empty directory, in which the copies are; ``removeCopies()`` empties it again.
  public init(scratch: String) { self.scratch = scratch }

  /// Deletes all that was written.
  public func removeCopies() {
    for name in (try? files.list(scratch)) ?? [] { try? files.remove("\(scratch)/\(name)") }
  }

  public func open(_ path: String, _ mode: FileMode) throws(FileError) -> any LogFile {
    switch mode {
    case .read: return try files.open(place(path), .read)
    case .create:
      if try identity(of: path) != nil { return try files.open(place(path), .create) }
      return try files.open(newPlace(of: path), .create)
    case .readWrite, .readWriteOrCreate:
      if try identity(of: path) == nil {
        guard mode == .readWriteOrCreate else { return try files.open(path + " (removed)", .readWrite) }
        return try files.open(newPlace(of: path), .create)
      }
      return try files.open(copy(path), .readWrite)
    }
  }

  public func list(_ directory: String) throws(FileError) -> [String] {
    let isNew = changes.withLock { $0.directories.contains(directory) }
    var names = isNew ? [] : Set(try files.list(directory))
    let prefix = directory.hasSuffix("/") ? directory : directory + "/"
    changes.withLock { changes in
      for (path, place) in changes.places where path.hasPrefix(prefix) {
        let name = String(path.dropFirst(prefix.count))
        if name.contains("/") { continue }
        switch place {
        case .copied: names.insert(name)
        case .removed: names.remove(name)
        }
      }
      for path in changes.directories where path.hasPrefix(prefix) && !path.dropFirst(prefix.count).contains("/") {
        names.insert(String(path.dropFirst(prefix.count)))
      }
    }
    return names.sorted()
  }

  public func makeDirectory(_ path: String) throws(FileError) {
    if try files.identity(of: path) == nil {
      _ = changes.withLock { $0.directories.insert(path) }
    }
  }

  public func rename(_ old: String, to new: String) throws(FileError) {
    let copied = try copy(old)
    changes.withLock { changes in
      changes.places[new] = .copied(copied)
      changes.places[old] = .removed
    }
  }

  public func link(_ old: String, to new: String) throws(FileError) {
    guard try identity(of: new) == nil else {
      throw FileError(operation: "link \(old) to", path: new, code: EEXIST, reason: "it exists")
    }
    let copied = try copy(old)
    changes.withLock { $0.places[new] = .copied(copied) }
  }

  public func remove(_ path: String) throws(FileError) {
    changes.withLock { $0.places[path] = .removed }
  }

  public func syncDirectory(_ path: String) throws(FileError) {}

  public func identity(of path: String) throws(FileError) -> FileIdentity? {
    let place = changes.withLock { $0.places[path] }
    switch place {
    case .removed?: return nil
    case .copied(let copied)?: return try files.identity(of: copied)
    case nil:
      return changes.withLock { $0.directories.contains(path) }
        ? FileIdentity(device: 0, inode: 0) : try files.identity(of: path)
    }
  }

  public func networkFileSystemName(of path: String) throws(FileError) -> String? { nil }
  public func watch(_ directory: String) -> (any DirectoryWatch)? { nil }
  public func pause(for duration: Duration) { files.pause(for: duration) }

  /// Where a path's content is.
  private func place(_ path: String) -> String {
    switch changes.withLock({ $0.places[path] }) {
    case .copied(let copied)?: copied
    case .removed?: path + " (removed)"
    case nil: path
    }
  }

  private func newPlace(of path: String) -> String {
    changes.withLock { changes in
      changes.count += 1
      let place = "\(scratch)/\(changes.count)"
      changes.places[path] = .copied(place)
      return place
    }
  }

  /// Where a file can be changed; copies it first if it is the log's own.
  private func copy(_ path: String) throws(FileError) -> String {
    if case .copied(let copied)? = changes.withLock({ $0.places[path] }) { return copied }
    let source = try files.open(place(path), .read)
    defer { source.close() }
    let copied = newPlace(of: path)
    let target = try files.open(copied, .create)
    defer { target.close() }
    var offset = 0
    while true {
      let bytes = try source.bytes(at: offset, count: 1 << 20)
      if bytes.isEmpty { return copied }
      try target.write(bytes, at: offset)
      offset += bytes.count
    }
  }
}
