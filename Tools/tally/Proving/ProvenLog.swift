import Glibc
import TallyProof
import Tallystick

/// A log, the tree over its frames, and the checkpoint that was signed last, as commands use them.
struct ProvenLog {
  private let log: SignedLog
  /// The tree has all of the log's frames.
  private(set) var isGrown = false
  var source: LocalFrameSource { log.source }
  var tree: FrameTree { log.tree }

  /// The tree is kept in the log's folder `tree`, and can be deleted at any time.
  ///
  /// - Parameter folder: another place for it.
  init(_ path: String, folder: String? = nil) throws { log = try SignedLog(LogDirectory(path), folder: folder) }

  /// To make proofs, with the tree as it is: nothing is written, so that it works where nothing can be.
  init(reading path: String) throws { log = try SignedLog(reading: LogDirectory(path)) }

  /// Times that the tree is opened again because another process grew it meanwhile.
  private static let mostTries = 5

  /// Makes a proof with the tree as it is, and grows it only if it has too few frames. A tree that was altered is made
  /// again.
  ///
  /// - Parameter make: returns `nil` if the tree has too few frames.
  static func proving(_ path: String, _ make: (ProvenLog) throws -> [UInt8]?) throws -> [UInt8] {
    var reason: TreeError?
    for attempt in 1...mostTries {
      let log = try ProvenLog(reading: path)
      do {
        if let proof = try make(log) { return proof }
        break
      } catch let error as TreeError {
        reason = error
        guard case .damaged = error, attempt < mostTries else { break }
      }
    }
    var log: ProvenLog
    do {
      log = try growing(path, reason)
    } catch SigningError.tree(.file(let error)) where [EROFS, EACCES, EPERM].contains(error.code) {
      if let reason { throw reason }
      throw CommandFailure(
        .inputOutput,
        "the tree beside the log has too few frames for that checkpoint, and cannot be grown here: \(error); do it "
          + "where the log can be written to, or give a checkpoint that is older")
    }
    log.isGrown = true
    guard let proof = try make(log) else {
      throw CommandFailure(
        .rejected, "the checkpoint covers more frames than the log has: it is of another log, or a later one")
    }
    return proof
  }

  /// - Parameter reason: why the tree that is there is not to be gone on with.
  private static func growing(_ path: String, _ reason: TreeError?) throws -> ProvenLog {
    if case .altered? = reason { try ProvenLog(path).tree.forget() }
    let log = try ProvenLog(path)
    if case .altered(let tree, let file, _)? = reason {
      StandardError.print("the tree \(tree) was damaged (\(file)): it is derived, and is made again from the log")
    }
    try log.log.grow()
    return log
  }

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
    guard head.origin.utf8.count <= EventsHead.mostOriginBytes else {
      throw CommandFailure(
        .badData,
        "the origin \(head.origin) is too long for the one of its tree over events: at most "
          + "\(EventsHead.mostOriginBytes) bytes")
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
