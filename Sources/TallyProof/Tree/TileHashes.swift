import TallyFormat

/// The hashes of a tree as it is kept in tiles, wherever these are: a folder, or a web server.
///
/// What the tiles say is believed as far as their sizes are right: whoever needs more compares roots. One thread at a
/// time.
public final class TileHashes {
  /// Leaves.
  public let size: UInt64
  /// Names the place in messages.
  let place: String
  private let fetch: (String, Int) throws(TreeError) -> [UInt8]?
  /// Tiles that were read.
  private var tiles: [TilePath: [Digest]] = [:]

  /// - Parameters:
  ///   - size: leaves of the tree.
  ///   - place: names it in messages.
  ///   - fetch: the bytes of a file below the place, no more than so many; `nil`: there is none.
  public init(size: UInt64, place: String, fetch: @escaping (String, Int) throws(TreeError) -> [UInt8]?) {
    self.size = size
    self.place = place
    self.fetch = fetch
  }

  /// The hashes in a tile. They are remembered.
  func read(_ name: TilePath) throws(TreeError) -> [Digest] {
    if let tile = tiles[name] { return tile }
    let (bytes, stride) = (try bytes(of: name), name.stride)
    let tile = (0..<name.count).compactMap { place in
      Digest(bytes: Array(bytes[((place + 1) * stride - 32)..<((place + 1) * stride)]))
    }
    tiles[name] = tile
    return tile
  }

  /// The bytes of a tile, or the first ones of the tile that it has become: one that is not full may be gone where a fuller
  /// one has come. They are not remembered.
  ///
  /// - Parameter name: a tile of this tree, or of one that this one has grown out of.
  func bytes(of name: TilePath) throws(TreeError) -> [UInt8] {
    let most = name.stride * TilePath.width
    let now = TilePath(level: name.level, index: name.index, ofTreeOf: size) ?? name
    for tile in now == name.whole ? [now] : [now, name.whole] {
      guard let bytes = try fetch(tile.text, most) else { continue }
      guard bytes.count == tile.count * tile.stride, tile.count >= name.count else {
        throw .damaged(
          path: place, reason: "\(tile.text) has \(bytes.count) bytes instead of \(tile.count * tile.stride)")
      }
      return Array(bytes[..<(name.count * name.stride)])
    }
    throw .damaged(path: place, reason: "it has no \(now.text)")
  }
}

extension TileHashes: MerkleNodes {
  /// One tile is read, unless it was before.
  public func node(level: Int, index: UInt64) throws(TreeError) -> Digest {
    let within = UInt64(level % TilePath.height)
    let start = Int((index << within) % UInt64(TilePath.width))
    guard let name = TilePath(holding: index, ofLevel: level, ofTreeOf: size), start + 1 << within <= name.count
    else { throw .damaged(path: place, reason: "it has no node \(index) of level \(level)") }
    return MerkleHash.perfect(try read(name)[start..<(start + 1 << within)])
  }
}
