import Glibc
import TallyFormat

/// What an auditor remembers of a log that it has proven, in a folder of its own, so that the next audit judges only what
/// has come since, and costs what that costs.
///
/// It holds the state after the last event judged (in the canonical form of the format document, which is larger than its
/// digest but says all that decides about later events), two bits an event, ten bytes a name, and a text with the digests of
/// all that, signed if the auditor has a key. The state is read and written as a whole; of the rest only what a question
/// needs, each piece with a tag that only who has the key could have made, and only what has come since is written. What
/// was altered is refused when it is looked at; ``checksWhole`` looks at all of it. The log's own snapshots are not looked at.
///
/// What the next audit does not do again: read the frames before. It only looks whether the last of them still stands where
/// it stood; bytes that rot before it are found by an audit without memory. One process at a time has it.
public final class AuditMemory: @unchecked Sendable {
  /// The folder.
  public let path: String
  let files: any FileSystem
  let signer: NoteSigner?
  private let lock: any LogFile
  /// Written before the audit and after it, by the thread that runs it.
  private(set) var found: RememberedAudit?
  /// What the pieces of the files found are tagged with; `nil` with something found: they have to be looked at as a whole,
  /// because the key that tells is not here.
  private(set) var key: TagKey?
  /// For files that are begun now, without a signer.
  let freshKey = TagKey()
  /// The present audit's names, in a file that nothing speaks of yet.
  var entered: NameRuns.Entered?
  /// There are pieces of what was remembered, and not the text that names them: it was deleted, or the first audit did not come
  /// to its end. The next one begins with the log's first frame.
  public private(set) var isBereft = false
  /// Looks at every byte of what is remembered, as an audit with another key's memory does in any case.
  public var checksWhole = false

  private static let name = "remembered"
  private static let mostBytes = 1 << 20
  private static let check = "check "

  /// Opens the memory, or begins one.
  ///
  /// - Parameters:
  ///   - path: the folder, made if it is not there; its parent is.
  ///   - signer: the auditor's key, with which what is there must be signed; `nil`: it must not be signed.
  ///   - files: where it is.
  /// - Throws: `FileError`; with the code `EBADMSG` if something was altered, `EBUSY` if another process has it.
  public init(_ path: String, signer: NoteSigner? = nil, files: any FileSystem = LocalFileSystem()) throws(FileError) {
    self.path = path
    self.files = files
    self.signer = signer
    _ = try files.makeDirectoryUnlessThere(path)
    lock = try files.open("\(path)/lock", .readWriteOrCreate)
    guard try lock.tryLock() else {
      throw FileError(operation: "use", path: path, code: EBUSY, reason: "another audit uses it: try again")
    }
    let file = "\(path)/\(AuditMemory.name)"
    guard let bytes = try files.contents(of: file, maximum: AuditMemory.mostBytes) else {
      isBereft = try files.list(path).contains { AuditMemory.isPiece($0) }
      return
    }
    if RememberedAudit.isOfAnotherVersion(String(decoding: bytes, as: UTF8.self)) {
      throw AuditMemory.altered(file, "it is of another version of this program")
    }
    do throws(MalformedBytes) {
      let found = try RememberedAudit(parsing: try AuditMemory.text(of: bytes, signer))
      key = found.tags ?? signer.flatMap { TagKey($0) }
      self.found = found
    } catch {
      throw AuditMemory.altered(file, "it \(error)")
    }
  }

  deinit { lock.close() }

  /// The last event that was proven; `nil`: nothing was yet.
  public var lastSequence: UInt64? { found?.head.lastSequence }
  /// Frames that were proven.
  public var frames: UInt64 { found?.head.nextFrame ?? 0 }

  /// Has the next audit judge the log from its beginning.
  public func beginAnew() { (found, key) = (nil, nil) }

  static func altered(_ path: String, _ reason: String = "it is not as it was written") -> FileError {
    FileError(
      operation: "trust", path: path, code: EBADMSG,
      reason: "\(reason); remove the folder, and the next audit judges the log from its beginning")
  }

  /// What stands before the check, if all is right.
  private static func text(of bytes: [UInt8], _ signer: NoteSigner?) throws(MalformedBytes) -> String {
    let whole = String(decoding: bytes, as: UTF8.self)
    var text = whole
    if whole.contains("\n\n") {
      do throws(NoteFlaw) {
        let note = try SignedNote(parsing: bytes)
        if let signer, try !note.isSigned(by: signer.verifier) {
          throw NoteFlaw("is not signed by \(signer.verifier.name) with that key")
        }
        if signer == nil {
          throw NoteFlaw(
            "is signed by \(note.signatures.map(\.name).joined(separator: ", ")), and no key is given: to go on without would "
              + "leave it unsigned")
        }
        text = note.text
      } catch {
        throw MalformedBytes(error.description)
      }
    } else if let signer {
      throw MalformedBytes("is not signed by \(signer.verifier.name)")
    }
    guard let line = text.dropLast().lastIndex(of: "\n") else { throw MalformedBytes("is none") }
    let lines = String(text[...line])
    guard text[text.index(after: line)...] == AuditMemory.checkLine(lines) else {
      throw MalformedBytes("does not match its check")
    }
    return lines
  }

  private static func checkLine(_ text: String) -> String {
    var stream = DigestStream()
    Array(text.utf8).withUnsafeBytes { stream.update($0) }
    return "\(check)\(stream.digest)\n"
  }

  /// Remembers another place, in whose words all files are named that are needed; they are durable, and so is this when it
  /// returns. Until then what was remembered before is there.
  func replace(by new: RememberedAudit, _ key: TagKey) throws(FileError) {
    let text = new.text + AuditMemory.checkLine(new.text)
    var bytes = Array(text.utf8)
    if let signer {
      guard let note = SignedNote(text: text, signedBy: signer) else {
        throw FileError(operation: "sign", path: path, code: EIO, reason: "the system's cryptography fails")
      }
      bytes = Array(note.encoded.utf8)
    }
    try files.syncDirectory(path)
    try files.replace("\(path)/\(AuditMemory.name)", in: path, by: "\(path)/writing", with: bytes)
    (found, self.key) = (new, key)
  }

  /// Removes all files that what is remembered does not name: those of earlier audits, and of such as did not come to
  /// their end.
  func removeOthers() throws(FileError) {
    // The marks first: while there are other files, more than what is remembered of them is explained.
    if let found { try cutMarks(found.marks) }
    for name in try others() { try files.removeIfThere("\(path)/\(name)") }
  }

  /// Files that what is remembered does not name: an audit has begun to write, and did not come to its end.
  func others() throws(FileError) -> [String] {
    let kept = Set(found.map { [$0.state.name, $0.marks.name] + $0.names.map(\.name) } ?? [])
    return try files.list(path).filter { AuditMemory.isPiece($0) && !kept.contains($0) }
  }

  /// Cuts off what such an audit has written behind the marks that are remembered.
  private func cutMarks(_ marks: RememberedAudit.Marks) throws(FileError) {
    let file = try files.open("\(path)/\(marks.name)", .readWrite)
    defer { file.close() }
    let bytes = Int(marks.pages.size) * MarkPage.bytes
    if try file.size() > bytes { try file.truncate(to: bytes) }
  }

  private static func isPiece(_ name: String) -> Bool {
    ["state-", "marks-", "names-"].contains { name.hasPrefix($0) }
  }
}
