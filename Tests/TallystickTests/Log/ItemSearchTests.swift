import Synchronization
import TallyTestSupport
import Testing

@testable import Tallystick

@Suite("The names of items, found without a fold")
struct ItemSearchTests {
  /// What a reader warned of.
  private final class Warnings: Sendable {
    private let texts = Mutex([String]())
    var all: [String] { texts.withLock { $0 } }
    func add(_ text: String) { texts.withLock { $0.append(text) } }
  }

  private func names(_ test: TestLog, _ numbers: UInt32..., warnings: Warnings = Warnings()) throws -> [String] {
    try LogReader(test.path, warn: { warnings.add($0) }).itemNames(of: numbers.map { ItemNumber($0) }).map {
      "\($0)"
    }
  }

  /// Registers items, `sku-0` and so on, in frames of their own.
  private func register(_ test: TestLog, _ numbers: Range<Int>) throws {
    try test.write { log in
      for number in numbers {
        _ = log.append(
          Command(.receive([Line(sku: Name("sku-\(number)"), location: number % 3 == 0 ? "berlin" : .main, 5)])))
        let held = Line(sku: Name("sku-\(number)"), location: number % 3 == 0 ? "berlin" : .main, 1)
        _ = log.append(Command(.reserve(id: Name("order-\(number)"), [held])))
      }
    }
  }

  private func snapshot(_ test: TestLog) throws -> String { try SnapshotStore(test.path).rebuild().path }

  /// Flips a bit of the SKU where a snapshot has it for the first time.
  private func rot(_ path: String, _ sku: String) throws {
    let bytes = try read(path)
    let place = try #require(bytes.firstRange(of: Array(sku.utf8))?.lowerBound, "\(sku) does not stand in \(path)")
    try overwrite(path, [bytes[place] ^ 1], at: place)
  }

  @Test("are told without a snapshot, behind one, and where two say the same")
  func told() throws {
    let test = try TestLog()
    try register(test, 1..<4)
    #expect(try names(test, 2, 0, 2) == ["sku-3@berlin", "sku-1", "sku-3@berlin"])
    _ = try snapshot(test)
    #expect(try names(test, 1) == ["sku-2"])
    try register(test, 4..<8)
    #expect(try names(test, 6, 1) == ["sku-7", "sku-2"], "one stands behind the snapshot")
    _ = try snapshot(test)
    try register(test, 8..<10)
    #expect(try names(test, 0, 3, 5, 7) == ["sku-1", "sku-4", "sku-6@berlin", "sku-8"])
    #expect(try names(test) == [])
  }

  @Test("that there are not are refused, and it is said how many there are")
  func beyond() throws {
    let test = try TestLog()
    try register(test, 0..<3)
    for hasSnapshot in [false, true] {
      if hasSnapshot { _ = try snapshot(test) }
      #expect { try names(test, 1, 3) } throws: { "\($0)".contains("3 items") }
      #expect { try names(test, .max) } throws: { "\($0)".contains("3 items") }
    }
  }

  @Test("come from the log or an older snapshot where the newest has rotted, and it is named")
  func rotten() throws {
    let test = try TestLog()
    try register(test, 0..<4)
    let only = try snapshot(test)
    try rot(only, "sku-0")
    let warnings = Warnings()
    // By the digest, and then from the frames.
    #expect(try names(test, 0, 1, warnings: warnings) == ["sku-0@berlin", "sku-1"])
    #expect(warnings.all.count == 1 && warnings.all.allSatisfy { $0.contains(only) && $0.contains("is skipped") })
    // As it was.
    try rot(only, "rku-0")
    #expect(try names(test, 0) == ["sku-0@berlin"])

    try register(test, 4..<6)
    let newest = try snapshot(test)
    try rot(newest, "sku-0")
    let more = Warnings()
    #expect(try names(test, 0, 5, warnings: more) == ["sku-0@berlin", "sku-5"])
    #expect(more.all.count == 1 && more.all.allSatisfy { $0.contains(newest) })
    // Two that have both rotted: the log alone is left.
    try rot(only, "sku-0")
    #expect(try names(test, 0, 5) == ["sku-0@berlin", "sku-5"])
  }

  @Test("are never wrong, whichever byte of one or both snapshots is another", arguments: Seeds.few(2))
  func anyByte(seed: UInt64) throws {
    let test = try TestLog()
    try register(test, 0..<3)
    let older = try snapshot(test)
    try register(test, 3..<5)
    let newer = try snapshot(test)
    var random = SplitMix64(seed: seed)
    for path in [older, newer] {
      let bytes = try read(path)
      for place in bytes.indices {
        let bit = UInt8(1) << (random.next() % 8)
        try overwrite(path, [bytes[place] ^ bit], at: place)
        #expect(
          try names(test, 1, 2, 4) == ["sku-1", "sku-2", "sku-4"], "byte \(place) of \(path), bit \(bit), seed \(seed)")
        try overwrite(path, [bytes[place]], at: place)
      }
      for count in stride(from: 0, to: bytes.count, by: 7) {
        let file = try LocalFileSystem().open(path, .readWrite)
        try file.truncate(to: count)
        #expect(try names(test, 2, 3) == ["sku-2", "sku-3@berlin"], "\(path) cut to \(count) bytes, seed \(seed)")
        try file.truncate(to: 0)
        try file.write(bytes, at: 0)
        file.close()
      }
    }
  }

  @Test("a reservation is found without the index's filters, which rot without harm to a question")
  func withoutFilters() throws {
    let test = try TestLog()
    try register(test, 0..<40)
    _ = try snapshot(test)
    try register(test, 40..<42)
    let index = try #require(try LocalFileSystem().list(LogDirectory(test.path).index).first { $0.hasSuffix(".ids") })
    let path = LogDirectory(test.path).index + "/" + index
    try overwrite(path, [UInt8](repeating: 0, count: 64), at: IndexRun.headerBytes)
    let reader = try LogReader(test.path, warn: { Issue.record("\($0)") })
    for number in 0..<42 {
      // An item's registration, its receipt, and the order.
      #expect(try reader.sequence(ofReservation: Name("order-\(number)")) == UInt64(3 * number + 3))
    }
    #expect(try reader.sequence(ofReservation: "order-42") == nil)
    #expect(try reader.show("order-41")?.sequence == 126)
  }

  @Test("every event's frame is found, among small frames and large ones")
  func places() throws {
    let test = try TestLog(segmentSize: 1 << 20)
    try test.write { log in
      log.receive("tea", 1_000_000)
      for round in 0..<6 {
        for number in 0..<40 { log.reserve(Name("single-\(round)-\(number)"), "tea", 1) }
        let orders = (0..<2_000).map {
          Operation.reserve(id: Name("order-\(round)-\($0 &* 7_919)"), [Line(sku: "tea", 1)])
        }
        _ = log.append(Command(.batch(orders)))
      }
    }
    let source = try StoredLog(LocalStore(test.path, files: LocalFileSystem())).source
    let frames = try source.frames(from: .beginning, showsUnsynced: true)
    var places: [(position: LogPosition, first: UInt64, last: UInt64)] = []
    while case .frame(let frame, let position) = try frames.next() {
      if !frame.isEmpty { places.append((position, frame.firstSequence, frame.lastSequence)) }
    }
    #expect(places.count > 240)
    for place in places {
      // Each by a table that is made for it alone, and by one that grows.
      let fresh = try StoredLog(LocalStore(test.path, files: LocalFileSystem())).source
      #expect(try fresh.position(ofEvent: place.first) == place.position)
      #expect(try source.position(ofEvent: place.last) == place.position)
    }
  }
}
