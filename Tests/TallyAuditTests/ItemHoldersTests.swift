import TallyFormat
import TallyTestSupport
import Testing

@testable import TallyAudit

@Suite("Who holds an item")
struct ItemHoldersTests {
  /// An open reservation with some of each of its items.
  private struct Hold {
    var ordinal: Int
    var items: Set<Int>
  }

  @Test("the newest and the oldest are found, whatever is settled, in part or whole", arguments: Seeds.few(4))
  func extremes(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var open = OpenReservations()
    var holders = ItemHolders(fewEntries: 20)
    var holds: [Hold] = []
    for ordinal in 0..<4_000 {
      // More of one kind for a while, so that both ends come and go.
      if holds.isEmpty || random.one(in: ordinal / 400 % 2 == 0 ? 2 : 5) {
        let items = Set((0..<random.number(1...3)).map { _ in random.number(0...4) })
        let record = open.add(
          ordinal, sequence: UInt64(ordinal + 1), id: UnsafeRawBufferPointer(start: nil, count: 0),
          customer: UnsafeRawBufferPointer(start: nil, count: 0), time: 0, expires: 0, lines: items.count)
        for item in items.sorted() {
          record.addLine(UInt32(item), 1)
          if holders.isKept { holders.addLine(of: record, ordinal, open) }
        }
        holds.append(Hold(ordinal: ordinal, items: items))
      } else {
        let index = random.pick([0, holds.count - 1, random.number(0...(holds.count - 1))])
        guard case .open(let handle) = open.standing(holds[index].ordinal) else { throw Missing() }
        let item = try #require(holds[index].items.randomElement(using: &random))
        let line = try #require((0..<handle.record.lineCount).first { handle.record.line($0).item == item })
        handle.record.settle(line: line, 1)
        holds[index].items.remove(item)
        if holds[index].items.isEmpty {
          open.close(handle)
          holds.remove(at: index)
        }
      }
      if ordinal == 500 { holders.keep(open) }
      guard holders.isKept else { continue }
      for item in 0...4 where random.one(in: 4) {
        let ordinals = holds.filter { $0.items.contains(item) }.map(\.ordinal)
        let comment = Comment(rawValue: Seeds.replay(seed, of: "ItemHoldersTests"))
        #expect(holders.newest(item, open) == ordinals.last, comment)
        #expect(holders.oldest(item, open) == ordinals.first, comment)
      }
    }
  }

  private struct Missing: Error {}
}
