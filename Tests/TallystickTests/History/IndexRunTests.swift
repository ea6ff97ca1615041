import TallyTestSupport
import Testing

@testable import TallyFormat
@testable import Tallystick

@Suite("The index of names")
struct IndexRunTests {
  private static let log = LogID(bytes: Array(0..<16))!

  private func run(_ words: [UInt64], in directory: TemporaryDirectory) throws -> IndexRun {
    try IndexRunWriter(directory: LogDirectory(directory.path), log: Self.log, files: LocalFileSystem()).write(
      first: 1, last: 1_000_000, frameHash: .sha256([1]), names: [IndexRunWriter.source(words, wordsPerRecord: 3)],
      closings: [IndexRunWriter.source([], wordsPerRecord: 2)], by: "next-run")
  }

  enum Keys: CaseIterable, Sendable { case spread, low, clustered, equal }

  private func key(_ kind: Keys, _ random: inout SplitMix64) -> UInt64 {
    switch kind {
    case .spread: random.next()
    case .low: UInt64(random.number(0...20_000))
    // All in one corner, and a few far away, so that a guess by their spread is wrong as often as can be.
    case .clustered: random.one(in: 500) ? random.next() : .max - UInt64(random.number(0...9_999))
    case .equal: 1 << 40 + UInt64(random.number(0...3))
    }
  }

  @Test(
    "finds every record of a key, and none of another, however the keys lie", arguments: Keys.allCases, Seeds.few(3))
  func look(kind: Keys, seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for count in [0, 1, 2, 169, 170, 171, 340, 5_000] {
      var words = [UInt64]()
      for number in 0..<count { words += [key(kind, &random), UInt64(number + 1), random.next()] }
      var sorted = words
      RecordSort.sort(&sorted)
      let expected = Dictionary(
        grouping: stride(from: 0, to: words.count, by: 3).map { Array(words[$0..<($0 + 3)]) }, by: { $0[0] })
      #expect(sorted.count == words.count)
      let directory = TemporaryDirectory()
      let written = try run(sorted, in: directory)
      // Opened, it has no fences.
      for run in [written, try IndexRun(written.path, log: Self.log, files: LocalFileSystem())] {
        for (key, records) in kind == .equal ? expected : expected.filter({ _ in count < 400 || random.one(in: 8) }) {
          let found = try run.names.records(key)
          #expect(found.sorted { $0[1] < $1[1] } == records, "\(key) of \(count) \(kind) keys, seed \(seed)")
          #expect(run.filter.mayContain(key))
        }
        for _ in 0..<50 {
          let absent = key(kind, &random) ^ 1 << 50
          if expected[absent] == nil { #expect(try run.names.records(absent) == []) }
        }
      }
    }
  }

  @Test("fences lead to the page of a key, or the next, nearly always")
  func fences() throws {
    var random = SplitMix64(seed: 5)
    var words = [UInt64]()
    for number in 0..<40_000 { words += [random.next(), UInt64(number + 1), 0] }
    RecordSort.sort(&words)
    let directory = TemporaryDirectory()
    let names = try run(words, in: directory).names
    #expect(names.fences.count == (names.pageCount + 15) / 16)
    var hits = 0
    for index in 0..<40_000 {
      let page = index / names.recordsPerPage
      let guess = try #require(names.fencedPage(of: words[index * 3]))
      if guess == page { hits += 1 }
      #expect(abs(guess - page) <= 1)
    }
    #expect(hits > 32_000)
  }

  @Test("a damaged page is noticed, or does not matter, but never hides a name", arguments: Seeds.few(4))
  func damage(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var words = [UInt64]()
    for number in 0..<3_000 { words += [random.next(), UInt64(number + 1), random.next()] }
    let keys = stride(from: 0, to: words.count, by: 3).map { words[$0] }
    RecordSort.sort(&words)
    let directory = TemporaryDirectory()
    let run = try run(words, in: directory)
    let file = try LocalFileSystem().open(run.path, .readWrite)
    defer { file.close() }
    var noticed = 0
    for _ in 0..<300 {
      // Most often where the first or the last key of a page stands, which show the way.
      let page = run.names.offset + random.number(0...(run.names.pageCount - 1)) * IndexPages.pageBytes
      let place = page + random.pick([0, 7, 4056, 4063, random.number(0...4095)])
      let sound = try file.bytes(at: place, count: 1)
      try file.write([sound[0] ^ UInt8(random.number(1...255))], at: place)
      for key in (0..<20).map({ _ in random.pick(keys) }) {
        do throws(IndexError) {
          let found = try run.names.records(key)
          #expect(found.count == 1, "\(key) is hidden: \(Seeds.replay(seed, of: "IndexRunTests"))")
        } catch {
          noticed += 1
        }
      }
      try file.write(sound, at: place)
    }
    #expect(noticed > 0)
  }

  @Test("sorts records by key and keeps each together", arguments: [0, 1, 2, 1_023, 1_024, 30_000])
  func sort(count: Int) {
    var random = SplitMix64(seed: UInt64(count))
    var words = [UInt64]()
    // Keys that agree in their upper halves, too.
    for number in 0..<count {
      words += [random.one(in: 3) ? UInt64(random.number(0...99)) : random.next(), UInt64(number), UInt64(number) &* 7]
    }
    let records = stride(from: 0, to: words.count, by: 3).map { Array(words[$0..<($0 + 3)]) }
    RecordSort.sort(&words)
    let sorted = stride(from: 0, to: words.count, by: 3).map { Array(words[$0..<($0 + 3)]) }
    #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $0[0] <= $1[0] })
    #expect(Set(sorted) == Set(records))
  }

  @Test("a content hash tells every difference of what a reservation asks for, and is never none")
  func contentHash() {
    let hash = ContentHash(log: Self.log)
    func of(
      _ id: String, _ lines: [(UInt32, Int64)], customer: String = "", timeToLive: Int64 = 0, _ hash: ContentHash
    ) -> UInt64 {
      Array(id.utf8).withUnsafeBufferPointer { id in
        Array(customer.utf8).withUnsafeBufferPointer { customer in
          lines.map { LineEntry(item: ItemNumber($0), quantity: $1) }.withUnsafeBufferPointer {
            hash(id: hash.part(id), customer: hash.part(customer), lines: $0, timeToLive: timeToLive)
          }
        }
      }
    }
    let different = [
      of("a", [(1, 2)], hash), of("b", [(1, 2)], hash), of("a", [(1, 3)], hash), of("a", [(2, 2)], hash),
      of("a", [(1, 2), (2, 2)], hash), of("a", [], hash), of("a", [(1, 2)], customer: "c", hash),
      of("a", [(1, 2)], timeToLive: 1, hash), of("a", [(1, 2)], ContentHash(log: LogID(bytes: Array(1..<17))!)),
      Array("a".utf8).withUnsafeBufferPointer { SipHash(log: Self.log)($0) },
    ]
    #expect(Set(different).count == different.count && !different.contains(ContentHash.none))
    #expect(of("a", [(1, 2)], hash) == different[0])
  }
}
