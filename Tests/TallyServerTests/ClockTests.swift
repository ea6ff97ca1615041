import TallyThreads
import Testing

@Suite("A clock that is set under a server")
struct ClockTests {
  @Test("forwards: what is due then expires; backwards: the log's time stands still, and nothing else is any different")
  func jumps() throws {
    let clock = Monitor<Int64>(1_800_000_000_000)
    let hour: Int64 = 3_600_000
    let shop = try Shop(clock: { clock.access { $0 } })
    let client = try shop.stockedClient()
    #expect(try client("STOCK.RESERVE", "o1", "tea", "60", "TTL", "\(hour)").number != nil)
    #expect(try client("STOCK.RESERVE", "o2", "tea", "60") == .error("INSUFFICIENT tea@main asked 60 available 40"))
    clock.access { $0 += 2 * hour }
    // It is for sale again, whatever the timer waits for.
    #expect(try client("STOCK.RESERVE", "o3", "tea", "60", "TTL", "\(hour)").number != nil)
    #expect(try client("STOCK.SHOW", "o1")["state"] == .text("expired"))
    clock.access { $0 -= 24 * hour }
    #expect(try client("STOCK.RESERVE", "o4", "tea", "1", "TTL", "1").number != nil)
    #expect(try client("STOCK.COMMIT", "o3", "KEY", "c3").number != nil)
    // Not before the clock has come back to where it was.
    #expect(try client("STOCK.SHOW", "o4")["state"] == .text("open"))
    clock.access { $0 += 24 * hour + 1 }
    #expect(try client("STOCK.RECEIVE", "tea", "1", "KEY", "po-2").number != nil)
    #expect(try client("STOCK.SHOW", "o4")["state"] == .text("expired"))
    #expect(try shop.closeAndAudit().verdict == .proven)
  }
}
