import TallyFormat
import TallyTestSupport
import Tallystick
import Testing

@testable import TallyProof

@Suite("The tree over a log's frames")
struct FrameTreeTests {
  private let folder = TemporaryDirectory()
  private var path: String { folder.path + "/shop.tally" }
  private var tree: String { folder.path + "/tree" }

  private func source() throws -> LocalFrameSource {
    try LocalFrameSource(LogDirectory(path), files: LocalFileSystem())
  }

  /// Makes so many frames with one reservation each, and the empty one at the end.
  private func sell(_ orders: Range<Int>) throws {
    var options = LogOptions()
    options.isDurable = false
    if orders.lowerBound == 0 {
      try TallyLog.create(
        path, settings: LogSettings(segmentSize: 64 << 10), log: LogID(bytes: [UInt8](repeating: 9, count: 16))!,
        options: options)
    }
    let log = try TallyLog(path, options: options)
    if orders.lowerBound == 0 { _ = log.append(Command(.receive([Line(sku: "tea", 1_000_000)]))) }
    for order in orders { _ = log.append(Command(.reserve(id: Name("order-\(order)"), [Line(sku: "tea", 1)]))) }
    log.close()
  }

  private func frames() throws -> [Frame] {
    let reader = try source().frames(from: .beginning, showsUnsynced: false)
    var frames = [Frame]()
    while case .frame(let frame, _) = try reader.next() { frames.append(frame) }
    return frames
  }

  @Test("has their hashes as leaves, grown at once or bit by bit")
  func grows() throws {
    try sell(0..<300)
    let grown = try FrameTree(tree, of: try source().log)
    for limit in [1, 2, 255, 256, 257, 290, UInt64.max] {
      try grown.grow(from: try source(), upTo: limit)
      #expect(grown.size == min(limit, UInt64(try frames().count)))
    }
    try sell(300..<600)
    let frames = try frames()
    #expect(frames.count > 600)
    let naive = NaiveTree(leaves: frames.map { MerkleHash.leaf(of: $0.hash) })
    try grown.grow(from: try source())
    #expect(grown.head == frames.last?.head)
    for size in [1, 2, 255, 256, 257, 300, 511, 512, 513, 600, UInt64(frames.count)] {
      #expect(try grown.root(of: size) == naive.root(of: size), "of \(size)")
      for index in [0, size / 2, size - 1] {
        #expect(try grown.inclusion(of: index, in: size) == naive.inclusion(of: index, in: size))
        #expect(try grown.consistency(from: index + 1, to: size) == naive.consistency(from: index + 1, to: size))
      }
    }
    let other = folder.path + "/other"
    let once = try FrameTree(other, of: try source().log)
    try once.grow(from: try source())
    #expect(try files(below: other) == files(below: tree))
  }

  /// What monitors see: no more than the tiles of one size.
  private func files(below path: String) throws -> [String] {
    var found = [String]()
    for name in try LocalFileSystem().list(path) {
      let inner = "\(path)/\(name)"
      if let names = try? files(below: inner) {
        found += names.map { "\(name)/\($0)" }
      } else {
        found.append(name)
      }
    }
    return found
  }

  @Test("is kept in the files that the specification of tiles names")
  func names() throws {
    try sell(0..<300)
    let grown = try FrameTree(tree, of: try source().log)
    try grown.grow(from: try source(), upTo: 290)
    #expect(
      try files(below: tree) == [
        "tile/0/000", "tile/0/001.p/34", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/34", "tree-lock",
        "tree-state",
      ])
    let frames = try frames()
    let bundle = try #require(try LocalFileSystem().contents(of: tree + "/tile/entries/001.p/34", maximum: 1 << 20))
    #expect(bundle == frames[256..<290].flatMap { [0, 32] + $0.hash.bytes })
  }

  @Test("says when the log was cut, rewritten or replaced, and when its own files were")
  func contradictions() throws {
    try sell(0..<20)
    let log = try source().log
    do {
      let grown = try FrameTree(tree, of: log)
      try grown.grow(from: try source())
    }
    // An older copy of the log: the last frames are gone.
    let directory = LogDirectory(path)
    let reader = try source().frames(from: .beginning, showsUnsynced: false)
    var place = 0
    for _ in 0..<10 { if case .frame(_, let position) = try reader.next() { place = position.offset } }
    let file = try LocalFileSystem().open(directory.segment(1), .readWrite)
    try file.truncate(to: place)
    file.close()
    func growing() throws {
      let grown = try FrameTree(tree, of: log)
      try grown.grow(from: try source())
    }
    #expect { try growing() } throws: { if case .contradicts? = $0 as? TreeError { true } else { false } }
    #expect { _ = try FrameTree(tree, of: LogID(bytes: [UInt8](repeating: 7, count: 16))!) } throws: {
      if case .contradicts? = $0 as? TreeError { true } else { false }
    }
    let state = try LocalFileSystem().open(tree + "/tree-state", .readWrite)
    try state.write([0xFF], at: 30)
    #expect { try growing() } throws: { if case .damaged? = $0 as? TreeError { true } else { false } }
  }

  @Test("with a tile missing or cut is damaged, and says which")
  func damaged() throws {
    try sell(0..<300)
    let grown = try FrameTree(tree, of: try source().log)
    try grown.grow(from: try source(), upTo: 290)
    let file = try LocalFileSystem().open(tree + "/tile/0/000", .readWrite)
    try file.truncate(to: 100)
    #expect { try grown.inclusion(of: 100, in: 290) } throws: { "\($0)".contains("tile/0/000") }
    try LocalFileSystem().remove(tree + "/tile/0/000")
    #expect { try grown.inclusion(of: 100, in: 290) } throws: { "\($0)".contains("tile/0/000") }
  }

  @Test("numbers its tiles as the specification does, beyond a thousand and a million")
  func numbering() throws {
    func path(_ index: UInt64) -> String? { TilePath(level: 0, index: index, ofTreeOf: .max)?.text }
    #expect(path(5) == "tile/0/005" && path(1_000) == "tile/0/x001/000")
    #expect(path(1_234_067) == "tile/0/x001/x234/067")
    #expect(TilePath(level: 1, index: 0, ofTreeOf: 255) == nil)
    #expect(TilePath(level: 1, index: 0, ofTreeOf: 70_000)?.text == "tile/1/000")
    #expect(TilePath(level: 2, index: 0, ofTreeOf: 70_000)?.text == "tile/2/000.p/1")
  }
}
