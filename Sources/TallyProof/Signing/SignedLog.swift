import TallyFormat

/// A log, the tree over its frames, and the checkpoint that was signed last: whoever signs goes through here, so that no
/// key tells two histories.
///
/// One process at a time has it; one thread at a time uses it.
public struct SignedLog {
  /// The log.
  public let source: LocalFrameSource
  /// In the log's folder `tree`, unless told otherwise; it can be deleted at any time.
  public let tree: FrameTree
  private let files: any FileSystem

  /// Opens log and tree.
  ///
  /// - Parameters:
  ///   - directory: the log's.
  ///   - folder: another place for the tree, which others read.
  ///   - files: where both are.
  /// - Throws: ``SigningError/tree(_:)``, after five seconds also because another process has the tree.
  public init(
    _ directory: LogDirectory, folder: String? = nil, files: any FileSystem = LocalFileSystem()
  ) throws(SigningError) {
    self.files = files
    do throws(LogError) { source = try LocalFrameSource(directory, files: files) } catch { throw .tree(.log(error)) }
    let (source, path) = (source, folder ?? directory.path + "/tree")
    tree = try SignedLog.trying { () throws(TreeError) in
      try FrameTree(path, of: source.log, isPublished: folder != nil, files: files)
    }
  }

  /// Opens both to make proofs: nothing is written, and the tree has the frames that it has.
  public init(reading directory: LogDirectory, files: any FileSystem = LocalFileSystem()) throws(SigningError) {
    self.files = files
    do throws(LogError) { source = try LocalFrameSource(directory, files: files) } catch { throw .tree(.log(error)) }
    let source = source
    tree = try SignedLog.trying { () throws(TreeError) in
      try FrameTree(reading: directory.path + "/tree", of: source.log, files: files)
    }
  }

  /// What was kept last; `nil`: nothing yet.
  public func lastCheckpoint() throws(SigningError) -> SignedNote? {
    let bytes: [UInt8]?
    do throws(FileError) { bytes = try files.contents(of: path, maximum: SignedNote.largest) } catch {
      throw .tree(.file(error))
    }
    guard let bytes else { return nil }
    do throws(NoteFlaw) { return try SignedNote(parsing: bytes) } catch { throw .kept(path: path, error) }
  }

  /// The checkpoint of the tree over events that belongs to one of the log; `nil`: there is none.
  public func eventsCheckpoint(of head: TreeHead) throws(SigningError) -> SignedNote? {
    let bytes = try SignedLog.trying { () throws(TreeError) in try tree.eventsCheckpoint() }
    guard let bytes, let due = EventsHead(of: head) else { return nil }
    do throws(NoteFlaw) {
      let note = try SignedNote(parsing: bytes)
      return note.text == due.text ? note : nil
    } catch {
      throw .kept(path: "\(tree.path)/\(EventsHead.part)/\(TreeFolder.checkpoint)", error)
    }
  }

  private var path: String { tree.path + "/checkpoint" }

  /// Appends to the tree the frames that the log has got since, and that are on stable storage.
  ///
  /// - Parameter most: frames, at most.
  /// - Returns: whether there are no more.
  @discardableResult
  public func grow(atMost most: UInt64 = .max) throws(SigningError) -> Bool {
    let before = tree.size
    let limit = most < .max - before ? before + most : .max
    try SignedLog.trying { () throws(TreeError) in try tree.grow(from: source, upTo: limit) }
    return tree.size < limit
  }

  /// Signs the tree as it is, and keeps the checkpoint.
  ///
  /// - Throws: ``SigningError/twoHistories(frames:path:)`` if the log contradicts what was signed before.
  public func sign(_ signer: NoteSigner) throws(SigningError) -> SignedNote {
    if let last = try lastCheckpoint() { try refuseUnlessPart(last) }
    let root = try SignedLog.trying { () throws(TreeError) in try tree.root(of: tree.size) }
    let extent = TreeHead.Extent(log: source.log, lastSequence: tree.head.lastSequence)
    let events = try SignedLog.trying { () throws(TreeError) in try tree.eventsRoot(of: tree.size) }
    let head = TreeHead(
      origin: signer.verifier.name, size: tree.size, root: root, extent: extent, eventsRoot: events)
    guard let note = head.signed(by: signer) else { throw .cryptography }
    // First: whoever finds the log's checkpoint finds this one, too.
    if let head = EventsHead(of: head), let signer = signer.beside(EventsHead.part) {
      guard let note = head.signed(by: signer) else { throw .cryptography }
      try SignedLog.trying { () throws(TreeError) in try tree.keep(ofEvents: note) }
    }
    try keep(note)
    return note
  }

  /// The proof that the tree over the first `new` frames begins with the one over the first `old`.
  ///
  /// - Throws: ``SigningError/twoHistories(frames:path:)`` if the log has not so many.
  public func consistency(from old: UInt64, to new: UInt64) throws(SigningError) -> [Digest] {
    guard new <= tree.size else { throw .twoHistories(frames: new, path: tree.path) }
    return try SignedLog.trying { () throws(TreeError) in
      let path = try tree.consistency(from: old, to: new)
      // Else a witness would take the log for another one.
      guard MerkleProof.isConsistent((old, try tree.root(of: old)), (new, try tree.root(of: new)), path: path) else {
        throw .damaged(path: tree.path, reason: "its tiles contradict each other")
      }
      return path
    }
  }

  /// Keeps a checkpoint as the last one.
  public func keep(_ note: SignedNote) throws(SigningError) {
    try SignedLog.trying { () throws(TreeError) in try tree.keep(note) }
  }

  private func refuseUnlessPart(_ note: SignedNote) throws(SigningError) {
    let head: TreeHead
    do throws(NoteFlaw) { head = try TreeHead(parsing: note.text) } catch { throw .kept(path: path, error) }
    if head.size <= tree.size {
      let (root, events) = try SignedLog.trying { () throws(TreeError) in
        (try tree.root(of: head.size), try tree.eventsRoot(of: head.size))
      }
      if root == head.root, head.eventsRoot == nil || events == nil || events == head.eventsRoot { return }
      try SignedLog.trying { () throws(TreeError) in try tree.acquit(source, of: head, at: nil) }
    }
    throw .twoHistories(frames: head.size, path: tree.path)
  }

  private static func trying<T>(_ body: () throws(TreeError) -> T) throws(SigningError) -> T {
    do throws(TreeError) { return try body() } catch { throw .tree(error) }
  }
}
