import NIOCore
import TallyTestSupport
import Tallystick
import Testing

@testable import TallyServer

@Suite("Rates a client and an item may have")
struct RateTests {
  private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

  @Test("a bucket gives what it holds at once, and then as fast as it fills")
  func bucket() {
    let limit = RateLimit(perSecond: 10, burst: 3)
    var bucket = TokenBucket(limit, at: Self.start)
    for _ in 0..<3 {
      #expect(bucket.wait(for: 1, of: limit, at: Self.start) == .zero)
      bucket.take(1)
    }
    #expect(bucket.wait(for: 1, of: limit, at: Self.start) == .milliseconds(100))
    #expect(bucket.wait(for: 1, of: limit, at: Self.start + .milliseconds(60)) == .milliseconds(40))
    #expect(bucket.wait(for: 1, of: limit, at: Self.start) == .milliseconds(40), "a time before changes nothing")
    #expect(bucket.wait(for: 1, of: limit, at: Self.start + .milliseconds(100)) == .zero)
    #expect(bucket.wait(for: 3, of: limit, at: Self.start + .hours(1)) == .zero, "and is full again, no fuller")
    bucket.take(3)
    #expect(bucket.wait(for: 1, of: limit, at: Self.start + .hours(1)) > .zero)
  }

  @Test("what is larger than a full bucket passes when it is full, and is paid off")
  func large() {
    let limit = RateLimit(perSecond: 10, burst: 5)
    var bucket = TokenBucket(limit, at: Self.start)
    #expect(bucket.wait(for: 100, of: limit, at: Self.start) == .zero)
    bucket.take(100)
    #expect(bucket.wait(for: 1, of: limit, at: Self.start + .seconds(9)) > .zero)
    #expect(bucket.wait(for: 1, of: limit, at: Self.start + .seconds(10)) == .zero)
  }

  @Test("a table takes from all buckets or from none, and stays bounded whoever comes")
  func table() {
    var table = BucketTable<Int>(RateLimit(perSecond: 1))
    #expect(table.take(of: [1], at: Self.start) == .zero)
    #expect(table.take(of: [1, 2], at: Self.start) > .zero)
    #expect(table.take(of: [2], at: Self.start) == .zero, "nothing was taken from 2")
    for key in 0..<200_000 { _ = table.take(of: [key], at: Self.start) }
    #expect(table.count <= 2 * BucketTable<Int>.half)
    #expect(table.take(of: [199_999], at: Self.start) > .zero, "who came lately is known")
  }

  @Test("a limit is a number a second, with or without a burst")
  func words() {
    #expect(RateLimit("1000") == RateLimit(perSecond: 1_000, burst: 1_000))
    #expect(RateLimit("5/20") == RateLimit(perSecond: 5, burst: 20) && RateLimit("5/20")?.description == "5/20")
    for text in ["", "0", "-1", "5/", "/5", "5/0", "1/2/3", "x", "9999999999"] { #expect(RateLimit(text) == nil) }
  }

  @Test("a client's commands beyond its rate are busy at once, and nothing was done")
  func clients() async throws {
    try await onThread {
      let shop = try Shop {
        $0.clientRate = RateLimit(perSecond: 1, burst: 2)
        $0.http = .tcp(host: "127.0.0.1", port: 0)
      }
      let client = try shop.stockedClient()
      let answers = try (0..<50).map { try client("STOCK.RESERVE", "o\($0)", "tea", "1") }
      var taken = answers.filter { $0.number != nil }.count
      #expect(taken < 50 && answers.contains { "\($0)".contains("BUSY too many from one client") })
      #expect(try client("PING") == .simple("PONG"), "who only wants to know whether it lives is told")
      func ask() throws -> HTTPAnswer {
        let body = #"{"op":"reserve","id":"h\#(taken)","lines":[{"sku":"tea","qty":1}]}"#
        return try shop.ask("POST", "/v1/commands", body: body)
      }
      var refused = try ask()
      // A machine that stood still for a second has let the bucket fill.
      while refused.status == 200 {
        taken += 1
        refused = try ask()
      }
      #expect(refused.status == 429 && refused.head.contains("Retry-After: "), "\(refused.head)")
      #expect(try shop.ask("GET", "/healthz").status == 200)
      #expect(try shop.log.stock([ItemName(sku: "tea")])[0]?.held == Int64(taken))
      #expect(try shop.closeAndAudit().reservations == taken)
    }
  }

  @Test("an item's reservations beyond its rate are busy; other items, and what gives back or pays, are not")
  func items() async throws {
    try await onThread {
      let shop = try Shop {
        $0.itemRate = RateLimit(perSecond: 1, burst: 1)
        $0.http = .tcp(host: "127.0.0.1", port: 0)
      }
      let client = try shop.stockedClient()
      #expect(try client("STOCK.RESERVE", "o1", "tea", "1").number != nil)
      // A machine that stood still for a second has let the bucket fill.
      var more: Int64 = 0
      while try client("STOCK.RESERVE", "more-\(more)", "tea", "1").firstWord != "BUSY" { more += 1 }
      #expect(try client("STOCK.RESERVE", "o3", "cup@berlin", "1").number != nil)
      #expect(try client("STOCK.COMMIT", "o1", "KEY", "pay").number != nil)
      #expect(try client("STOCK.GET", "tea")["held"] == .integer(more))
      let lines = ["a", "b"].map { #"{"op":"reserve","id":"\#($0)","lines":[{"sku":"tea","qty":1}]}"# }
      let body = (lines + [#"{"op":"release","id":"o3","key":"k"}"#]).joined(separator: "\n")
      let answers = try shop.ask("POST", "/v1/commands", body: body).lines.map { $0["status"] as? String }
      #expect(answers.last == "accepted" && answers.filter { $0 == "busy" }.count >= 1, "\(answers)")
      let metrics = try shop.ask("GET", "/metrics").body
      #expect(!metrics.contains("tallystick_busy_total 0\n"))
    }
  }
}
