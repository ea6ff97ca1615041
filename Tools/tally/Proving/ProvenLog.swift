import TallyProof
import Tallystick

/// A log, the tree over its frames, and the checkpoint that was signed last, as commands use them.
struct ProvenLog {
  private let log: SignedLog
  var source: LocalFrameSource { log.source }
  var tree: FrameTree { log.tree }

  /// The tree is kept in the log's folder `tree`, and can be deleted at any time.
  ///
  /// - Parameter folder: another place for it.
  init(_ path: String, folder: String? = nil) throws { log = try SignedLog(LogDirectory(path), folder: folder) }

  /// The checkpoint that was signed last, or one signed now.
  ///
  /// - Parameter key: the file of the key that signs; `nil`: the last one.
  func checkpoint(signedWith key: String?) throws -> SignedNote {
    if let key { return try sign(try KeyFile.signer(key)) }
    if let last = try log.lastCheckpoint() { return last }
    throw CommandFailure(
      .rejected, "no checkpoint has been signed yet; sign one with: tally checkpoint --key FILE, or give --key here")
  }

  /// What was kept last; `nil`: nothing yet.
  func lastCheckpoint() throws -> SignedNote? { try log.lastCheckpoint() }

  /// Signs the log as it is, and keeps the checkpoint.
  ///
  /// - Throws: `SigningError` if the log contradicts what was signed before: the same key would tell two histories.
  func sign(_ signer: NoteSigner) throws -> SignedNote {
    try log.grow()
    return try log.sign(signer)
  }

  /// The checkpoint of the tree over events that was signed with one of the log.
  func eventsCheckpoint(of head: TreeHead) throws -> SignedNote {
    if let note = try log.eventsCheckpoint(of: head) { return note }
    guard head.origin.utf8.count <= 248 else {
      throw CommandFailure(
        .badData, "the origin \(head.origin) is too long for the one of its tree over events: 248 bytes are the most")
    }
    throw CommandFailure(
      .rejected, "the tree over events has no checkpoint of its own yet; sign one with: tally checkpoint --key FILE")
  }

  /// Reads a signed note.
  static func note(_ path: String) throws -> SignedNote {
    guard let bytes = try LocalFileSystem().contents(of: path, maximum: SignedNote.largest) else {
      throw CommandFailure(.inputOutput, "there is no file \(path)")
    }
    do throws(NoteFlaw) { return try SignedNote(parsing: bytes) } catch {
      throw CommandFailure(.badData, "\(path) \(error)")
    }
  }
}
