/// Where a tile of a Merkle tree is kept, below the tree's folder: the C2SP specification `tlog-tiles`.
struct TilePath: Hashable {
  /// Hashes in a full tile: eight levels of the tree.
  static let width = 256
  /// Levels of the tree in a tile.
  static let height = 8

  /// Of the tile: it holds hashes of the tree's level `level * 8`; `nil`: it holds what the leaves stand for.
  var level: Int?
  /// From the left, from 0.
  var index: UInt64
  /// Hashes in it, 1 to 256.
  var count: Int

  /// Names of folders and of the file.
  var elements: [String] {
    var groups = [String]()
    var rest = index
    repeat {
      let digits = String(rest % 1000)
      groups.append(String(repeating: "0", count: 3 - digits.count) + digits)
      rest /= 1000
    } while rest > 0
    var elements = ["tile", level.map { String($0) } ?? "entries"]
    elements += groups.dropFirst().reversed().map { "x\($0)" }
    if count == TilePath.width { return elements + [groups[0]] }
    return elements + ["\(groups[0]).p", "\(count)"]
  }

  /// Bytes for each hash: what leaves stand for has its length, two bytes, before it.
  var stride: Int { level == nil ? 34 : 32 }

  var text: String { elements.joined(separator: "/") }

  /// The tile at a place of a tree of `size` leaves; `nil`: it has none there.
  init?(level: Int?, index: UInt64, ofTreeOf size: UInt64) {
    let hashes = size >> UInt64(min((level ?? 0) * TilePath.height, 63))
    guard index < hashes / UInt64(TilePath.width) + (hashes % UInt64(TilePath.width) == 0 ? 0 : 1) else { return nil }
    self.level = level
    self.index = index
    count = Int(min(hashes - index * UInt64(TilePath.width), UInt64(TilePath.width)))
  }

  /// The tile that holds a node, or what the node is made of; `nil`: the tree has none there.
  init?(holding index: UInt64, ofLevel level: Int, ofTreeOf size: UInt64) {
    let first = index << UInt64(level % TilePath.height)
    self.init(level: level / TilePath.height, index: first / UInt64(TilePath.width), ofTreeOf: size)
  }

  /// The tile that this one is, or becomes, when it is full.
  var whole: TilePath {
    var tile = self
    tile.count = TilePath.width
    return tile
  }
}
