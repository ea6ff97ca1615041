import TallyProof
import Tallystick

/// A log, the tree over its frames, and the checkpoint that was signed last.
struct ProvenLog {
  let source: LocalFrameSource
  let tree: FrameTree
  private let directory: LogDirectory
  private let files = LocalFileSystem()

  /// The tree is kept in the log's folder `tree`, and can be deleted at any time.
  ///
  /// - Parameter folder: another place for it.
  init(_ path: String, folder: String? = nil) throws {
    directory = LogDirectory(path)
    source = try LocalFrameSource(directory, files: files)
    tree = try FrameTree(folder ?? directory.path + "/tree", of: source.log)
  }

  /// What ``sign(_:)`` kept last; `nil`: nothing yet.
  func lastCheckpoint() throws -> SignedNote? {
    let path = tree.path + "/checkpoint"
    guard let bytes = try files.contents(of: path, maximum: SignedNote.largest) else { return nil }
    return try ProvenLog.note(bytes, path)
  }

  /// Signs the log as it is, and keeps the checkpoint.
  ///
  /// - Throws: ``CommandFailure`` if the log contradicts what was signed before: the same key would tell two histories.
  func sign(_ signer: NoteSigner) throws -> SignedNote {
    try tree.grow(from: source)
    if let last = try lastCheckpoint() { try refuseUnlessPart(last) }
    let extent = TreeHead.Extent(log: source.log, lastSequence: tree.head.lastSequence)
    let head = TreeHead(
      origin: signer.verifier.name, size: tree.size, root: try tree.root(of: tree.size), extent: extent)
    guard let note = head.signed(by: signer) else {
      throw CommandFailure(.inputOutput, "the system's cryptography failed to sign")
    }
    try tree.keep(note)
    return note
  }

  private func refuseUnlessPart(_ note: SignedNote) throws {
    let head = try TreeHead(parsing: note.text)
    let isPart = try head.size <= tree.size && tree.root(of: head.size) == head.root
    guard !isPart else { return }
    throw CommandFailure(
      .rejected,
      "the log contradicts the checkpoint of \(head.size) frames that was signed before: it was cut, restored from an"
        + " older copy or rewritten, and a new one would tell two histories; if that is meant, delete \(tree.path)")
  }

  /// Reads a signed note.
  static func note(_ path: String) throws -> SignedNote {
    guard let bytes = try LocalFileSystem().contents(of: path, maximum: SignedNote.largest) else {
      throw CommandFailure(.inputOutput, "there is no file \(path)")
    }
    return try note(bytes, path)
  }

  private static func note(_ bytes: [UInt8], _ path: String) throws -> SignedNote {
    do throws(NoteFlaw) { return try SignedNote(parsing: bytes) } catch {
      throw CommandFailure(.badData, "\(path) \(error)")
    }
  }
}
