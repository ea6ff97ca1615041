import TallyFormat

/// A log as monitors see it: a signed checkpoint, and the tiles of its tree, as `tally tiles` writes them.
public struct PublishedTree {
  /// What the log's owner signed.
  public let checkpoint: SignedNote
  /// What that says.
  public let head: TreeHead
  /// The tree's hashes. Whether they lead to the checkpoint's root is not known.
  public let tiles: TileHashes

  /// - Parameters:
  ///   - place: names it in messages.
  ///   - fetch: the bytes of a file below the place, no more than so many; `nil`: there is none.
  /// - Throws: ``TreeError``
  public init(_ place: String, fetch: @escaping (String, Int) throws(TreeError) -> [UInt8]?) throws(TreeError) {
    guard let bytes = try fetch("checkpoint", SignedNote.largest) else {
      throw .damaged(path: place, reason: "it has no checkpoint")
    }
    do throws(NoteFlaw) {
      checkpoint = try SignedNote(parsing: bytes)
      head = try TreeHead(parsing: checkpoint.text)
    } catch {
      throw .damaged(path: place, reason: "its checkpoint \(error)")
    }
    tiles = TileHashes(size: head.size, place: place, fetch: fetch)
  }

  /// In a folder of this machine.
  public init(folder path: String, files: any FileSystem = LocalFileSystem()) throws(TreeError) {
    let folder = TreeFolder(path: path, files: files)
    try self.init(path) { name, most throws(TreeError) in try folder.read(name, atMost: most) }
  }

  /// What a witness is sent, who cosigned so many frames last.
  public func request(from size: UInt64) throws(TreeError) -> WitnessRequest {
    let path = size == 0 || size > head.size ? [] : try tiles.consistency(from: size, to: head.size)
    return WitnessRequest(oldSize: size, path: path, checkpoint: checkpoint)
  }
}
