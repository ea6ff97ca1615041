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

  /// The hashes in a tile.
  func read(_ name: TilePath) throws(TreeError) -> [Digest] {
    if let tile = tiles[name] { return tile }
    let stride = name.level == nil ? 34 : 32
    guard let bytes = try fetch(name.text, stride * TilePath.width) else {
      throw .damaged(path: place, reason: "it has no \(name.text)")
    }
    guard bytes.count == name.count * stride else {
      throw .damaged(path: place, reason: "\(name.text) has \(bytes.count) bytes instead of \(name.count * stride)")
    }
    let tile = (0..<name.count).compactMap { place in
      Digest(bytes: Array(bytes[((place + 1) * stride - 32)..<((place + 1) * stride)]))
    }
    tiles[name] = tile
    return tile
  }
}

extension TileHashes: MerkleNodes {
  /// One tile is read, unless it was before.
  public func node(level: Int, index: UInt64) throws(TreeError) -> Digest {
    let (tileLevel, within) = (level / TilePath.height, UInt64(level % TilePath.height))
    let first = index << within
    let start = Int(first % UInt64(TilePath.width))
    guard let name = TilePath(level: tileLevel, index: first / UInt64(TilePath.width), ofTreeOf: size),
      start + 1 << within <= name.count
    else { throw .damaged(path: place, reason: "it has no node \(index) of level \(level)") }
    return MerkleHash.perfect(try read(name)[start..<(start + 1 << within)])
  }
}
