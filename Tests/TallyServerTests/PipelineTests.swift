import TallyTestSupport
import Testing

@Suite("A pipeline")
struct PipelineTests {
  @Test("is answered in its order, an error in the middle and questions among the commands")
  func order() throws {
    let client = try Shop().stockedClient()
    for words in [
      ["STOCK.RESERVE", "o1", "tea", "2"], ["PING"], ["STOCK.GET", "tea"], ["STOCK.RESERVE", "o2", "cup@berlin", "2"],
      ["STOCK.RESERVE", "o3", "tea", "3"], ["STOCK.GET", "tea"], ["NONSENSE"], ["HELLO", "3"],
      ["STOCK.COMMIT", "o1", "KEY", "k"], ["STOCK.EVENTS", "6", "COUNT", "1"], ["STOCK.GET", "tea"], ["ECHO", "end"],
    ] { client.send(words) }
    let replies = try client.replies(12)
    #expect(replies[0] == .integer(4))
    #expect(replies[1] == .simple("PONG"))
    #expect(replies[2]["held"] == .integer(2), "it sees what was asked before it, and nothing behind it")
    #expect(replies[3].firstWord == "INSUFFICIENT")
    #expect(replies[4] == .integer(5))
    #expect(replies[5]["held"] == .integer(5))
    #expect(replies[6].firstWord == "ERR")
    guard case .map = replies[7] else { return #expect(Bool(false), "\(replies[7])") }
    #expect(replies[8] == .integer(6))
    #expect(replies[9].parts.first?.string?.contains("\"type\":\"committed\"") == true, "\(replies[9])")
    guard case .map = replies[10] else { return #expect(Bool(false), "\(replies[10])") }
    #expect(replies[10]["on_hand"] == .integer(98))
    #expect(replies[11] == .text("end"))
  }

  @Test("may be far longer than what the server has in memory of one client")
  func long() throws {
    let count = 5_000
    let shop = try Shop { $0.maxOutstanding = 16 }
    let client = try shop.client()
    _ = try client("STOCK.RECEIVE", "tea", "100000", "KEY", "k")
    var bytes: [UInt8] = []
    for index in 0..<count {
      bytes += TestClient.command(["STOCK.RESERVE", "o\(index)", "tea", "1"].map { Array($0.utf8) })
      if index % 7 == 0 { bytes += Array("PING\r\n".utf8) }
    }
    client.send(bytes)
    for index in 0..<count {
      #expect(try client.reply() == .integer(Int64(index + 3)))
      if index % 7 == 0 { #expect(try client.reply() == .simple("PONG")) }
    }
    let report = try shop.closeAndAudit()
    #expect(report.verdict == .proven)
    #expect(Int(report.reservations) == count)
  }

  @Test("of many clients together never oversells, and each hears of its own orders")
  func together() throws {
    let shop = try Shop { $0.eventLoops = 2 }
    let first = try shop.client()
    _ = try first("STOCK.RECEIVE", "tea", "300", "KEY", "k")
    let clients = try (0..<20).map { _ in try shop.client() }
    for (index, client) in clients.enumerated() {
      for order in 0..<20 { client.send(["STOCK.RESERVE", "o\(index)-\(order)", "tea", "1"]) }
    }
    let replies = try clients.flatMap { try $0.replies(20) }
    #expect(replies.count { $0.number != nil } == 300)
    #expect(replies.count { $0.firstWord == "INSUFFICIENT" } == 100)
    #expect(try first("STOCK.GET", "tea")["available"] == .integer(0))
    #expect(try shop.closeAndAudit().verdict == .proven)
  }

  @Test("is answered to its end although the client has said that it sends nothing more")
  func halfClosed() throws {
    let client = try Shop().stockedClient()
    for index in 0..<50 { client.send(["STOCK.RESERVE", "o\(index)", "tea", "1"]) }
    client.endSending()
    #expect(try client.replies(50) == (4..<54).map { .integer($0) })
    #expect(client.isEnded())
  }

  @Test("is answered as far as it was taken when the server ends, and the log has all of it")
  func ending() throws {
    let shop = try Shop()
    let client = try shop.stockedClient()
    for index in 0..<100 { client.send(["STOCK.RESERVE", "o\(index)", "tea", "1"]) }
    let first = try client.reply()
    #expect(shop.server.end(), "all connections end in time")
    var answered = 1
    while let reply = try? client.reply() {
      #expect(reply.number != nil)
      answered += 1
    }
    #expect(first == .integer(4))
    let report = try shop.closeAndAudit()
    #expect(report.verdict == .proven)
    #expect(Int(report.reservations) == answered, "nothing was done that was not answered")
  }
}
