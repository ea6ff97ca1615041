import TallyTestSupport
import Testing

@Suite("A served shop of several shards")
struct ShardedServerTests {
  @Test("sells over RESP and HTTP, cart by cart, and proves it")
  func sale() throws {
    let server = try ServingProgram(["--shards", "3"], http: true, makesLog: false)
    let client = try server.client()
    for sku in ["tea", "cup", "pot", "sku-1"] {
      guard case .integer = try client("STOCK.RECEIVE", sku, "10", "KEY", "po-\(sku)") else {
        Issue.record("\(sku) was not received")
        continue
      }
    }
    guard case .integer(let sequence) = try client("STOCK.RESERVE", "o-1", "tea", "2", "cup", "1", "TTL", "900000")
    else {
      Issue.record("the cart was not reserved")
      return
    }
    #expect(try client("STOCK.RESERVE", "o-1", "tea", "2", "cup", "1", "TTL", "900000") == .integer(sequence))
    #expect(try client("STOCK.GET", "tea")["held"] == .integer(2))
    #expect(try client("STOCK.GET", "cup")["held"] == .integer(1))
    #expect(try client("STOCK.SHOW", "o-1")["state"] != nil)
    guard case .integer = try client("STOCK.COMMIT", "o-1", "KEY", "pay-1") else {
      Issue.record("the cart was not committed")
      return
    }
    #expect(try client("STOCK.GET", "tea")["on_hand"] == .integer(8))
    guard case .error(let refusal) = try client("STOCK.EVENTS", "1", "COUNT", "5") else {
      Issue.record("events of a shop were told as those of one log")
      return
    }
    #expect(refusal.hasPrefix("UNAVAILABLE"))
    func get(_ path: String) throws -> String {
      try #require(
        RunningProgram(["curl", "-s", "-w", " %{http_code}", "http://127.0.0.1:\(server.httpPort)\(path)"])
      ).finish().output
    }
    #expect(try get("/v1/stock").contains("\"sku\":\"cup\""))
    #expect(try get("/v1/stock/tea").contains("\"on_hand\":8"))
    #expect(try get("/v1/reservations/o-1").contains("\"committed\""))
    for path in ["/v1/events", "/v1/holds", "/v1/consumers", "/v1/status", "/v1/checkpoint", "/"] {
      #expect(try get(path).hasSuffix(" 501"), "\(path)")
    }
    #expect(try get("/readyz").hasSuffix(" 200"))
    #expect(server.end().status == 0)
    #expect(server.verdict().contains("\"verdict\":\"proven\""))
  }

  @Test("refuses signing and webhooks, which are one log's")
  func refusals() throws {
    let directory = TemporaryDirectory()
    let log = directory.path + "/shop.tally"
    let tally = ChildProcess.built("tally")
    #expect(try #require(RunningProgram([tally, "init", "--log", log, "--shards", "2"])).finish().status == 0)
    let ended = try #require(
      RunningProgram([tally, "serve", "--log", log, "--resp", "127.0.0.1:0", "--shards", "5"])
    ).finish()
    #expect(ended.status == 64 && ended.errors.contains("2 shards"), "\(ended.errors)")
  }
}
