import Glibc
import TallyFormat
import TallyTestSupport

/// A kernel with a disk that can lose power, run full, and fail: the writer, its recovery, its followers and the
/// auditor run on it unchanged.
///
/// One thread at a time; a simulation has one of its own.
final class SimulatedFileSystem: FileSystem, @unchecked Sendable {
  var disk: SimulatedDisk
  /// Decides what a failed sync forgets.
  var random: SplitMix64
  let clock: SimulatedClock
  /// Bytes that all files together may have.
  var capacity = Int.max
  /// Asked before each call.
  var fault: (FileCall) -> Fault? = { _ in nil }
  /// Told of each moment at which a power loss could leave something new: after a change, and before a sync.
  var onMoment: (FileCall) -> Void = { _ in }
  /// What this kernel does wrong without saying so.
  var sabotage = Sabotage.none
  private(set) var isDown = false
  private(set) var faultCount = 0
  private var locks: [Int: ObjectIdentifier] = [:]

  init(_ disk: SimulatedDisk, clock: SimulatedClock, seed: UInt64) {
    self.disk = disk
    self.clock = clock
    random = SplitMix64(seed: seed)
  }

  /// The power is gone: every call fails from now on.
  func cutPower() { isDown = true }

  // MARK: Every call

  /// - Returns: which bytes of a failing write are written, and the error that follows.
  private func begin(_ call: FileCall) throws(FileError) -> (written: [Range<Int>], error: FileError)? {
    if isDown { throw .simulated(call, EIO) }
    if call.isSync { onMoment(call) }
    let fault = fault(call)
    if fault != nil { faultCount += 1 }
    switch fault {
    case nil: return nil
    case .slow(let milliseconds):
      clock.now += milliseconds
      return nil
    case .powerLoss:
      cutPower()
      throw .simulated(call, EIO)
    case .failure(let code, let written):
      let error = FileError.simulated(call, code)
      if call.kind == .write { return ([0..<min(written, call.count)], error) }
      throw error
    case .scattering(let code):
      let error = FileError.simulated(call, code)
      guard call.kind == .write else { throw error }
      let sectors = stride(from: 0, to: call.count, by: SimulatedContent.sectorBytes).map {
        $0..<min($0 + SimulatedContent.sectorBytes, call.count)
      }
      return (sectors.filter { _ in random.one(in: 2) }, error)
    }
  }

  private func end(_ call: FileCall) { if call.changesDisk { onMoment(call) } }

  private func file(_ path: SimulatedPath, _ call: FileCall) throws(FileError) -> Int {
    guard case .file(let number) = disk.node(path) else { throw .simulated(call, ENOENT) }
    return number
  }

  // MARK: FileSystem

  func open(_ path: String, _ mode: FileMode) throws(FileError) -> any LogFile {
    let place = SimulatedPath(path)
    let existing = disk.node(place)
    let creates = existing == nil && (mode == .create || mode == .readWriteOrCreate)
    let call = FileCall(kind: creates ? .create : .open, path: path)
    _ = try begin(call)
    if existing != nil && mode == .create { throw .simulated(call, EEXIST) }
    if existing == .directory { throw .simulated(call, EISDIR) }
    if existing == nil && !creates { throw .simulated(call, ENOENT) }
    guard disk.directories[place.directory] != nil else { throw .simulated(call, ENOENT) }
    let number = creates ? disk.makeFile(place) : try file(place, call)
    end(call)
    return SimulatedFile(self, number, path, isWritable: mode != .read)
  }

  func list(_ directory: String) throws(FileError) -> [String] {
    let call = FileCall(kind: .list, path: directory)
    _ = try begin(call)
    guard let names = disk.names(in: SimulatedPath(directory).text) else { throw .simulated(call, ENOENT) }
    return names
  }

  func makeDirectory(_ path: String) throws(FileError) {
    let call = FileCall(kind: .makeDirectory, path: path)
    let place = SimulatedPath(path)
    _ = try begin(call)
    if disk.node(place) != nil { throw .simulated(call, EEXIST) }
    guard disk.directories[place.directory] != nil else { throw .simulated(call, ENOENT) }
    disk.makeDirectory(place)
    end(call)
  }

  func rename(_ old: String, to new: String) throws(FileError) {
    let call = FileCall(kind: .rename, path: new)
    _ = try begin(call)
    let number = try file(SimulatedPath(old), call)
    disk.set(SimulatedPath(new), to: .file(number))
    disk.set(SimulatedPath(old), to: nil)
    end(call)
  }

  func link(_ old: String, to new: String) throws(FileError) {
    let call = FileCall(kind: .link, path: new)
    _ = try begin(call)
    let number = try file(SimulatedPath(old), call)
    if disk.node(SimulatedPath(new)) != nil { throw .simulated(call, EEXIST) }
    disk.set(SimulatedPath(new), to: .file(number))
    end(call)
  }

  func remove(_ path: String) throws(FileError) {
    let call = FileCall(kind: .remove, path: path)
    _ = try begin(call)
    _ = try file(SimulatedPath(path), call)
    disk.set(SimulatedPath(path), to: nil)
    end(call)
  }

  func syncDirectory(_ path: String) throws(FileError) {
    let call = FileCall(kind: .syncDirectory, path: path)
    _ = try begin(call)
    let directory = SimulatedPath(path).text
    guard disk.directories[directory] != nil else { throw .simulated(call, ENOENT) }
    if sabotage != .dropsDirectorySyncs { disk.syncDirectory(directory) }
  }

  func identity(of path: String) throws(FileError) -> FileIdentity? {
    let call = FileCall(kind: .look, path: path)
    _ = try begin(call)
    switch disk.node(SimulatedPath(path)) {
    case nil: return nil
    case .directory: return FileIdentity(device: 1, inode: 0)
    case .file(let number): return FileIdentity(device: 1, inode: UInt64(number) + 1)
    }
  }

  func networkFileSystemName(of path: String) throws(FileError) -> String? { nil }

  // MARK: Open files

  fileprivate func size(_ number: Int) -> Int { disk.files[number].cache.count }

  fileprivate func read(
    _ number: Int, into buffer: UnsafeMutableRawBufferPointer, at offset: Int, path: String
  ) throws(FileError) -> Int {
    _ = try begin(FileCall(kind: .read, path: path))
    return disk.files[number].cache.withUnsafeBytes { bytes in
      guard offset < bytes.count else { return 0 }
      let count = min(buffer.count, bytes.count - offset)
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)]))
      return count
    }
  }

  fileprivate func write(
    _ bytes: UnsafeRawBufferPointer, _ number: Int, at offset: Int, path: String
  ) throws(FileError) {
    let call = FileCall(kind: .write, path: path, count: bytes.count)
    if let failure = try begin(call) {
      for range in failure.written {
        disk.files[number].write(UnsafeRawBufferPointer(rebasing: bytes[range]), at: offset + range.lowerBound)
      }
      disk.halfWritten.insert(path)
      end(call)
      throw failure.error
    }
    let room = capacity == .max ? bytes.count : max(0, capacity - usedBytes + size(number) - offset)
    disk.files[number].write(UnsafeRawBufferPointer(rebasing: bytes.prefix(room)), at: offset)
    end(call)
    if room < bytes.count {
      faultCount += 1
      throw .simulated(call, ENOSPC)
    }
  }

  private var usedBytes: Int { disk.files.reduce(0) { $0 + $1.cache.count } }

  fileprivate func sync(_ number: Int, path: String) throws(FileError) {
    do throws(FileError) {
      _ = try begin(FileCall(kind: .sync, path: path))
    } catch {
      if !isDown {
        disk.files[number].failSync(&random)
        disk.generation += 1
      }
      throw error
    }
    if sabotage != .dropsSyncs || random.one(in: 2) { disk.sync(number) }
  }

  fileprivate func truncate(_ number: Int, to size: Int, path: String) throws(FileError) {
    let call = FileCall(kind: .truncate, path: path)
    _ = try begin(call)
    disk.files[number].truncate(to: size)
    end(call)
  }

  fileprivate func tryLock(_ number: Int, by file: SimulatedFile) throws(FileError) -> Bool {
    _ = try begin(FileCall(kind: .lock, path: file.path))
    if let holder = locks[number] { return holder == ObjectIdentifier(file) }
    locks[number] = ObjectIdentifier(file)
    return true
  }

  fileprivate func unlock(_ number: Int, by file: SimulatedFile) {
    if locks[number] == ObjectIdentifier(file) { locks[number] = nil }
  }
}

/// An open file of a simulated process.
private final class SimulatedFile: LogFile, @unchecked Sendable {
  private let system: SimulatedFileSystem
  private let number: Int
  fileprivate let path: String
  private let isWritable: Bool

  init(_ system: SimulatedFileSystem, _ number: Int, _ path: String, isWritable: Bool) {
    self.system = system
    self.number = number
    self.path = path
    self.isWritable = isWritable
  }
  deinit { close() }

  func size() throws(FileError) -> Int { system.size(number) }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int {
    try system.read(number, into: buffer, at: offset, path: path)
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
    guard isWritable else { throw .simulated(FileCall(kind: .write, path: path), EBADF) }
    try system.write(bytes, number, at: offset, path: path)
  }

  func sync() throws(FileError) { try system.sync(number, path: path) }

  func truncate(to size: Int) throws(FileError) {
    guard isWritable else { throw .simulated(FileCall(kind: .truncate, path: path), EBADF) }
    try system.truncate(number, to: size, path: path)
  }

  func tryLock() throws(FileError) -> Bool { try system.tryLock(number, by: self) }
  func identity() throws(FileError) -> FileIdentity { FileIdentity(device: 1, inode: UInt64(number) + 1) }
  func close() { system.unlock(number, by: self) }
}
