import TallyFormat

/// A file that the canonical form of a state goes into while it is digested. One thread at a time.
final class StateCopy: @unchecked Sendable {
  let name: String
  private let file: any LogFile
  private var written = 0
  private var failure: FileError?
  private let syncing: SyncBeside

  init(_ name: String, in folder: String, _ files: any FileSystem) throws(FileError) {
    self.name = name
    file = try files.open("\(folder)/\(name)", .create)
    syncing = SyncBeside(file)
  }

  deinit {
    syncing.end()
    file.close()
  }

  /// Appends a part; ``finish(_:)`` tells if that failed.
  func append(_ bytes: UnsafeRawBufferPointer) {
    guard failure == nil, !bytes.isEmpty else { return }
    do throws(FileError) {
      try file.write(bytes, at: written)
      written += bytes.count
      syncing.note(bytes.count)
    } catch {
      failure = error
    }
  }

  /// All of it has come: begins to make it durable, while the caller does something else.
  func beginSync() { syncing.beginLast() }

  /// Waits for what was begun, if anything was.
  func endSync() { syncing.end() }

  /// Returns when it is durable.
  func finish(_ digest: Digest) throws(FileError) -> RememberedAudit.File {
    try syncing.finish()
    if let failure { throw failure }
    return RememberedAudit.File(name: name, bytes: written, digest: digest)
  }
}

extension RememberedAudit.File {
  /// The whole of it.
  ///
  /// - Throws: `FileError`, with the code `EBADMSG` if it is not as it was written.
  func contents(in folder: String, _ files: any FileSystem) throws(FileError) -> [UInt8] {
    guard let found = try files.contents(of: "\(folder)/\(name)", maximum: bytes) else {
      throw AuditMemory.altered("\(folder)/\(name)", "it is gone")
    }
    var stream = DigestStream()
    found.withUnsafeBytes { stream.update($0) }
    guard found.count == bytes, stream.digest == digest else { throw AuditMemory.altered("\(folder)/\(name)") }
    return found
  }
}
