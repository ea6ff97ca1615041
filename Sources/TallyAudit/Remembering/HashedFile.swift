import TallyFormat

/// A file that is written from its beginning to its end, and digested on the way. One thread at a time.
final class HashedFile {
  private static let bufferBytes = 1 << 20
  private let file: any LogFile
  private let name: String
  private var buffer: [UInt8] = []
  private var written = 0
  private var stream = DigestStream()

  init(_ name: String, in folder: String, _ files: any FileSystem) throws(FileError) {
    self.name = name
    file = try files.open("\(folder)/\(name)", .readWriteOrCreate)
    try file.truncate(to: 0)
    buffer.reserveCapacity(HashedFile.bufferBytes)
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= HashedFile.bufferBytes { try flush() }
  }

  func append(_ word: UInt64) throws(FileError) {
    withUnsafeBytes(of: word.littleEndian) { buffer.append(contentsOf: $0) }
    if buffer.count >= HashedFile.bufferBytes { try flush() }
  }

  private func flush() throws(FileError) {
    buffer.withUnsafeBytes { stream.update($0) }
    try file.write(buffer, at: written)
    written += buffer.count
    buffer.removeAll(keepingCapacity: true)
  }

  /// Makes it durable.
  func finish() throws(FileError) -> RememberedAudit.File {
    try flush()
    try file.sync()
    file.close()
    return RememberedAudit.File(name: name, bytes: written, digest: stream.digest)
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
