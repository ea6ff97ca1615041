import Glibc
import TallyFormat

/// What an auditor remembers of a log that it has proven, in a folder of its own, so that the next audit judges only what
/// has come since.
///
/// It holds the state after the last event judged (in the canonical form of the format document, which is larger than its
/// digest but says all that decides about later events), two bits an event, eight bytes a name, and a text with the digests of
/// all that, signed if the auditor has a key. What was altered is refused. The log's own snapshots are not looked at.
///
/// What the next audit does not do again: read the frames before. It only looks whether the last of them still stands where
/// it stood; bytes that rot before it are found by an audit without memory. One process at a time has it.
public final class AuditMemory: @unchecked Sendable {
  /// The folder.
  public let path: String
  let files: any FileSystem
  private let signer: NoteSigner?
  private let lock: any LogFile
  /// Written before the audit and after it, by the thread that runs it.
  private(set) var found: RememberedAudit?

  private static let name = "remembered"
  private static let mostBytes = 1 << 20
  private static let check = "check "

  /// Opens the memory, or begins one.
  ///
  /// - Parameters:
  ///   - path: the folder, made if it is not there; its parent is.
  ///   - signer: the auditor's key, with which what is there must be signed; `nil`: signatures are not looked at.
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
    guard let bytes = try files.contents(of: file, maximum: AuditMemory.mostBytes) else { return }
    do throws(MalformedBytes) { found = try RememberedAudit(parsing: try AuditMemory.text(of: bytes, signer)) } catch {
      throw AuditMemory.altered(file, "it \(error)")
    }
  }

  deinit { lock.close() }

  /// The last event that was proven; `nil`: nothing was yet.
  public var lastSequence: UInt64? { found?.head.lastSequence }
  /// Frames that were proven.
  public var frames: UInt64 { found?.head.nextFrame ?? 0 }

  /// Has the next audit judge the log from its beginning.
  public func beginAnew() { found = nil }

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

  // MARK: Before and after an audit

  /// The state and the marks, as they were written.
  func read(_ found: RememberedAudit) throws(FileError) -> (state: [UInt8], marks: [UInt8]) {
    (try found.state.contents(in: path, files), try found.marks.contents(in: path, files))
  }

  /// Which of an audit's names were used before it.
  func used(_ names: NewNames) throws(FileError) -> Set<UInt64> {
    try NameRuns(folder: path, files: files).used(names, found?.names ?? [])
  }

  /// Remembers another place. Durable when it returns; until then what was remembered before is there.
  ///
  /// - Parameter state: writes the canonical form of the state.
  func keep(
    _ make: (_ state: RememberedAudit.File, _ marks: RememberedAudit.File, _ names: [RememberedAudit.File])
      -> RememberedAudit, label: UInt64, names: NewNames,
    state: (HashedFile) throws(FileError) -> Void, marks: (HashedFile) throws(FileError) -> Void
  ) throws(FileError) {
    // The same place may be kept twice, after what was there was begun anew.
    let isAgain = try files.identity(of: "\(path)/state-\(label)") != nil
    let label = isAgain ? "\(label)-again" : "\(label)"
    let stateFile = try HashedFile("state-\(label)", in: path, files)
    try state(stateFile)
    let marksFile = try HashedFile("marks-\(label)", in: path, files)
    try marks(marksFile)
    let runs = try NameRuns(folder: path, files: files).adding(names, to: found?.names ?? [], label: label)
    let new = make(try stateFile.finish(), try marksFile.finish(), runs)
    try write(new)
    found = new
    try removeOthers(new)
  }

  private func write(_ new: RememberedAudit) throws(FileError) {
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
  }

  /// Removes what an earlier audit kept.
  private func removeOthers(_ new: RememberedAudit) throws(FileError) {
    let kept = Set([new.state.name, new.marks.name] + new.names.map(\.name))
    for name in try files.list(path) where !kept.contains(name) {
      if ["state-", "marks-", "names-"].contains(where: { name.hasPrefix($0) }) {
        try files.removeIfThere("\(path)/\(name)")
      }
    }
  }
}
