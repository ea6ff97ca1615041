import Glibc
import TallyTestSupport
import Testing

@Suite("A crowd, and a world that fails")
struct CrowdTests {
  /// As many as a moment allows; an environment's variable for the whole of it.
  private func number(_ name: String, or usual: Int) -> Int {
    getenv(name).flatMap { Int(String(cString: $0)) } ?? usual
  }

  @Test("of idle connections costs little each, and others are served")
  func idle() throws {
    let count = number("TALLY_IDLE", or: 500)
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    let server = try ServingProgram(["--max-connections", "\(count + 10)"])
    let first = try server.client()
    #expect(try first("STOCK.RECEIVE", "tea", "5", "KEY", "k") == .integer(2))
    let before = server.residentKilobytes
    let crowd = try (0..<count).map { _ in try server.client() }
    for client in crowd { #expect(try client("PING") == .simple("PONG")) }
    let each = Double(server.residentKilobytes - before) / Double(count)
    // What a server takes once is spread over few.
    #expect(each <= (count >= 5_000 ? 16 : 64), "\(each) KiB each of \(count)")
    if count >= 5_000 { print("\(count) idle connections: \(each) KiB each") }
    #expect(try first("STOCK.RESERVE", "o", "tea", "1").number != nil)
    #expect(server.end().status == 0)
    #expect(crowd.allSatisfy { $0.isEnded() })
  }

  @Test("that comes and goes leaves nothing open")
  func comingAndGoing() throws {
    let server = try ServingProgram(http: true)
    let stays = try server.client()
    #expect(try stays("PING") == .simple("PONG"))
    let before = server.openFiles
    for round in 0..<number("TALLY_CONNECTS", or: 1_000) {
      let visitor = try TestClient(.tcp(port: round % 4 == 3 ? server.httpPort : server.port))
      switch round % 4 {
      case 0: #expect(try visitor("PING") == .simple("PONG"))
      case 1: visitor.send(Array("*2\r\n$4\r\nEC".utf8))
      case 2: visitor.endSending()
      default: visitor.send(Array("GET /healthz HT".utf8))
      }
    }
    let clock = ContinuousClock()
    let end = clock.now.advanced(by: .seconds(60))
    while server.openFiles > before + 8 { try #require(clock.now < end, "\(server.openFiles) files, \(before) before") }
    #expect(try stays("PING") == .simple("PONG"))
  }

  @Test(
    "whose disk is full is told that nothing more is written; what was acknowledged is there when there is room again")
  func fullDisk() throws {
    // So large may a file be, in blocks of 512 bytes.
    let server = try ServingProgram(http: true, limit: "ulimit -f 1024")
    let client = try server.client()
    #expect(try client("STOCK.RECEIVE", "tea", "100000000", "KEY", "k") == .integer(2))
    var random = SplitMix64(seed: 1)
    var acknowledged: [String: Int64] = [:]
    var refusal = ""
    filling: while true {
      let ids = (0..<100).map { _ in "o-\(random.next())-\(random.next())" }
      for id in ids { client.send(["STOCK.RESERVE", id, "tea", "1"]) }
      for id in ids {
        let reply = try client.reply()
        if let number = reply.number { acknowledged[id] = number } else if refusal.isEmpty { refusal = "\(reply)" }
      }
      if !refusal.isEmpty { break filling }
      try #require(acknowledged.count < 1_000_000, "its disk is never full")
    }
    #expect(refusal.contains("FAILED") || refusal.contains("UNAVAILABLE"), "\(refusal)")
    #expect(try server.client()("PING") == .simple("PONG"))
    #expect(try server.ask("GET", "/healthz").status == 503 && server.ask("GET", "/readyz").status == 503)
    let post = try server.post(#"{"op":"reserve","id":"late","lines":[{"sku":"tea","qty":1}]}"#)
    #expect(post.status == 503, "\(post.body)")
    _ = server.end()
    let again = try ServingProgram(in: server.directory, makesLog: false)
    let reader = try again.client()
    for (id, number) in acknowledged { #expect(try reader("STOCK.SHOW", id)["seq"]?.number == number, "\(id)") }
    #expect(again.end().status == 0)
    #expect(again.verdict().contains("\"verdict\":\"proven\""))
  }
}
