import Testing

@Suite("A sale over the wire")
struct SaleTests {
  @Test("goes from the receipt to the commit, and each answer is the event's number")
  func sale() throws {
    let shop = try Shop()
    let client = try shop.stockedClient()
    #expect(
      try client("STOCK.RESERVE", "order-1", "tea", "2", "cup@berlin", "1", "CUSTOMER", "c", "TTL", "900000")
        == .integer(4))
    #expect(
      try client("STOCK.RESERVE", "order-1", "tea", "2", "cup@berlin", "1", "CUSTOMER", "c", "TTL", "900000")
        == .integer(4))
    let level = try client("STOCK.GET", "tea")
    #expect(level["on_hand"] == .integer(100) && level["held"] == .integer(2) && level["available"] == .integer(98))
    #expect(try client("STOCK.COMMIT", "order-1", "KEY", "pay-1") == .integer(5))
    #expect(try client("STOCK.COMMIT", "order-1", "KEY", "pay-1") == .integer(5))
    #expect(try client("STOCK.SHOW", "order-1")["state"] == .text("committed"))
    #expect(try client("STOCK.RETURN", "tea", "1", "ORDER", "order-1", "KEY", "rma-1") == .integer(6))
    let report = try shop.closeAndAudit()
    #expect(report.verdict == .proven)
    #expect(report.reservations == 1)
  }

  @Test("refuses with a first word that says why")
  func refusals() throws {
    let client = try Shop().stockedClient()
    #expect(
      try client("STOCK.RESERVE", "o1", "cup@berlin", "2") == .error("INSUFFICIENT cup@berlin asked 2 available 1"))
    #expect(
      try client("STOCK.RESERVE", "o1", "tea", "101", "cup@berlin", "2")
        == .error("INSUFFICIENT tea@main asked 101 available 100, cup@berlin asked 2 available 1"))
    _ = try client("STOCK.RESERVE", "o1", "tea", "1")
    for (words, reason) in [
      (["STOCK.RESERVE", "o1", "tea", "2"], "CONFLICT"), (["STOCK.RESERVE", "o2", "milk", "1"], "UNKNOWN-ITEM"),
      (["STOCK.COMMIT", "o9", "KEY", "k1"], "UNKNOWN-RESERVATION"),
      (["STOCK.COMMIT", "o1", "tea", "2", "KEY", "k2"], "SETTLED"),
      (["STOCK.RESERVE", "o3", "tea", "1", "EXPECT", "1"], "CHANGED"),
      (["STOCK.RECEIVE", "tea", "9007199254740991", "KEY", "k3"], "OVERFLOW"),
      (["STOCK.RECEIVE", "tea", "1"], "KEY"), (["STOCK.RECEIVE", "tea", "x", "KEY", "k"], "INVALID"),
      (["STOCK.TRANSFER", "tea", "1", "main", "main", "KEY", "k"], "INVALID"),
      (["STOCK.NONSENSE", "tea"], "ERR"),
    ] {
      client.send(words)
      #expect(try client.reply().firstWord == reason, "\(words)")
    }
    _ = try client("STOCK.LIMIT", "tea", "3", "KEY", "k4")
    #expect(try client("STOCK.RESERVE", "o4", "tea", "1").firstWord == "LIMIT")
    #expect(
      try client("STOCK.RESERVE", "o4", "tea", "4", "CUSTOMER", "c")
        == .error("LIMIT tea@main asked 4 limit 3, of which the customer has 0"))
  }

  @Test("has exact numbers up to 2^53 - 1, as integers and as text")
  func largeNumbers() throws {
    let shop = try Shop()
    let client = try shop.client()
    #expect(try client("STOCK.RECEIVE", "sand", "9007199254740991", "KEY", "k") == .integer(2))
    #expect(try client("STOCK.GET", "sand")["on_hand"] == .integer(9_007_199_254_740_991))
    let text = try client("STOCK.GET", "sand", "JSON").string ?? ""
    #expect(text.contains("\"on_hand\":9007199254740991"))
    #expect(try client("STOCK.SHOW", "nobody") == .null)
    #expect(try client("STOCK.GET", "nothing") == .null)
  }

  @Test("shows holds and events, each as asked")
  func readings() throws {
    let client = try Shop().stockedClient()
    _ = try client("STOCK.RESERVE", "o1", "tea", "2", "CUSTOMER", "c")
    _ = try client("STOCK.RESERVE", "o2", "cup@berlin", "1")
    #expect(try client("STOCK.HOLDS").parts.map { $0["id"] } == [.text("o1"), .text("o2")])
    #expect(try client("STOCK.HOLDS", "SKU", "tea").parts.map { $0["id"] } == [.text("o1")])
    #expect(try client("STOCK.HOLDS", "CUSTOMER", "c", "JSON").parts.first?.string?.hasPrefix("{\"id\":\"o1\"") == true)
    #expect(try client("STOCK.HOLDS", "COUNT", "1").parts.count == 1)
    let events = try client("STOCK.EVENTS", "2", "COUNT", "3").parts.compactMap(\.string)
    #expect(events.count == 3)
    #expect(events.first?.hasPrefix("{\"seq\":2,") == true)
    #expect(try client("STOCK.EVENTS", "99") == .array([]))
  }

  @Test("takes what has no key only where that was said at the start")
  func unkeyed() throws {
    let client = try Shop { $0.allowsUnkeyed = true }.client()
    #expect(try client("STOCK.RECEIVE", "tea", "5") == .integer(2))
    #expect(try client("STOCK.ADJUST", "tea", "BY", "-1", "a loss") == .integer(3))
  }

  @Test("lets a hold expire by itself, although nobody asks for anything")
  func expiry() throws {
    let shop = try Shop()
    let client = try shop.stockedClient()
    _ = try client("STOCK.RESERVE", "o1", "tea", "2", "TTL", "1")
    // A question judges nothing: only the timer can have expired it.
    let clock = ContinuousClock()
    let end = clock.now.advanced(by: .seconds(60))
    while try client("STOCK.SHOW", "o1")["state"] != .text("expired") {
      try #require(clock.now < end, "nothing expires")
    }
    #expect(try client("STOCK.GET", "tea")["available"] == .integer(100))
  }
}
