import Glibc

/// The only way to the disk: everything above works on any implementation, so that a simulator can stand in for the
/// kernel. Called once a frame, never once an event, so a dynamic call costs nothing that shows.
public protocol FileSystem: Sendable {
  /// Opens a file.
  func open(_ path: String, _ mode: FileMode) throws(FileError) -> any LogFile
  /// Names in a directory, sorted; without `.` and `..`.
  func list(_ directory: String) throws(FileError) -> [String]
  /// Makes one directory; its parent exists.
  func makeDirectory(_ path: String) throws(FileError)
  /// Replaces `new` atomically if it exists.
  func rename(_ old: String, to new: String) throws(FileError)
  /// Gives the file a second name, which must not exist.
  func link(_ old: String, to new: String) throws(FileError)
  /// Removes a file.
  func remove(_ path: String) throws(FileError)
  /// Makes creations, renames and removals in the directory durable.
  func syncDirectory(_ path: String) throws(FileError)
  /// Which file the path names now; `nil` if none.
  func identity(of path: String) throws(FileError) -> FileIdentity?
  /// The name of the network file system that holds `path`, where locks cannot be trusted; `nil` on a local one.
  func networkFileSystemName(of path: String) throws(FileError) -> String?
  /// A watch over the files of a directory; `nil`: this file system cannot tell of changes. Default: it cannot.
  func watch(_ directory: String) -> (any DirectoryWatch)?
  /// Lets time pass. Default: the thread sleeps.
  func pause(for duration: Duration)
}

/// How a file is opened.
public enum FileMode: Sendable {
  /// For reading; fails if it does not exist.
  case read
  /// For reading and writing; fails if it does not exist.
  case readWrite
  /// For reading and writing; fails if it exists.
  case create
  /// For reading and writing; made if it does not exist.
  case readWriteOrCreate
}

/// Device and inode: tells whether a path still names the file that was opened.
public struct FileIdentity: Hashable, Sendable {
  /// The file system's number.
  public var device: UInt64
  /// The file's number in it.
  public var inode: UInt64
  /// - Parameters:
  ///   - device: the file system's number.
  ///   - inode: the file's number in it.
  public init(device: UInt64, inode: UInt64) {
    self.device = device
    self.inode = inode
  }
}

/// An open file. Closed by `close` or when released.
public protocol LogFile: AnyObject, Sendable {
  /// Bytes.
  func size() throws(FileError) -> Int
  /// Reads up to `buffer.count` bytes at `offset`; fewer only at the end of the file.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int
  /// Writes all of `bytes`, or throws; after an error any part of it may have been written.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError)
  /// Returns when data (and the size) are on stable storage. Works on files opened for reading, too.
  func sync() throws(FileError)
  /// Cuts the file, or makes it longer with zeros, to so many bytes.
  func truncate(to size: Int) throws(FileError)
  /// Takes the exclusive lock; false if another open file holds it.
  func tryLock() throws(FileError) -> Bool
  /// Which file it is, whatever its path names now.
  func identity() throws(FileError) -> FileIdentity
  /// Lets go of the file and its lock. A second call does nothing.
  func close()
}

/// A failed operation on a file.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was tried, as a verb: `open`, `sync`.
  public var operation: String
  /// The file or directory.
  public var path: String
  /// The system's error number.
  public var code: Int32
  /// The system's words for it.
  public var reason: String

  /// - Parameters:
  ///   - operation: what was tried, as a verb.
  ///   - path: the file or directory.
  ///   - code: the system's error number.
  ///   - reason: the system's words for it.
  public init(operation: String, path: String, code: Int32, reason: String) {
    self.operation = operation
    self.path = path
    self.code = code
    self.reason = reason
  }
  /// The file system, or the user's share of it, has no room left.
  public var isOutOfSpace: Bool { code == ENOSPC || code == EDQUOT }
  public var description: String { "cannot \(operation) \(path): \(reason)" }
}

extension LogFile {
  /// Reads exactly `count` bytes, or fewer at the end of the file.
  public func bytes(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
    var failure: FileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(FileError) {
        initialized = try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// As the requirement, from an array.
  public func write(_ bytes: [UInt8], at offset: Int) throws(FileError) {
    let result: Result<Void, FileError> = bytes.withUnsafeBytes { raw in
      do throws(FileError) {
        return .success(try write(raw, at: offset))
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }
}

extension FileSystem {
  /// The whole of a small file; `nil` if it does not exist.
  ///
  /// - Parameters:
  ///   - path: the file's.
  ///   - maximum: bytes; a larger file is read up to one byte beyond, so that callers see it is too large.
  public func contents(of path: String, maximum: Int) throws(FileError) -> [UInt8]? {
    guard try identity(of: path) != nil else { return nil }
    let file = try open(path, .read)
    defer { file.close() }
    return try file.bytes(at: 0, count: min(try file.size(), maximum + 1))
  }
}
