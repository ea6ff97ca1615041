import Glibc
import TallyThreads

@testable import Tallystick

/// The kernel's files behind a gate: while it is shut, syncs wait; and syncs can be made to fail.
struct GatedFiles: FileSystem {
  let gate = Gate()
  private let files = LocalFileSystem()

  func open(_ path: String, _ mode: FileMode) throws(FileError) -> any LogFile {
    GatedFile(file: try files.open(path, mode), path: path, gate: gate)
  }
  func list(_ directory: String) throws(FileError) -> [String] { try files.list(directory) }
  func makeDirectory(_ path: String) throws(FileError) { try files.makeDirectory(path) }
  func rename(_ old: String, to new: String) throws(FileError) { try files.rename(old, to: new) }
  func link(_ old: String, to new: String) throws(FileError) { try files.link(old, to: new) }
  func remove(_ path: String) throws(FileError) { try files.remove(path) }
  func syncDirectory(_ path: String) throws(FileError) { try files.syncDirectory(path) }
  func identity(of path: String) throws(FileError) -> FileIdentity? { try files.identity(of: path) }
  func networkFileSystemName(of path: String) throws(FileError) -> String? {
    try files.networkFileSystemName(of: path)
  }
}

/// Where syncs pass.
final class Gate: Sendable {
  private struct Position {
    var isShut = false
    var waiting = 0
    var failure: Int32?
  }
  private let position = Monitor(Position())

  func shut() { position.access { $0.isShut = true } }
  /// Lets all pass that wait.
  ///
  /// - Parameter code: the error number that they, and all after them, fail with.
  func open(failingWith code: Int32? = nil) {
    position.signal {
      $0.isShut = false
      $0.failure = code
    }
  }
  /// Blocks until a sync waits at the gate.
  func waitUntilReached() { _ = position.wait { $0.waiting > 0 ? true : nil } }

  fileprivate func pass(_ path: String) throws(FileError) {
    position.signal { $0.waiting += 1 }
    let code = position.wait { $0.isShut ? nil : .some($0.failure) } ?? nil
    position.access { $0.waiting -= 1 }
    if let code {
      throw FileError(operation: "sync", path: path, code: code, reason: String(cString: strerror(code)))
    }
  }
}

private final class GatedFile: LogFile {
  private let file: any LogFile
  private let path: String
  private let gate: Gate

  init(file: any LogFile, path: String, gate: Gate) {
    self.file = file
    self.path = path
    self.gate = gate
  }

  func size() throws(FileError) -> Int { try file.size() }
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int {
    try file.read(into: buffer, at: offset)
  }
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) { try file.write(bytes, at: offset) }
  func sync() throws(FileError) {
    try gate.pass(path)
    try file.sync()
  }
  func truncate(to size: Int) throws(FileError) { try file.truncate(to: size) }
  func tryLock() throws(FileError) -> Bool { try file.tryLock() }
  func identity() throws(FileError) -> FileIdentity { try file.identity() }
  func close() { file.close() }
}
