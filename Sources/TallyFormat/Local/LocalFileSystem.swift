import CKernel
import Glibc
import TallyThreads

/// The kernel's files.
public struct LocalFileSystem: FileSystem {
  /// The same for everybody: it keeps nothing.
  public init() {}

  public func open(_ path: String, _ mode: FileMode) throws(FileError) -> any LogFile {
    let flags: Int32 =
      switch mode {
      case .read: O_RDONLY
      case .readWrite: O_RDWR
      case .create: O_RDWR | O_CREAT | O_EXCL
      case .readWriteOrCreate: O_RDWR | O_CREAT
      }
    let descriptor = aboveStandardStreams(retrying { Glibc.open(path, flags | O_CLOEXEC, 0o644) })
    guard descriptor >= 0 else { throw failure(mode == .create ? "create" : "open", path) }
    return LocalFile(descriptor: descriptor, path: path)
  }

  public func list(_ directory: String) throws(FileError) -> [String] {
    guard let stream = opendir(directory) else { throw failure("list", directory) }
    defer { closedir(stream) }
    var names = [String]()
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { throw failure("list", directory) }
        return names.sorted()
      }
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
  }

  public func makeDirectory(_ path: String) throws(FileError) {
    guard mkdir(path, 0o755) == 0 else { throw failure("make the directory", path) }
  }

  public func rename(_ old: String, to new: String) throws(FileError) {
    guard Glibc.rename(old, new) == 0 else { throw failure("rename \(old) to", new) }
  }

  public func remove(_ path: String) throws(FileError) {
    guard unlink(path) == 0 else { throw failure("remove", path) }
  }

  public func syncDirectory(_ path: String) throws(FileError) {
    let descriptor = retrying { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw failure("open", path) }
    defer { Glibc.close(descriptor) }
    guard retrying({ fsync(descriptor) }) == 0 else { throw failure("sync the directory", path) }
  }

  public func identity(of path: String) throws(FileError) -> FileIdentity? {
    var status = stat()
    if stat(path, &status) != 0 {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw failure("look at", path)
    }
    return FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
  }

  public func watch(_ directory: String) -> (any DirectoryWatch)? { InotifyWatch(directory) }

  public func networkFileSystemName(of path: String) throws(FileError) -> String? {
    var status = statfs()
    guard statfs(path, &status) == 0 else { throw failure("look at the file system of", path) }
    return switch UInt32(truncatingIfNeeded: status.f_type) {
    case 0x6969: "NFS"
    case 0x517B, 0xFE53_4D42, 0xFF53_4D42: "SMB"
    case 0x0102_1997: "9P"
    case 0x5346_414F, 0x6B41_4653: "AFS"
    case 0x7375_7245: "Coda"
    case 0x00C3_6400: "Ceph"
    case 0x0BD0_0BD0: "Lustre"
    case 0x4750_4653: "GPFS"
    default: nil
    }
  }
}

/// A file descriptor and its path (for messages).
final class LocalFile: LogFile {
  private let descriptor: Int32
  private let path: String
  private let isClosed = SharedFlag()
  private let isLocked = SharedFlag()

  init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }
  deinit { close() }

  func size() throws(FileError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("look at", path) }
    return Int(status.st_size)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int {
    var done = 0
    while done < buffer.count {
      let count = retrying { pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done)) }
      if count < 0 { throw failure("read", path) }
      if count == 0 { break }
      done += count
    }
    return done
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let count = retrying { pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done)) }
      if count < 0 { throw failure("write", path) }
      if count == 0 {
        errno = EIO
        throw failure("write", path)
      }
      done += count
    }
  }

  func sync() throws(FileError) {
    guard retrying({ fdatasync(descriptor) }) == 0 else { throw failure("sync", path) }
  }

  func truncate(to size: Int) throws(FileError) {
    guard retrying({ ftruncate(descriptor, off_t(size)) }) == 0 else { throw failure("truncate", path) }
  }

  func tryLock() throws(FileError) -> Bool {
    if retrying({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 {
      isLocked.set()
      return true
    }
    if errno == EWOULDBLOCK { return false }
    throw failure("lock", path)
  }

  func identity() throws(FileError) -> FileIdentity {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("look at", path) }
    return FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
  }

  func close() {
    guard isClosed.set() else { return }
    // A program that another thread is starting has the descriptor, too, until its exec, and with it the lock.
    if isLocked.isSet { _ = retrying { flock(descriptor, LOCK_UN) } }
    Glibc.close(descriptor)
  }
}

private func retrying<T: SignedInteger>(_ call: () -> T) -> T {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}

/// A program started with standard output or error closed would be given their numbers for the log's files, and write
/// its messages over the log: files get other numbers. -1 with `errno` if the system has none left.
private func aboveStandardStreams(_ descriptor: Int32) -> Int32 {
  guard (0...2).contains(descriptor) else { return descriptor }
  let moved = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
  let code = errno
  Glibc.close(descriptor)
  errno = code
  return moved
}

private func failure(_ operation: String, _ path: String) -> FileError {
  let code = errno
  return FileError(operation: operation, path: path, code: code, reason: String(cString: strerror(code)))
}
