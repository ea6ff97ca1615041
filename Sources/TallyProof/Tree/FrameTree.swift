import Glibc
import TallyFormat

/// A Merkle tree over a log's frames, kept in tiles that any web server can pass on: the C2SP specification `tlog-tiles`.
/// A leaf stands for the hash that the chain has at a frame, and that covers every byte of the frame.
///
/// Derived from the log: whoever deletes it loses nothing. One process at a time has it open; one thread at a time uses it.
public final class FrameTree {
  /// The folder.
  public let path: String
  /// After the last frame in the tree; empty: there is none.
  public private(set) var head = ChainHead.empty
  private let folder: TreeFolder
  private let log: LogID
  private var last: LogPosition?
  /// As they are now.
  private var tiles: TileHashes
  /// `nil`: it is read, and not grown.
  private let lock: (any LogFile)?
  /// The tree over events, if somebody has begun one.
  private(set) var events: EventTree?

  /// Leaves.
  public var size: UInt64 { head.nextFrame }

  /// Opens a tree, or begins one, to grow it.
  ///
  /// - Parameters:
  ///   - path: its folder, made if it is not there; its parent is.
  ///   - log: whose tree it is.
  ///   - isPublished: the folder is for others to read. No tree over events is grown in it, because that keeps the names of
  ///     items beside it: its tiles are copied there, see ``publishEvents(in:of:under:)``.
  ///   - files: where it is.
  /// - Throws: ``TreeError``; ``TreeError/inUse(path:)`` after five seconds.
  public init(
    _ path: String, of log: LogID, isPublished: Bool = false, files: any FileSystem = LocalFileSystem()
  ) throws(TreeError) {
    self.path = path
    self.log = log
    folder = TreeFolder(path: path, files: files)
    tiles = folder.tiles(ofTreeOf: 0)
    try folder.make()
    lock = try folder.lock(atMost: .seconds(5))
    try readState()
    guard !isPublished, try eventsFolder.isThere() else { return }
    self.events = try EventTree(eventsFolder, size: size)
    // Of no use any more: both are made again from the log.
    if self.events == nil { try keepEvents() }
  }

  /// Opens a tree as it is, to make proofs; one that is not there has no frames. Nothing is written, and nobody waited
  /// for: where another process grows it meanwhile, tiles at its edge may be gone, and it has to be opened again.
  ///
  /// - Parameters:
  ///   - path: its folder.
  ///   - log: whose tree it is.
  ///   - files: where it is.
  public init(reading path: String, of log: LogID, files: any FileSystem = LocalFileSystem()) throws(TreeError) {
    self.path = path
    self.log = log
    folder = TreeFolder(path: path, files: files)
    tiles = folder.tiles(ofTreeOf: 0)
    lock = nil
    try readState()
    if try eventsFolder.isThere() { events = try EventTree(eventsFolder, size: size) }
  }

  private var eventsFolder: TreeFolder { TreeFolder(path: "\(path)/\(EventsHead.part)", files: folder.files) }

  private func readState() throws(TreeError) {
    guard let state = try FrameTree.state(in: folder) else { return }
    guard state.log == log else {
      throw .contradicts(path: path, reason: "it is of log \(state.log), not of \(log)")
    }
    (head, last) = (state.head, state.last)
    tiles = folder.tiles(ofTreeOf: size)
  }

  /// How far it has grown; `nil`: it has just begun.
  private static func state(in folder: TreeFolder) throws(TreeError) -> TreeState? {
    guard let bytes = try folder.read(TreeState.name, atMost: 1024) else { return nil }
    do throws(MalformedBytes) { return try TreeState(parsing: bytes) } catch {
      throw .damaged(path: folder.path, reason: "its \(TreeState.name) \(error)")
    }
  }

  /// Whether a tree over events is kept beside it.
  public var keepsEvents: Bool { events != nil }

  /// A tree over events is kept, and its names of items do not cover this tree's frames or were altered: whoever opens
  /// it to grow it begins both anew.
  public var hasLostEvents: Bool {
    get throws(TreeError) { events != nil ? false : try eventsFolder.isThere() }
  }

  /// Keeps a tree over events beside this one from now on: some 3 µs more an event, and 32 bytes more a frame. Begins both
  /// anew, so that the next ``grow(from:upTo:)`` reads the whole log.
  public func keepEvents() throws(TreeError) {
    guard events == nil else { return }
    events = try EventTree(beginningIn: eventsFolder)
    (head, last) = (.empty, nil)
    tiles = folder.tiles(ofTreeOf: 0)
  }

  /// The root over the events of the first `size` frames; `nil`: no such tree is kept.
  ///
  /// - Parameter size: at most ``size``.
  public func eventsRoot(of size: UInt64) throws(TreeError) -> Digest? { try events?.tiles.root(of: size) }

  deinit { lock?.close() }

  /// Appends the frames that the log has got since. Reads every byte of them once, and costs beyond it some 1 µs a frame.
  ///
  /// - Parameters:
  ///   - source: the log.
  ///   - limit: frames that the tree is to have at most.
  /// - Throws: ``TreeError``; what was appended before it counts for nothing.
  public func grow(from source: any FrameSource, upTo limit: UInt64 = .max) throws(TreeError) {
    guard lock != nil else {
      throw .file(FileError(operation: "grow", path: path, code: EROFS, reason: "it was opened to be read"))
    }
    let frames = try FrameTree.reading { () throws(LogError) in
      try source.frames(
        from: last.map { .place($0, sequence: head.lastSequence) } ?? .beginning, showsUnsynced: false)
    }
    if size > 0 { try confirmLast(frames) }
    guard size < limit else { return }
    var growth = try TileGrowth(size: size) { name throws(TreeError) in try tiles.read(name) }
    var eventGrowth = try events?.growth(from: size)
    var (newHead, newLast) = (head, last)
    var written = [[String]]()
    while growth.size < limit,
      case .frame(let frame, let position) = try FrameTree.reading({ () throws(LogError) in try frames.next() })
    {
      guard frame.number == growth.size else {
        throw .contradicts(path: path, reason: "frame \(frame.number) stands where frame \(growth.size) should")
      }
      try growth.append(frame.hash) { name, bytes throws(TreeError) in
        try folder.writeUnsynced(name.elements, bytes)
        written.append(name.elements)
      }
      try events?.append(frame, to: &eventGrowth)
      (newHead, newLast) = (frame.head, position)
      frames.recycle(frame)
    }
    guard let newLast, growth.size > size else { return }
    for (name, bytes) in growth.rest {
      try folder.writeUnsynced(name.elements, bytes)
      written.append(name.elements)
    }
    // The state counts on them.
    try folder.sync(written)
    if let eventGrowth { try events?.keep(eventGrowth) }
    try folder.write([TreeState.name], TreeState(log: log, head: newHead, last: newLast).encoded)
    let (oldSize, old) = (size, TileGrowth.partial(ofTreeOf: size))
    (head, last) = (newHead, newLast)
    tiles = folder.tiles(ofTreeOf: size)
    try events?.settle(from: oldSize, to: size)
    for name in old where name.count < TilePath.width && !TileGrowth.partial(ofTreeOf: size).contains(name) {
      try folder.remove(name.elements)
    }
  }

  /// Keeps a signed checkpoint beside the tiles, as `checkpoint`, instead of the one before.
  public func keep(_ note: SignedNote) throws(TreeError) {
    try folder.write([TreeFolder.checkpoint], Array(note.encoded.utf8))
  }

  /// Keeps the checkpoint of the tree over events beside that tree's tiles.
  public func keep(ofEvents note: SignedNote) throws(TreeError) { try events?.keep(note) }

  /// The checkpoint of the tree over events that was kept last; `nil`: none.
  func eventsCheckpoint() throws(TreeError) -> [UInt8]? { try events?.checkpoint() }

  /// Copies the tree over events to where others read it, as a tree of its own: its tiles and a checkpoint. What is there
  /// already is added to, and full tiles are left as they are.
  ///
  /// - Parameters:
  ///   - path: the folder, made if it is not there; its parent is.
  ///   - head: what the checkpoint says.
  ///   - note: the checkpoint.
  public func publishEvents(in path: String, of head: TreeHead, under note: SignedNote) throws(TreeError) {
    guard let events else { throw .damaged(path: self.path, reason: "it has no tree over events") }
    let folder = TreeFolder(path: path, files: folder.files)
    try TilePublication(tiles: events.tiles, folder: folder).publish(head, under: note)
  }

  /// The tree's last frame stands in the log where it stood.
  private func confirmLast(_ frames: any FrameReader) throws(TreeError) {
    let item: FrameItem
    do throws(LogError) { item = try frames.next() } catch {
      guard case .damaged = error else { throw .log(error) }
      // Intact or not: what was there is not there any more.
      throw .contradicts(path: path, reason: "where frame \(size - 1) stood stands no intact frame (\(error))")
    }
    guard case .frame(let frame, _) = item else {
      throw .contradicts(path: path, reason: "the tree has \(size) frames, and the log ends before")
    }
    guard frame.head == head else {
      throw .contradicts(path: path, reason: "frame \(size - 1) is another one than it was")
    }
  }

  /// Has the next who opens the tree make it again from the log, the one over events, too.
  ///
  /// - Returns: false if it is only read.
  @discardableResult
  public func forget() throws(TreeError) -> Bool {
    guard lock != nil else { return false }
    try folder.remove([TreeState.name])
    return true
  }

  private static func reading<T>(_ body: () throws(LogError) -> T) throws(TreeError) -> T {
    do throws(LogError) { return try body() } catch { throw .log(error) }
  }
}

extension FrameTree: MerkleNodes {
  /// One tile is read, unless it was before.
  public func node(level: Int, index: UInt64) throws(TreeError) -> Digest { try tiles.node(level: level, index: index) }
}
