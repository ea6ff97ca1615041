import TallyFormat
import TallyTestSupport
import Testing

@testable import TallyProof

@Suite("Where two trees first differ")
struct TreeDifferenceTests {
  /// The tiles of a tree, made of hashes alone, and which of them were read.
  private final class Published {
    let size: UInt64
    private(set) var files: [String: [UInt8]] = [:]
    private(set) var read: Set<String> = []

    init(_ entries: some Collection<Digest>) throws {
      size = UInt64(entries.count)
      var growth = try TileGrowth(size: 0) { _ in [] }
      for entry in entries {
        try growth.append(entry) { name, bytes throws(TreeError) in files[name.text] = bytes }
      }
      for (name, bytes) in growth.rest { files[name.text] = bytes }
    }

    /// As somebody sees them who has read none yet.
    func tiles() -> TileHashes {
      read = []
      return TileHashes(size: size, place: "mirror") { [self] name, _ throws(TreeError) in
        guard let bytes = files[name] else { return nil }
        read.insert(name)
        return bytes
      }
    }

    func change(_ name: String, _ body: (inout [UInt8]?) -> Void) { body(&files[name]) }
  }

  /// A tree with other hashes wherever one of these leaves is below.
  private struct Altered: MerkleNodes {
    let honest: TileHashes
    let leaves: [UInt64]

    func node(level: Int, index: UInt64) throws(TreeError) -> Digest {
      if leaves.contains(where: { $0 >> UInt64(level) == index }) { return MerkleHash.leaf([UInt8(level)]) }
      return try honest.node(level: level, index: index)
    }
  }

  private static func entries(_ count: Int) -> [Digest] {
    (0..<UInt64(count)).map { number in MerkleHash.leaf((0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }) }
  }

  @Test(
    "is found with two tiles of each level, over partial and full tiles and three levels of them",
    arguments: [1, 2, 255, 256, 257, 700, 65_536, 65_537, 70_000])
  func descent(_ size: Int) throws {
    let published = try Published(Self.entries(size))
    let honest = published.tiles()
    let last = UInt64(size) - 1
    let seed = UInt64.random(in: 0 ... .max)
    var random = SplitMix64(seed: seed)
    for place in [0, last, last / 3, last / 2, min(last, 256), min(last, 255)]
      + (0..<5).map({ _ in
        UInt64.random(in: 0...last, using: &random)
      })
    {
      let later = [place] + (0..<3).map { _ in UInt64.random(in: place...last, using: &random) }
      let tiles = published.tiles()
      #expect(
        try tiles.firstDifference(from: Altered(honest: honest, leaves: later.shuffled(using: &random)), in: last + 1)
          == place, "seed \(seed)")
      #expect(published.read.count <= 6, "of \(published.files.count) tiles: \(published.read)")
      // Among fewer leaves it may not be.
      #expect(try published.tiles().firstDifference(from: Altered(honest: honest, leaves: later), in: place) == nil)
    }
    #expect(try published.tiles().firstDifference(from: honest, in: last + 1) == nil)
    #expect(try published.tiles().firstDifference(from: honest, in: 0) == nil)
  }

  @Test("is found between two trees of tiles, of which one has grown on")
  func trees() throws {
    var entries = Self.entries(66_000)
    let honest = try Published(entries)
    for place in [65_999, 65_536, 40_000, 300] {
      entries[place] = MerkleHash.empty
    }
    let other = try Published(entries[..<65_990] + Self.entries(1_000))
    #expect(try honest.tiles().firstDifference(from: other.tiles(), in: 66_000) == 300)
    #expect(honest.read == ["tile/2/000.p/1", "tile/1/000", "tile/0/001"])
    #expect(try other.tiles().firstDifference(from: honest.tiles(), in: 300) == nil)
  }

  @Test("is not followed through tiles that were altered, cut or are missing, which are named")
  func alteredTiles() throws {
    let entries = Self.entries(66_000)
    let published = try Published(entries)
    let honest = try Published(entries).tiles()
    // Which one is named: where the way ends.
    let names = [
      ("tile/2/000.p/1", "tile/1/000"), ("tile/1/000", "tile/1/000"), ("tile/0/042", "tile/0/042"),
    ]
    func flaw() throws -> String? {
      do {
        _ = try published.tiles().firstDifference(from: Altered(honest: honest, leaves: [42 * 256 + 7]), in: 66_000)
        return nil
      } catch TreeError.damaged(path: "mirror", let reason) {
        return reason
      }
    }
    for (name, end) in names {
      let bytes = published.files[name]
      published.change(name) { $0?[7] ^= 1 }
      #expect(try flaw()?.hasPrefix("\(end) does not lead to") == true)
      published.change(name) { $0?.removeLast() }
      #expect(try flaw()?.hasPrefix("\(name) has ") == true)
      published.change(name) { $0 = nil }
      #expect(try flaw() == "it has no \(name)")
      published.change(name) { $0 = bytes }
    }
    #expect(try flaw() == nil)
  }

  @Test("a tile that is not full is read out of the full one, where that has come since")
  func fallsBack() throws {
    let (old, new) = (try Published(Self.entries(300)), try Published(Self.entries(600)))
    let tiles = TileHashes(size: 300, place: "mirror") { name, _ throws(TreeError) in new.files[name] }
    #expect(new.files["tile/0/001.p/44"] == nil)
    #expect(try tiles.node(level: 5, index: 8) == old.tiles().node(level: 5, index: 8))
    #expect(throws: TreeError.self) { try tiles.node(level: 5, index: 9) }
  }
}
