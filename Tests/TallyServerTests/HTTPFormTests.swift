import CZlib
import Foundation
import Logging
import TallyTestSupport
import TallyThreads
import Tallystick
import Testing

@testable import TallyServer

@Suite("Over HTTP")
struct HTTPFormTests {
  private static func shop(_ change: (inout ServerConfiguration) -> Void = { _ in }) throws -> Shop {
    let shop = try Shop {
      $0.http = .tcp(host: "127.0.0.1", port: 0)
      change(&$0)
    }
    let lines = ["tea", "Teapot", "cup@berlin", "TEA CUP"].enumerated().map { index, name in
      let parts = name.split(separator: "@").map { Name($0) }
      return Line(ItemName(sku: parts[0], location: parts.count > 1 ? parts[1] : .main), Int64(10 - index))
    }
    _ = shop.log.append(Command(.receive(lines)))
    return shop
  }

  private static func skus(_ shop: Shop, _ query: String) throws -> [String] {
    let answer = try shop.ask("GET", "/v1/stock?\(query)", headers: ["Accept: application/x-ndjson"])
    #expect(answer.status == 200, "\(answer.body)")
    return answer.lines.compactMap { $0["sku"] as? String }
  }

  @Test("the stock is searched, ordered and shown by pages")
  func listing() async throws {
    try await onThread {
      let shop = try Self.shop()
      #expect(try Self.skus(shop, "") == ["tea", "Teapot", "cup", "TEA CUP"])
      #expect(try Self.skus(shop, "contains=tEa") == ["tea", "Teapot", "TEA CUP"])
      #expect(try Self.skus(shop, "contains=BERL") == ["cup"])
      #expect(try Self.skus(shop, "sort=name") == ["TEA CUP", "Teapot", "cup", "tea"])
      #expect(try Self.skus(shop, "sort=available&limit=2") == ["TEA CUP", "cup"])
      #expect(try Self.skus(shop, "skip=3&limit=5") == ["TEA CUP"])
      _ = shop.log.append(Command(.reserve(id: "o", [Line(sku: "Teapot", 1)])))
      #expect(try Self.skus(shop, "sort=changed").first == "Teapot")
      #expect(try shop.ask("GET", "/v1/stock?contains=tea&limit=1").head.contains("Tally-Total: 3"))
      for query in ["sort=price", "limit=0", "skip=-1", "contains=%00", "contains=%FF", "page=1"] {
        #expect(try shop.ask("GET", "/v1/stock?\(query)").status == 400, "\(query)")
      }
    }
  }

  @Test("an item's line is shown in order")
  func queue() async throws {
    try await onThread {
      let shop = try Self.shop()
      for id in ["first", "second", "third"] {
        _ = shop.log.append(Command(.reserve(id: Name(id), [Line(sku: "tea", 100)], wait: .forever)))
      }
      let queue = try shop.ask("GET", "/v1/queue/tea?limit=2", headers: [])
      let places = try #require(try JSONSerialization.jsonObject(with: Data(queue.body.utf8)) as? [[String: Any]])
      #expect(places.map { $0["id"] as? String } == ["first", "second"] && queue.head.contains("Tally-Total: 3"))
      #expect(try shop.ask("GET", "/v1/queue/cup@berlin").body == "[]")
      #expect(try shop.ask("GET", "/v1/queue/milk").status == 404)
    }
  }

  @Test("the status counts what happened, and says what is kept")
  func status() async throws {
    try await onThread {
      let shop = try Self.shop()
      let client = try shop.client()
      #expect(try client("STOCK.RESERVE", "o", "tea", "1").number != nil)
      #expect(try client("STOCK.RESERVE", "p", "tea", "100").firstWord == "INSUFFICIENT")
      let status = try shop.ask("GET", "/v1/status").object
      #expect(status["items"] as? Int == 4 && status["open_reservations"] as? Int == 1)
      #expect(status["reservations"] as? Int == 1 && status["failed"] is NSNull)
      let answers = status["answers"] as? [String: Any]
      #expect((answers?["rejected"] as? [String: Int])?["insufficient"] == 1)
      let counts = (status["answer_seconds"] as? [String: [Double]])?["counts"]
      #expect(counts?.reduce(0, +) == 2)
      #expect(((status["disk"] as? [String: Int])?["log_bytes"] ?? 0) > 0)
      let verifier = status["verifier"] as? [String: Any]
      #expect(verifier?["state"] as? String == "proven" || verifier?["state"] as? String == "not-running")
    }
  }

  @Test("large answers are packed for clients that take them so, streams of events never")
  func packed() async throws {
    try await onThread {
      let shop = try Self.shop()
      _ = shop.log.append((0..<500).map { Command(.receive([Line(sku: Name("sku-\($0)"), 1)])) })
      let plain = try shop.ask("GET", "/v1/stock").body
      for path in ["/v1/stock", "/v1/events"] {
        let bytes = try shop.bytes("GET \(path) HTTP/1.0\r\nHost: localhost\r\nAccept-Encoding: br, gzip;q=0.5\r\n\r\n")
        let head = String(decoding: bytes.prefix(400), as: UTF8.self)
        #expect(head.contains("Content-Encoding: gzip") && head.contains("Vary: Accept-Encoding"), "\(head)")
        let body = try Self.unpacked(bytes)
        if path == "/v1/stock" { #expect(body == plain && bytes.count < plain.utf8.count / 4) }
        if path == "/v1/events" { #expect(body.split(separator: "\n").count == Int(shop.log.lastSequence)) }
      }
      for header in ["Accept-Encoding: gzip;q=0", "Accept-Encoding: identity", "X-Other: gzip"] {
        #expect(try shop.ask("GET", "/v1/stock", headers: [header]).body == plain, "\(header)")
      }
      let page = try TestClient(.tcp(port: shop.httpPort))
      page.send(
        Array(
          "GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nAccept-Encoding: gzip\r\n\r\n"
            .utf8))
      #expect(!page.text(upTo: "data: ").contains("Content-Encoding"))
      #expect(GzipMiddleware<CallContext>.isWanted("*") && !GzipMiddleware<CallContext>.isWanted("gzip;q=0, *"))
    }
  }

  /// What stands behind the head, out of its chunks.
  private static func unpacked(_ answer: [UInt8]) throws -> String {
    // The first member's magic number: no head holds it.
    let start = try #require(answer.indices.first { answer[$0...].starts(with: [0x1F, 0x8B, 0x08]) })
    var packed = Array(answer[start...])
    let head = String(decoding: answer[..<start], as: UTF8.self)
    if head.lowercased().contains("transfer-encoding: chunked") {
      let sizeStart = head.utf8.count - (try #require(head.split(separator: "\r\n").last)).utf8.count - 2
      packed = HTTPAnswer.joined(bytes: answer[sizeStart...])
    }
    var stream = z_stream()
    #expect(tally_inflate_gzip(&stream) == Z_OK)
    defer { inflateEnd(&stream) }
    var found = [UInt8](repeating: 0, count: 4 << 20)
    let count = packed.withUnsafeMutableBufferPointer { input in
      found.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        #expect(inflate(&stream, Z_FINISH) == Z_STREAM_END)
        return output.count - Int(stream.avail_out)
      }
    }
    return String(decoding: found[..<count], as: UTF8.self)
  }

  @Test("a stream in which nothing happens says so now and then, and goes on")
  func quiet() async throws {
    try await onThread {
      let shop = try Self.shop { $0.streamQuiet = .milliseconds(20) }
      let page = try TestClient(.tcp(port: shop.httpPort))
      let last = shop.log.lastSequence
      page.send(
        Array(
          "GET /v1/events?from=\(last + 1) HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n".utf8))
      for _ in 0..<3 { #expect(page.text(upTo: ": nothing new\n").hasSuffix(": nothing new\n")) }
      _ = shop.log.append(Command(.reserve(id: "o", [Line(sku: "tea", 1)])))
      #expect(page.text(upTo: "\"type\":\"reserved\"").contains("id: \(last + 1)\nevent: reserved"))
      #expect(page.text(upTo: ": nothing new\n").hasSuffix(": nothing new\n"))
    }
  }

  @Test("who sends a request drop by drop, or does not read a stream, is cut off; others are served")
  func patience() async throws {
    try await onThread {
      let shop = try Self.shop { $0.patience = .milliseconds(100) }
      for beginning in [
        "GET /v1/st", "POST /v1/commands HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{\"op\"", "",
      ] {
        let slow = try TestClient(.tcp(port: shop.httpPort))
        slow.send(Array(beginning.utf8))
        _ = slow.rest()
      }
      let greedy = try TestClient(.tcp(port: shop.httpPort))
      greedy.send(Array("GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n".utf8))
      // More than any socket holds: the server ends it, though the client reads nothing.
      var batch = 0
      while greedy.send(Array("X".utf8)) {
        batch += 1
        let commands = (0..<1_000).map { Command(.receive([Line(sku: "tea", 1)], reference: Name("\(batch)-\($0)"))) }
        _ = shop.log.append(commands)
        try #require(batch < 2_000, "it may read nothing for ever")
      }
      #expect(try shop.ask("GET", "/healthz").status == 200)
    }
  }

  @Test("each request is told in a line of JSON, with its trace")
  func told() async throws {
    try await onThread {
      let lines = Monitor<[String]>([])
      let shop = try Self.shop {
        $0.requestLog = Logger(label: "test") { _ in
          JSONLineLog(clock: { 0 }) { bytes in lines.signal { $0.append(String(decoding: bytes, as: UTF8.self)) } }
        }
      }
      let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
      _ = try shop.ask("GET", "/v1/stock/tea?location=main", headers: ["traceparent: 00-\(trace)-00f067aa0ba902b7-01"])
      _ = try shop.ask("GET", "/v1/stock/milk", headers: ["traceparent: 00-\(trace)-zz"])
      let told = lines.access { $0 }
      #expect(told.count == 2)
      let first = try #require(try JSONSerialization.jsonObject(with: Data(told[0].utf8)) as? [String: String])
      #expect(first["trace_id"] == trace && first["parent_id"] == "00f067aa0ba902b7")
      #expect(
        first["path"] == "/v1/stock/tea" && first["status"] == "200" && first["time"] == "1970-01-01T00:00:00.000Z")
      #expect(told[0].hasSuffix("\n") && !told[1].contains("trace_id") && told[1].contains("\"status\":\"404\""))
    }
  }

  @Test("a traceparent is what W3C's specification says, or is ignored")
  func traceParent() {
    let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    #expect(TraceParent(good)?.parent == "00f067aa0ba902b7")
    #expect(TraceParent("cc" + good.dropFirst(2) + "-what-will-be") != nil)
    for bad in [
      "", "00", good + "-more", "ff" + good.dropFirst(2), good.uppercased(), String(good.dropLast()),
      "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
    ] { #expect(TraceParent(bad) == nil, "\(bad)") }
  }
}

extension Shop {
  /// All that comes back on a connection that ends with the answer.
  fileprivate func bytes(_ request: String) throws -> [UInt8] {
    let client = try TestClient(.tcp(port: httpPort))
    client.send(Array(request.replacingOccurrences(of: "\r\n\r\n", with: "\r\nConnection: close\r\n\r\n").utf8))
    return client.rest()
  }
}
