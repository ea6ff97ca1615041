import TallyFormat

/// Files in memory, so that a fuzzer can read a hostile log ten thousand times a second. One thread at a time.
final class MemoryFiles: FileSystem, @unchecked Sendable {
  private var contents: [String: MemoryFile] = [:]
  private var directories: Set<String> = []
  private var inodes: UInt64 = 0

  init() {}

  /// A copy that changes on its own.
  func copy() -> MemoryFiles {
    let copy = MemoryFiles()
    copy.directories = directories
    for (path, file) in contents { copy.put(path, file.bytes) }
    return copy
  }

  func put(_ path: String, _ bytes: [UInt8]) {
    inodes += 1
    contents[path] = MemoryFile(bytes, inode: inodes)
    directories.insert(MemoryFiles.parent(path))
  }

  func bytes(of path: String) -> [UInt8]? { contents[path]?.bytes }
  func removeAll(under directory: String) { contents = contents.filter { !$0.key.hasPrefix(directory + "/") } }

  private static func parent(_ path: String) -> String {
    path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
  }
  private func failure(_ operation: String, _ path: String, _ code: Int32) -> FileError {
    FileError(operation: operation, path: path, code: code, reason: "error \(code)")
  }

  func open(_ path: String, _ mode: FileMode) throws(FileError) -> any LogFile {
    if let file = contents[path] {
      if mode == .create { throw failure("create", path, 17) }
      return file
    }
    if mode == .read || mode == .readWrite { throw failure("open", path, 2) }
    put(path, [])
    return try open(path, .readWrite)
  }
  func list(_ directory: String) throws(FileError) -> [String] {
    guard directories.contains(directory) else { throw failure("list", directory, 2) }
    return contents.keys.filter { MemoryFiles.parent($0) == directory }.map {
      String($0.dropFirst(directory.count + 1))
    }
    .sorted()
  }
  func makeDirectory(_ path: String) throws(FileError) { directories.insert(path) }
  func rename(_ old: String, to new: String) throws(FileError) {
    guard let file = contents.removeValue(forKey: old) else { throw failure("rename", old, 2) }
    contents[new] = file
  }
  func link(_ old: String, to new: String) throws(FileError) {
    guard let file = contents[old] else { throw failure("link", old, 2) }
    if contents[new] != nil { throw failure("link", new, 17) }
    contents[new] = file
  }
  func remove(_ path: String) throws(FileError) { contents[path] = nil }
  func syncDirectory(_ path: String) throws(FileError) {}
  func identity(of path: String) throws(FileError) -> FileIdentity? {
    if let file = contents[path] { return try file.identity() }
    return directories.contains(path) || contents.keys.contains { $0.hasPrefix(path + "/") }
      ? FileIdentity(device: 1, inode: 0) : nil
  }
  func networkFileSystemName(of path: String) throws(FileError) -> String? { nil }
}

private final class MemoryFile: LogFile, @unchecked Sendable {
  var bytes: [UInt8]
  private let inode: UInt64

  init(_ bytes: [UInt8], inode: UInt64) {
    self.bytes = bytes
    self.inode = inode
  }
  func size() throws(FileError) -> Int { bytes.count }
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int {
    guard offset >= 0, offset < bytes.count else { return 0 }
    let count = min(buffer.count, bytes.count - offset)
    bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + count)])) }
    return count
  }
  func write(_ new: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
    if bytes.count < offset + new.count {
      bytes.append(contentsOf: repeatElement(0, count: offset + new.count - bytes.count))
    }
    bytes.replaceSubrange(offset..<(offset + new.count), with: new)
  }
  func sync() throws(FileError) {}
  func truncate(to size: Int) throws(FileError) {
    if size < bytes.count { bytes.removeSubrange(size...) }
    if size > bytes.count { bytes.append(contentsOf: repeatElement(0, count: size - bytes.count)) }
  }
  func tryLock() throws(FileError) -> Bool { true }
  func identity() throws(FileError) -> FileIdentity { FileIdentity(device: 1, inode: inode) }
  func close() {}
}
