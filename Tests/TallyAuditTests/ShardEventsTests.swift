import TallyFormat
import Testing

@testable import TallyAudit

@Suite("What a shard's log says of carts")
struct ShardEventsTests {
  @Test("is read from a forged log, too: ids of no bytes, and quantities that no writer makes")
  func forged() throws {
    let log = try #require(LogID(bytes: Array(repeating: 1, count: 16)))
    let lines = [LineEntry(item: ItemNumber(7), quantity: .min), LineEntry(item: ItemNumber(9), quantity: -1)]
    let content = try #require(CartContent(id: "x", customer: "", timeToLive: 0, lines: []))
    let part = CartPart(home: 0, attempt: 1, content)
    var columns = EventColumns(firstSequence: 1)
    // The last id has no bytes: nothing stands where it would begin.
    for id in [part.name, Name(bytes: [])] {
      id.bytes.withUnsafeBufferPointer { id in
        lines.withUnsafeBufferPointer {
          columns.appendReservation(
            id: id, lines: $0, customer: UnsafeBufferPointer(start: nil, count: 0), timeToLive: 0, time: 1, more: false)
        }
      }
    }
    columns.appendExtension(reservation: 1, timeToLive: 0, key: part.cart, digest: .none, time: 1, more: false)
    var shard = ShardEvents(0, ShardMap(shop: log, logs: [log]), NameHasher())
    shard.read(columns, isFirst: true)
    shard.endFirstReading()
    #expect(Array(shard.parts.keys) == [part.name] && shard.parts[part.name]?.confirmed == 3)
    let judge = CartJudge([shard])
    #expect(judge.violations.map(\.rule) == [.cartAmounts], "\(judge.violations)")
  }
}
