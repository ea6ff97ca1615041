import Foundation
import TallyTestSupport
import Tallystick
import Testing

@testable import TallyServer

@Suite("Over HTTP")
struct HTTPTests {
  /// As a program of its own: HTTP is answered by tasks, for which the tests' threads would not leave any room.
  private func stocked() throws -> ServingProgram {
    let shop = try ServingProgram(http: true)
    let made = try shop.post(#"{"op":"receive","lines":[{"sku":"tea","qty":100}],"key":"po-1"}"#)
    #expect(made.status == 200 && made.object["seq"] as? Int == 2)
    return shop
  }

  @Test("a sale goes from the receipt to the commit, and a repeat is told")
  func sale() throws {
    let shop = try stocked()
    let reserve = #"{"op":"reserve","id":"o1","lines":[{"sku":"tea","qty":2}],"ttl_ms":900000}"#
    #expect(try shop.post(reserve).object["status"] as? String == "accepted")
    let again = try shop.post(reserve)
    #expect(again.status == 200 && again.object["status"] as? String == "repeated" && again.object["seq"] as? Int == 3)
    #expect(try shop.ask("GET", "/v1/stock/tea").object["available"] as? Int == 98)
    #expect(try shop.post(#"{"op":"commit","id":"o1"}"#, "Idempotency-Key: pay-1").status == 200)
    #expect(try shop.ask("GET", "/v1/reservations/o1").object["state"] as? String == "committed")
    #expect(shop.end().status == 0)
    #expect(shop.verdict().contains("\"verdict\":\"proven\""))
  }

  @Test("Idempotency-Key is the id of a reservation that has none, and the key of a command that has none")
  func idempotencyKey() throws {
    let shop = try stocked()
    let reserve = #"{"op":"reserve","lines":[{"sku":"tea","qty":2}]}"#
    for status in ["accepted", "repeated"] {
      #expect(try shop.post(reserve, "Idempotency-Key: \"order 7\"").object["status"] as? String == status)
    }
    #expect(try shop.ask("GET", "/v1/reservations/order%207").status == 200)
    #expect(
      try shop.post(#"{"op":"receive","lines":[{"sku":"tea","qty":1}]}"#).object["type"] as? String
        == "urn:tallystick:key")
    #expect(try shop.post(reserve, "Idempotency-Key: \(String(repeating: "x", count: 65))").status == 400)
    let twice = try shop.post(reserve, "Idempotency-Key: a", "Idempotency-Key: b")
    #expect(twice.status == 400 && (twice.object["detail"] as? String)?.contains("twice") == true)
  }

  @Test("refusals are problems that say what and why")
  func problems() throws {
    let shop = try stocked()
    let short = try shop.post(#"{"op":"reserve","id":"o1","lines":[{"sku":"tea","qty":101}]}"#)
    #expect(short.status == 409 && short.head.contains("application/problem+json"))
    #expect(short.object["reason"] as? String == "insufficient" && short.object["status"] as? Int == 409)
    #expect((short.object["short"] as? [[String: Any]])?.first?["available"] as? Int == 100)
    for (body, status) in [
      ("", 400), ("{", 400), (#"{"op":"reserve","id":"o1","lines":[],"ttl":5}"#, 400),
      (#"{"op":"reserve","id":"o1","lines":[{"sku":"milk","qty":1}]}"#, 409),
      (#"{"op":"commit","id":"o9","key":"k"}"#, 409),
    ] { #expect(try shop.post(body).status == status, "\(body)") }
    for (method, path, status) in [
      ("GET", "/v1/stock/milk", 404), ("GET", "/v1/stock/tea?x=1", 400), ("GET", "/v1/stock/%zz", 400),
      ("GET", "/v1/reservations/o9", 404), ("GET", "/v1/events?from=x", 400), ("GET", "/nothing", 404),
      ("DELETE", "/v1/stock", 405), ("GET", "/v1/commands", 405),
    ] {
      let answer = try shop.ask(method, path)
      #expect(answer.status == status && answer.object["status"] as? Int == status, "\(method) \(path): \(answer.body)")
    }
    let large = String(repeating: " ", count: 9 << 20)
    #expect(try shop.post(large).status == 413)
  }

  @Test("lines are judged in order, each answered on a line of its own, with its number in the body")
  func lines() throws {
    let shop = try stocked()
    let body = """
      {"op":"reserve","id":"o1","lines":[{"sku":"tea","qty":60}]}
      {"op":"reserve","id":"o2","lines":[{"sku":"tea","qty":60}]}

      {"op":"nonsense"}
      {"op":"receive","lines":[{"sku":"tea","qty":1}]}
      {"op":"commit","id":"o1","key":"pay-1"}
      """
    let answer = try shop.post(body, "Content-Type: application/x-ndjson")
    #expect(answer.status == 200)
    #expect(answer.lines.map { $0["status"] as? String } == ["accepted", "rejected", "invalid", "invalid", "accepted"])
    #expect(answer.lines.map { $0["line"] as? Int } == [1, 2, 4, 5, 6])
    #expect(try shop.ask("GET", "/v1/stock/tea").object["on_hand"] as? Int == 40)
  }

  @Test("one command may be spread over lines")
  func spread() throws {
    let shop = try stocked()
    #expect(
      try shop.post("{\n\"op\": \"reserve\", \"id\": \"o1\",\n\"lines\": [{\"sku\": \"tea\", \"qty\": 1}]\n}\n").status
        == 200)
  }

  @Test("events are lines up to the last there is")
  func events() throws {
    let shop = try stocked()
    _ = try shop.post(#"{"op":"reserve","id":"o1","lines":[{"sku":"tea","qty":2}]}"#)
    #expect(try shop.ask("GET", "/v1/events").lines.map { $0["seq"] as? Int } == [1, 2, 3])
    #expect(try shop.ask("GET", "/v1/events?from=3").lines.count == 1)
    #expect(try shop.ask("GET", "/v1/events?from=4").body.isEmpty)
    #expect(try shop.ask("GET", "/v1/events?id=o1&limit=1").lines.first?["type"] as? String == "reserved")
  }

  @Test("server-sent events come as they happen, resume behind the last that was seen, and end with the server")
  func stream() throws {
    let shop = try stocked()
    let page = try TestClient(.tcp(port: shop.httpPort))
    page.send(
      Array("GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nLast-Event-ID: 1\r\n\r\n".utf8))
    #expect(page.text(upTo: "retry: 1000\n").contains("text/event-stream"))
    #expect(page.text(upTo: "\"type\":\"received\"").contains("id: 2\nevent: received"))
    _ = try shop.post(#"{"op":"reserve","id":"o1","lines":[{"sku":"tea","qty":2}]}"#)
    #expect(page.text(upTo: "\"type\":\"reserved\"").contains("id: 3\nevent: reserved"))
    let ended = shop.end()
    #expect(ended.status == 0 && !ended.errors.contains("cut off"), "\(ended.errors)")
  }

  @Test("health, readiness and metrics mean what they say")
  func operations() throws {
    let shop = try stocked()
    #expect(try shop.ask("GET", "/healthz").body == "ok\n")
    #expect(try shop.ask("GET", "/readyz").body == "ready\n")
    let metrics = try shop.ask("GET", "/metrics").body
    #expect(metrics.contains("tallystick_answers_total{status=\"accepted\",reason=\"\"} 1\n"))
    #expect(metrics.contains("tallystick_last_sequence 2\n"))
    let document = try shop.ask("GET", "/openapi.json").object
    #expect(document["openapi"] as? String == "3.1.0")
    let busy = Problem(Busy(queueDelay: .milliseconds(1_500), queuedCommands: 1, queuedBytes: 1))
    #expect(busy.status.code == 429 && busy.retryAfter == 2)
  }

  @Test("pages of other sites cannot use it")
  func browsers() throws {
    let shop = try stocked()
    let command = #"{"op":"reserve","id":"o1","lines":[{"sku":"tea","qty":1}]}"#
    #expect(try shop.post(command, "Origin: http://evil.example").status == 403)
    #expect(try shop.post(command, "Origin: http://127.0.0.1:\(shop.httpPort)").status == 200)
    let client = try TestClient(.tcp(port: shop.httpPort))
    client.send(Array("GET /v1/stock HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".utf8))
    #expect(String(decoding: client.rest(), as: UTF8.self).hasPrefix("HTTP/1.1 421"))
  }

  @Test("whatever is sent, others are served")
  func hostile() throws {
    let shop = try stocked()
    for seed in Seeds.few(20) {
      var random = SplitMix64(seed: seed)
      let client = try TestClient(.tcp(port: shop.httpPort))
      var bytes =
        random.one(in: 2)
        ? Array("POST /v1/commands HTTP/1.1\r\nContent-Length: \(random.number(0...99))\r\n\r\n".utf8) : []
      bytes += random.bytes(random.number(1...200))
      client.send(bytes)
      client.endSending()
      _ = client.rest()
      #expect(try shop.ask("GET", "/healthz").status == 200, "\(Seeds.replay(seed, of: "HTTPTests"))")
    }
  }
}
