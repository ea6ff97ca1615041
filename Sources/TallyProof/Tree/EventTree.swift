import TallyFormat

/// The tree over a log's events, beside the one over its frames: as many leaves, each for the root of the small tree over
/// one frame's events, which is made again when somebody asks for a proof.
///
/// So 32 bytes a frame are kept, not 32 an event. Kept only where somebody began it, because each event is decoded and
/// hashed: see ``FrameTree/keepEvents()``.
final class EventTree {
  private let folder: TreeFolder
  private var items: RegisteredItems
  private(set) var tiles: TileHashes
  private var decompressor = LZ4Decompressor()

  /// Opens the tree, or begins one.
  ///
  /// - Parameters:
  ///   - folder: where it is.
  ///   - size: frames that the tree over frames has.
  /// - Returns: `nil` if there is none, or none of as many frames.
  init?(_ folder: TreeFolder, size: UInt64) throws(TreeError) {
    self.folder = folder
    tiles = folder.tiles(ofTreeOf: size)
    guard let bytes = try folder.read(RegisteredItems.name, atMost: RegisteredItems.mostBytes),
      let items = RegisteredItems(parsing: bytes, before: size)
    else { return nil }
    self.items = items
  }

  /// An empty one.
  init(beginningIn folder: TreeFolder) throws(TreeError) {
    self.folder = folder
    tiles = folder.tiles(ofTreeOf: 0)
    items = RegisteredItems()
    try folder.make()
    try folder.write([RegisteredItems.name], items.encoded(0))
  }

  /// Growing under way.
  struct Growth {
    fileprivate var tiles: TileGrowth
    /// Tiles that are not durable yet.
    fileprivate var written: [[String]] = []
  }

  func growth(from size: UInt64) throws(TreeError) -> Growth {
    Growth(tiles: try TileGrowth(size: size) { name throws(TreeError) in try tiles.read(name) })
  }

  /// Takes the next frame. Some 3 µs an event.
  ///
  /// - Parameter growth: `nil`: nothing is to be done.
  func append(_ frame: Frame, to growth: inout Growth?) throws(TreeError) {
    guard growth != nil else { return }
    let columns: EventColumns
    do throws(MalformedBytes) { columns = try decompressor.columns(of: frame) } catch {
      throw .damaged(path: folder.path, reason: "frame \(frame.number) of the log \(error)")
    }
    for place in 0..<columns.registered.skus.count {
      items.append(
        .init(sku: columns.registered.skus[place], location: columns.registered.locations[place]), in: frame.number)
    }
    guard let root = EventLeaf.root(of: columns, items.all) else {
      throw .damaged(path: folder.path, reason: "frame \(frame.number) of the log names an item that there is not")
    }
    var full = [[String]]()
    try growth?.tiles.append(root) { name, bytes throws(TreeError) in
      try folder.writeUnsynced(name.elements, bytes)
      full.append(name.elements)
    }
    growth?.written += full
  }

  /// Keeps what was appended; before the tree over frames says that it has grown.
  func keep(_ growth: Growth) throws(TreeError) {
    let rest = growth.tiles.rest
    for (name, bytes) in rest { try folder.writeUnsynced(name.elements, bytes) }
    // The names of the items say how far it has come.
    try folder.sync(growth.written + rest.map(\.0.elements))
    try folder.write([RegisteredItems.name], items.encoded(growth.tiles.size))
  }

  /// To be called when the tree over frames has grown.
  func settle(from old: UInt64, to size: UInt64) throws(TreeError) {
    tiles = folder.tiles(ofTreeOf: size)
    for name in TileGrowth.partial(ofTreeOf: old)
    where name.count < TilePath.width && !TileGrowth.partial(ofTreeOf: size).contains(name) {
      try folder.remove(name.elements)
    }
  }

  /// Keeps the tree's own checkpoint beside its tiles, instead of the one before.
  func keep(_ note: SignedNote) throws(TreeError) {
    try folder.write([TreeFolder.checkpoint], Array(note.encoded.utf8))
  }

  /// What was kept last; `nil`: nothing yet.
  func checkpoint() throws(TreeError) -> [UInt8]? {
    try folder.read(TreeFolder.checkpoint, atMost: SignedNote.largest)
  }

  /// The leaves of one frame's events, and the words of one of them.
  func leaves(of frame: Frame, showing sequence: UInt64) throws(TreeError) -> (leaves: [Digest], words: [UInt8]) {
    let columns: EventColumns
    do throws(MalformedBytes) { columns = try decompressor.columns(of: frame) } catch {
      throw .damaged(path: folder.path, reason: "frame \(frame.number) of the log \(error)")
    }
    var leaves = [Digest]()
    var words = [UInt8]()
    var cursor = EventColumns.Cursor()
    while let row = columns.next(&cursor), let data = EventLeaf.data(of: row, in: columns, naming: { items[$0] }) {
      leaves.append(MerkleHash.leaf(data))
      if row.sequence == sequence { words = data }
    }
    return (leaves, words)
  }
}
