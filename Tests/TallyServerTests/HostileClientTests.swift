import TallyTestSupport
import Tallystick
import Testing

@Suite("A hostile client")
struct HostileClientTests {
  /// Somebody else is still served.
  private func othersAreServed(_ shop: Shop) throws { #expect(try shop.client()("PING") == .simple("PONG")) }

  private func waitUntilGone(_ shop: Shop, _ count: Int = 0) throws {
    let clock = ContinuousClock()
    let end = clock.now.advanced(by: .seconds(60))
    while shop.server.connectionCount > count { try #require(clock.now < end, "it keeps its connection") }
  }

  @Test("that speaks no protocol is told so, after the answers to what came before, and cut off")
  func malformed() throws {
    let shop = try Shop()
    let client = try shop.stockedClient()
    client.send(["STOCK.RESERVE", "o1", "tea", "1"])
    client.send(Array("*1\r\n:5\r\nPING\r\n".utf8))
    #expect(try client.reply() == .integer(4))
    #expect(try client.reply() == .error("ERR Protocol error: expected '$', got ':'"))
    #expect(client.isEnded())
    try othersAreServed(shop)
  }

  @Test("that sends a command drop by drop, or only half of one, is cut off in time")
  func slow() throws {
    let shop = try Shop { $0.patience = .milliseconds(100) }
    let half = try shop.client()
    half.send(Array("*2\r\n$4\r\nECHO\r\n$10\r\nabc".utf8))
    #expect(half.isEnded())
    let idle = try shop.client()
    try waitUntilGone(shop, 1)
    #expect(try idle("PING") == .simple("PONG"), "one that asks nothing may stay")
  }

  @Test("that reads no answers is cut off, and costs no more memory than its share")
  func unread() throws {
    let shop = try Shop { $0.patience = .milliseconds(100) }
    let greedy = try shop.client()
    let command = TestClient.command([Array("ECHO".utf8), [UInt8](repeating: 0x78, count: 60_000)])
    var sent = 0
    // It sends until the server takes no more: that is when the server has cut it off.
    while sent < 100_000, greedy.send(command) { sent += 1 }
    #expect(sent < 100_000)
    try waitUntilGone(shop)
    try othersAreServed(shop)
  }

  @Test("is one of too many, and is told so")
  func tooMany() throws {
    let shop = try Shop { $0.maxConnections = 2 }
    let clients = try (0..<2).map { _ in try shop.client() }
    for client in clients { #expect(try client("PING") == .simple("PONG")) }
    let third = try shop.client()
    #expect(try third.reply() == .error("ERR max number of clients reached"))
    #expect(third.isEnded())
    clients[0].close()
    try waitUntilGone(shop, 1)
    try othersAreServed(shop)
  }

  @Test("that goes away in the middle leaves nothing behind but what it had asked for")
  func killed() throws {
    let shop = try Shop()
    let client = try shop.stockedClient()
    for round in 0..<20 {
      let leaver = try shop.client()
      for order in 0..<5 { leaver.send(["STOCK.RESERVE", "o\(round)-\(order)", "tea", "1"]) }
      leaver.send(Array("*2\r\n$4\r\nEC".utf8))
      leaver.close()
    }
    #expect(try client("PING") == .simple("PONG"))
    shop.server.end()
    let held = try shop.log.stock(["tea"].map { ItemName(sku: $0) })[0]?.held ?? -1
    #expect((0...100).contains(held))
    let report = try shop.closeAndAudit()
    #expect(report.verdict == .proven)
    #expect(Int64(report.reservations) == held)
  }

  @Test("that sends anything at all never stops the server")
  func random() throws {
    let shop = try Shop()
    _ = try shop.stockedClient()
    for seed in Seeds.few(60) {
      var random = SplitMix64(seed: seed)
      let client = try shop.client()
      let words = [
        "STOCK.RESERVE", "STOCK.GET", "HELLO", "3", "tea", "1", "KEY", "TTL", "-1", "*1\r\n", "$4\r\n", "\r\n", "\"",
        "@",
      ]
      var bytes: [UInt8] = []
      for _ in 0..<random.number(1...40) {
        switch random.number(0...3) {
        case 0: bytes += random.bytes(random.number(1...30))
        case 1: bytes += TestClient.command((0..<random.number(1...6)).map { _ in Array(random.pick(words).utf8) })
        default: bytes += Array(random.pick(words).utf8) + [0x20]
        }
      }
      client.send(bytes)
      client.endSending()
      // Whatever it answers, it comes to an end.
      while (try? client.reply()) != nil {}
      #expect(try shop.client()("PING") == .simple("PONG"), "\(Seeds.replay(seed, of: "HostileClientTests"))")
    }
    #expect(try shop.closeAndAudit().verdict == .proven)
  }

  @Test("of more than the log can take is told that it is busy, and nothing was done")
  func overload() throws {
    // No queue is shorter than that.
    let shop = try Shop { $0.maxQueueDelay = .nanoseconds(-1) }
    let client = try shop.client()
    client.send(["STOCK.RECEIVE", "tea", "5", "KEY", "k"])
    client.send(["STOCK.GET", "tea"])
    client.send(["PING"])
    #expect(try client.reply().firstWord == "BUSY")
    #expect(try client.reply().firstWord == "BUSY")
    #expect(try client.reply() == .simple("PONG"))
    #expect(shop.log.lastSequence == 0)
  }
}
