import TallyFormat

/// Copies the tiles of a tree to a folder that others read, and adds to what is there.
struct TilePublication {
  /// Of the tree, which may have grown on.
  let tiles: TileHashes
  /// Where they go.
  let folder: TreeFolder

  /// Copies what has come since the checkpoint that is there, and gives the folder the new one. Durable when it returns;
  /// ended before, it is done again by the next.
  ///
  /// - Parameters:
  ///   - head: what the checkpoint says.
  ///   - note: the checkpoint.
  /// - Throws: ``TreeError/contradicts(path:reason:)`` if what is there is of another tree, or of a later checkpoint.
  func publish(_ head: TreeHead, under note: SignedNote) throws(TreeError) {
    try folder.make()
    let old = try published()
    if let old { try refuseUnlessPart(old, of: head) }
    let size = old?.size ?? 0
    var written = [[String]]()
    for level in [nil] + (0..<8).map({ Int?.some($0) }) {
      var index = size >> UInt64((level ?? 0) * TilePath.height) / UInt64(TilePath.width)
      while let tile = TilePath(level: level, index: index, ofTreeOf: head.size) {
        try folder.writeUnsynced(tile.elements, try tiles.bytes(of: tile))
        written.append(tile.elements)
        index += 1
      }
    }
    // The checkpoint counts on them.
    try folder.sync(written)
    try folder.write([TreeFolder.checkpoint], Array(note.encoded.utf8))
    let new = TileGrowth.partial(ofTreeOf: head.size)
    for tile in TileGrowth.partial(ofTreeOf: size) where tile != tile.whole && !new.contains(tile) {
      try folder.remove(tile.elements)
    }
  }

  private func published() throws(TreeError) -> TreeHead? {
    guard let bytes = try folder.read(TreeFolder.checkpoint, atMost: SignedNote.largest) else { return nil }
    do throws(NoteFlaw) { return try TreeHead(parsing: SignedNote(parsing: bytes).text) } catch {
      throw .damaged(path: folder.path, reason: "its checkpoint \(error)")
    }
  }

  private func refuseUnlessPart(_ old: TreeHead, of head: TreeHead) throws(TreeError) {
    guard old.size <= head.size else {
      throw .contradicts(
        path: folder.path, reason: "it has \(old.size) leaves already, and the checkpoint covers \(head.size)")
    }
    guard try tiles.root(of: old.size) == old.root else {
      throw .contradicts(path: folder.path, reason: "its first \(old.size) leaves are others")
    }
  }
}
