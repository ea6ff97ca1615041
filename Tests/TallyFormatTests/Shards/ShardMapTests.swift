import TallyFormat
import Testing

@Suite("The map of shards")
struct ShardMapTests {
  private static func log(_ number: UInt8) -> LogID {
    LogID(bytes: (0..<16).map { $0 + number * 16 }) ?? ShardMapTests.log(0)
  }
  private let map = ShardMap(shop: log(9), logs: [log(0), log(1), log(2)])

  @Test(
    "puts a SKU into the virtual shard that the format document says",
    arguments: [("tea", 1320), ("cup", 3409), ("a", 589), ("sku-1", 2542), ("sku-2", 207), ("é", 2333)])
  func vectors(sku: String, virtual: Int) {
    #expect(VirtualShard(sku: Name(sku)).rawValue == virtual)
  }

  @Test("spreads SKUs that differ in their last bytes evenly")
  func spread() {
    var counts = [Int](repeating: 0, count: 8)
    let map = ShardMap(shop: Self.log(9), logs: (0..<8).map { Self.log(UInt8($0)) })
    for number in 0..<80_000 { counts[map.shard(of: Name("SKU-\(number)"))] += 1 }
    #expect(counts.allSatisfy { (9_500...10_500).contains($0) }, "\(counts)")
  }

  @Test("reads back what it writes")
  func roundTrip() throws {
    var moved = map
    moved.version = 7
    moved.owners[5] = 2
    moved.owners[4095] = 0
    for map in [map, moved] { #expect(try ShardMap(text: map.text) == map) }
    let text = String(decoding: map.text, as: UTF8.self)
    #expect(text.hasPrefix("tally shards 1\nshop 909192"))
    #expect(text.contains("\nlog 2 2021222324"))
    #expect(text.contains("\nrun 0 1365 0\nrun 1366 2730 1\nrun 2731 4095 2\n"))
  }

  @Test("refuses an unknown version by name, before it looks at anything else")
  func unknownVersion() {
    #expect(throws: ShardMapFlaw.unknownVersion("2")) { try ShardMap(text: Array("tally shards 2\nwhatever".utf8)) }
  }

  @Test("refuses every cut and every changed byte")
  func damage() {
    let text = map.text
    for end in 0..<text.count { #expect(throws: ShardMapFlaw.self) { try ShardMap(text: Array(text[..<end])) } }
    for index in text.indices {
      var other = text
      other[index] ^= 1
      #expect(throws: ShardMapFlaw.self, "byte \(index)") { try ShardMap(text: other) }
    }
  }

  @Test(
    "refuses what is well summed and makes no sense",
    arguments: [
      ("run 0 1365 0\n", "run 0 1365 3\n"), ("run 0 1365 0\n", "run 1 1365 0\n"), ("run 0 1365 0\n", ""),
      ("virtual 4096", "virtual 8192"), ("shards 3", "shards 2"), ("shards 3", "shards 03"), ("version 1", "version 0"),
      ("version 1\n", "version 1 2\n"), ("log 1 ", "log 0 "), ("run 2731 4095 2\n", "run 2731 4095 2\nrun 0 0 0\n"),
      ("shards 3", "shards 99999999999999999999"),
    ])
  func nonsense(what: String, other: String) throws {
    let text = String(decoding: map.text, as: UTF8.self)
    let body = try #require(text.range(of: "sha256 ")).lowerBound
    let changed = String(text[..<body]).replacing(what, with: other)
    #expect(changed != text[..<body])
    var stream = DigestStream()
    Array(changed.utf8).withUnsafeBytes { stream.update($0) }
    #expect(throws: ShardMapFlaw.self) { try ShardMap(text: Array("\(changed)sha256 \(stream.digest)\n".utf8)) }
  }

  @Test("names shards' folders by four digits")
  func folders() {
    #expect(ShardedDirectory("shop.tally/").log(7).path == "shop.tally/shard-0007")
    #expect(ShardedDirectory.name(of: 1023) == "shard-1023")
  }
}

extension String {
  fileprivate func range(of text: String) -> Range<String.Index>? { firstRange(of: text) }
}
