import TallyTestSupport
import Tallystick
import Testing

@testable import TallyServer

@Suite("Consumers over the wire")
struct ConsumerTests {
  @Test("read what they have not acknowledged, in order, until they do")
  func redis() throws {
    let shop = try Shop()
    let client = try shop.stockedClient()
    #expect(try client("STOCK.CONSUME", "orders").firstWord == "UNKNOWN-CONSUMER")
    #expect(try client("STOCK.ACK", "orders", "0") == .integer(4))
    _ = try client("STOCK.RESERVE", "o1", "tea", "2")
    let events = try client("STOCK.CONSUME", "orders").parts.compactMap(\.string)
    #expect(events.count == 4 && events.last?.contains("\"id\":\"o1\"") == true)
    #expect(!events.contains { $0.contains("acknowledged") })
    #expect(try client("STOCK.CONSUME", "orders", "COUNT", "2").parts.count == 2)
    #expect(try client("STOCK.ACK", "orders", "3") == .integer(6))
    #expect(try client("STOCK.ACK", "orders", "2") == .integer(6))
    #expect(try client("STOCK.CONSUME", "orders").parts.count == 1)
    let known = try client("STOCK.CONSUMERS").parts
    #expect(known.count == 1 && known[0]["consumer"] == .text("orders") && known[0]["seq"] == .integer(3))
    #expect(known[0]["lag"] == .integer(2) && known[0]["event_seq"] == .integer(6))
    #expect(try client("STOCK.CONSUMERS", "JSON").parts.first?.string?.contains("\"lag\":2") == true)
    #expect(try client("STOCK.ACK", "orders", "5") == .integer(7))
    #expect(try client("STOCK.CONSUME", "orders") == .array([]))
    #expect(try client("STOCK.ACK", "orders", "99").firstWord == "INVALID")
    #expect(try client("STOCK.FORGET", "orders") == .integer(8))
    #expect(try client("STOCK.CONSUMERS") == .array([]))
    #expect(try shop.closeAndAudit().verdict == .proven)
  }

  @Test("see their own acknowledgement in a pipeline")
  func pipeline() throws {
    let client = try Shop().stockedClient()
    client.send(
      TestClient.command(["STOCK.ACK", "orders", "2"].map { Array($0.utf8) })
        + TestClient.command(["STOCK.CONSUME", "orders"].map { Array($0.utf8) }))
    #expect(try client.reply() == .integer(4))
    #expect(try client.reply().parts.count == 1)
  }

  @Test("read over HTTP, acknowledge, and are forgotten")
  func http() throws {
    let shop = try ServingProgram(http: true)
    #expect(try shop.post(#"{"op":"receive","lines":[{"sku":"tea","qty":9}],"key":"po"}"#).status == 200)
    #expect(try shop.ask("GET", "/v1/consumers/orders/events").status == 404)
    let acknowledge = "/v1/consumers/orders/acknowledge"
    #expect(try shop.ask("POST", acknowledge, body: #"{"seq":1}"#).object["seq"] as? Int == 3)
    #expect(try shop.ask("POST", acknowledge, body: #"{"seq":1}"#).object["status"] as? String == "repeated")
    #expect(try shop.ask("GET", "/v1/consumers/orders/events").lines.map { $0["seq"] as? Int } == [2])
    #expect(try shop.ask("GET", "/metrics").body.contains("tallystick_consumer_lag{consumer=\"orders\"} 1\n"))
    for (body, status) in [
      ("", 400), ("{}", 400), (#"{"seq":-1}"#, 400), (#"{"seq":1,"seq":2}"#, 400), (#"{"seq":9,"x":1}"#, 400),
      (#"{"seq":77}"#, 400), (String(repeating: " ", count: 9_000), 413),
    ] { #expect(try shop.ask("POST", acknowledge, body: body).status == status, "\(body.prefix(20))") }
    #expect(try shop.ask("GET", acknowledge).status == 405)
    #expect(try shop.ask("GET", "/v1/consumers/a%01/events").status == 400)
    #expect(try shop.ask("POST", acknowledge, body: #"{"seq":2}"#).status == 200)
    #expect(try shop.ask("GET", "/v1/consumers/orders/events").body.isEmpty)
    #expect(try shop.ask("GET", "/v1/consumers").body == #"[{"consumer":"orders","seq":2,"event_seq":4,"lag":0}]"#)
    #expect(try shop.ask("DELETE", "/v1/consumers/orders").object["seq"] as? Int == 5)
    #expect(try shop.ask("DELETE", "/v1/consumers/orders").object["status"] as? String == "repeated")
    #expect(try shop.ask("GET", "/v1/consumers").body == "[]")
    #expect(shop.end().status == 0)
    #expect(shop.verdict().contains("\"verdict\":\"proven\""))
  }

  @Test("are streamed from their position on, or from behind the last that they saw")
  func stream() throws {
    let shop = try ServingProgram(http: true)
    for number in 1...3 {
      _ = try shop.post("{\"op\":\"receive\",\"lines\":[{\"sku\":\"tea\",\"qty\":9}],\"key\":\"po-\(number)\"}")
    }
    _ = try shop.ask("POST", "/v1/consumers/orders/acknowledge", body: #"{"seq":1}"#)
    let path = "GET /v1/consumers/orders/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
    let first = try TestClient(.tcp(port: shop.httpPort))
    first.send(Array((path + "\r\n").utf8))
    #expect(first.text(upTo: "\"type\":\"received\"").contains("id: 2\nevent: received"))
    let again = try TestClient(.tcp(port: shop.httpPort))
    again.send(Array((path + "Last-Event-ID: 3\r\n\r\n").utf8))
    #expect(again.text(upTo: "\"type\":\"received\"").contains("id: 4\nevent: received"))
    // What is acknowledged meanwhile is not told.
    _ = try shop.ask("POST", "/v1/consumers/orders/acknowledge", body: #"{"seq":4}"#)
    _ = try shop.post(#"{"op":"reserve","id":"o1","lines":[{"sku":"tea","qty":2}]}"#)
    #expect(again.text(upTo: "\"type\":\"reserved\"").contains("id: 7\nevent: reserved"))
    #expect(shop.end().status == 0)
  }
}
