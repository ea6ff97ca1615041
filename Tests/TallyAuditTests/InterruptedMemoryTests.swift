import Glibc
import TallyFormat
import TallyTestSupport
import TallyThreads
import Testing

@testable import TallyAudit
@testable import Tallystick

@Suite("An audit that is interrupted while it writes down what it proved")
struct InterruptedMemoryTests {
  private let directory = TemporaryDirectory()
  private var memory: String { directory.path + "/memory" }

  private func audit(_ log: ForgedLog, _ files: any FileSystem = LocalFileSystem()) throws -> AuditReport {
    var options = AuditOptions()
    options.memory = try AuditMemory(memory, files: files)
    return try Auditor(LogDirectory(log.path), options: options).run()
  }

  @Test("leaves what was remembered before, wherever it stops, and speaks of no file that is not durable")
  func stops() throws {
    let log = try ForgedLog()
    log.stock()
    log.receive([(0, 1_000_000)])
    try log.frame()
    // Enough that the last night writes files of names together.
    for night in 0..<8 {
      for number in 0..<600 { log.reserve(Name("order-\(night)-\(number)"), [(0, 1)]) }
      try log.frame()
      if night < 7 { #expect(try audit(log).verdict == .proven) }
    }
    let before = try AuditMemory(memory).lastSequence
    var changes = 0
    while true {
      let files = StoppingFiles(after: changes)
      let report = try? audit(log, files)
      #expect(files.flaws.isEmpty, "\(files.flaws), stopped after \(changes) changes")
      if report?.verdict == .proven { break }
      // The files are gone after the text is in its place, or not yet.
      let kept = try AuditMemory(memory).lastSequence
      #expect(kept == before || kept == log.events.nextSequence - 1, "stopped after \(changes) changes")
      if kept != before { break }
      changes += 1
      #expect(changes < 200)
    }
    #expect(changes > 8)
    // Whatever lies around: it is removed, and nothing is missing.
    log.reserve("order-0-0", [(0, 1)])
    log.reserve("order-8-0", [(0, 1)])
    try log.frame()
    #expect(try audit(log).violations == (try log.audit().violations))
    #expect(try LocalFileSystem().list(memory).count == 5)
  }
}

/// The kernel's files, which fail for good after some changes, half of a write done.
private final class StoppingFiles: FileSystem, @unchecked Sendable {
  private let files = LocalFileSystem()
  private let lock = Lock()
  private var left: Int
  /// Paths with bytes that no sync came after.
  private var unsynced = Set<String>()
  private(set) var flaws: [String] = []

  init(after changes: Int) { left = changes }

  func change(_ path: String) throws(FileError) {
    lock.lock()
    left -= 1
    let isOver = left < 0
    lock.unlock()
    if isOver { throw FileError(operation: "change", path: path, code: EIO, reason: "the power is gone") }
  }

  func open(_ path: String, _ mode: FileMode) throws(FileError) -> any LogFile {
    StoppingFile(try files.open(path, mode), path, self)
  }
  func list(_ directory: String) throws(FileError) -> [String] { try files.list(directory) }
  func makeDirectory(_ path: String) throws(FileError) { try files.makeDirectory(path) }
  func rename(_ old: String, to new: String) throws(FileError) {
    try change(old)
    lock.lock()
    if !unsynced.isEmpty { flaws.append("\(new) speaks of \(unsynced)") }
    lock.unlock()
    try files.rename(old, to: new)
  }
  func remove(_ path: String) throws(FileError) {
    try change(path)
    try files.remove(path)
  }
  func syncDirectory(_ path: String) throws(FileError) {
    try change(path)
    try files.syncDirectory(path)
  }
  func identity(of path: String) throws(FileError) -> FileIdentity? { try files.identity(of: path) }
  func networkFileSystemName(of path: String) throws(FileError) -> String? {
    try files.networkFileSystemName(of: path)
  }
  func note(_ path: String, isSynced: Bool) {
    lock.lock()
    defer { lock.unlock() }
    if isSynced { unsynced.remove(path) } else { unsynced.insert(path) }
  }
}

private final class StoppingFile: LogFile {
  private let file: any LogFile
  private let path: String
  private let owner: StoppingFiles

  init(_ file: any LogFile, _ path: String, _ owner: StoppingFiles) {
    (self.file, self.path, self.owner) = (file, path, owner)
  }

  func size() throws(FileError) -> Int { try file.size() }
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int {
    try file.read(into: buffer, at: offset)
  }
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
    owner.note(path, isSynced: false)
    do throws(FileError) { try owner.change(path) } catch {
      try file.write(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)]), at: offset)
      throw error
    }
    try file.write(bytes, at: offset)
  }
  func sync() throws(FileError) {
    try owner.change(path)
    try file.sync()
    owner.note(path, isSynced: true)
  }
  func truncate(to size: Int) throws(FileError) { try file.truncate(to: size) }
  func tryLock() throws(FileError) -> Bool { try file.tryLock() }
  func identity() throws(FileError) -> FileIdentity { try file.identity() }
  func close() { file.close() }
}
