import TallyFormat

/// The tiles at a tree's right edge that are not full yet. Full ones are handed on.
struct TileGrowth {
  /// Leaves.
  private(set) var size: UInt64
  /// Of each level of tiles, the hashes of the last one; empty if that is full.
  private var levels: [[Digest]]
  /// What the leaves of the last bundle stand for.
  private var entries: [Digest]

  /// - Parameters:
  ///   - size: leaves.
  ///   - read: the hashes of a tile that the tree has.
  init(size: UInt64, read: (TilePath) throws(TreeError) -> [Digest]) throws(TreeError) {
    self.size = size
    levels = []
    entries = []
    for name in TileGrowth.partial(ofTreeOf: size) {
      guard let level = name.level else {
        entries = try read(name)
        continue
      }
      while levels.count < level { levels.append([]) }
      levels.append(try read(name))
    }
  }

  /// The tiles of a tree that are not full.
  static func partial(ofTreeOf size: UInt64) -> [TilePath] {
    let levels = (0..<8).prefix { size >> UInt64($0 * TilePath.height) > 0 }
    return ([nil] + levels.map { $0 }).compactMap { level in
      let hashes = size >> UInt64((level ?? 0) * TilePath.height)
      return TilePath(level: level, index: hashes / UInt64(TilePath.width), ofTreeOf: size)
    }
  }

  /// Appends a leaf.
  ///
  /// - Parameters:
  ///   - entry: what it stands for.
  ///   - full: called with each tile that this makes full, and its bytes.
  mutating func append(_ entry: Digest, full: (TilePath, [UInt8]) throws(TreeError) -> Void) throws(TreeError) {
    size += 1
    entries.append(entry)
    if entries.count == TilePath.width { try hand(on: nil, entries, to: full) }
    if entries.count == TilePath.width { entries.removeAll(keepingCapacity: true) }
    var hash = MerkleHash.leaf(of: entry)
    for level in 0..<8 {
      if level == levels.count { levels.append([]) }
      levels[level].append(hash)
      guard levels[level].count == TilePath.width else { return }
      try hand(on: level, levels[level], to: full)
      hash = MerkleHash.perfect(levels[level][...])
      levels[level].removeAll(keepingCapacity: true)
    }
  }

  private func hand(
    on level: Int?, _ hashes: [Digest], to full: (TilePath, [UInt8]) throws(TreeError) -> Void
  ) throws(TreeError) {
    let index = (size >> UInt64((level ?? 0) * TilePath.height)) / UInt64(TilePath.width) - 1
    guard let name = TilePath(level: level, index: index, ofTreeOf: size) else { return }
    try full(name, TileGrowth.bytes(of: hashes, level))
  }

  /// The tiles that are not full, and their bytes.
  var rest: [(TilePath, [UInt8])] {
    TileGrowth.partial(ofTreeOf: size).map { name in
      let hashes = name.level.map { levels[$0] } ?? entries
      return (name, TileGrowth.bytes(of: hashes, name.level))
    }
  }

  /// A bundle's entries have their length, two bytes, before them.
  private static func bytes(of hashes: [Digest], _ level: Int?) -> [UInt8] {
    hashes.flatMap { level == nil ? [0, 32] + $0.bytes : $0.bytes }
  }
}

extension MerkleHash {
  /// Of a perfect tree, from the hashes of one of its levels: as many as a power of two.
  static func perfect(_ hashes: ArraySlice<Digest>) -> Digest {
    var level = Array(hashes)
    while level.count > 1 {
      level = stride(from: 0, to: level.count, by: 2).map { node(level[$0], level[$0 + 1]) }
    }
    return level.first ?? empty
  }
}
