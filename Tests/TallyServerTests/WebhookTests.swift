import Foundation
import TallyTestSupport
import Testing

@testable import TallyServer

@Suite("Webhooks", .timeLimit(.minutes(60)))
struct WebhookTests {
  private static let secret = Array("0123456789abcdef".utf8)

  /// A server that sends its events to a receiver.
  private func serve(
    _ receiver: WebhookReceiver, _ fields: String, in directory: TemporaryDirectory = TemporaryDirectory(),
    makesLog: Bool = true
  ) throws -> ServingProgram {
    let secret = directory.path + "/secret"
    try "0123456789abcdef".write(toFile: secret, atomically: true, encoding: .utf8)
    let file = directory.path + "/hooks.json"
    let text = """
      {"webhooks":[{"consumer":"orders","url":"\(receiver.url)","secret_file":"\(secret)",
      "first_delay_ms":1,"longest_delay_ms":4\(fields)}]}
      """
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    if makesLog {
      // Known before the first sale, so that the numbers of events do not depend on who comes first: its own is 1.
      let log = directory.path + "/shop.tally"
      for arguments in [["init"], ["acknowledge", "orders", "0"]] {
        let made = try #require(RunningProgram([ChildProcess.built("tally")] + arguments + ["--log", log]))
        #expect(made.finish().status == 0)
      }
    }
    return try ServingProgram(["--webhooks", file], http: true, in: directory, makesLog: false)
  }

  private func sell(_ count: Int, from first: Int = 0, _ shop: ServingProgram) throws {
    let lines = (first..<first + count).map {
      "{\"op\":\"receive\",\"lines\":[{\"sku\":\"tea\",\"qty\":1}],\"key\":\"po-\($0)\"}"
    }
    let answer = try shop.post(lines.joined(separator: "\n"), "Content-Type: application/x-ndjson")
    #expect(answer.lines.count == count)
  }

  /// Each event once, in order, duplicates aside.
  private func areInOrder(_ messages: [WebhookReceiver.Message], upTo last: UInt64) -> Bool {
    var expected: UInt64 = 2
    for message in messages where message.status == 204 {
      if message.sequence == expected { expected += 1 } else if message.sequence > expected { return false }
    }
    return expected == last + 1
  }

  /// Until the server has heard that the receiver took so many, which is after the receiver answered.
  private func awaitDelivered(_ count: Int, _ shop: ServingProgram) throws {
    let line = "tallystick_webhook_delivered_total{consumer=\"orders\"} \(count)\n"
    while try !shop.ask("GET", "/metrics").body.contains(line) {}
  }

  @Test("are sent each event in order, signed, as CloudEvents, and what they take is acknowledged in the log")
  func delivery() throws {
    let receiver = try WebhookReceiver()
    let shop = try serve(receiver, #","acknowledge_ms":5"#)
    try sell(5, shop)
    #expect(receiver.wait { $0.count >= 6 })
    let messages = receiver.received
    #expect(areInOrder(messages, upTo: 7))
    for message in messages {
      #expect(message.headers["content-type"] == "application/cloudevents+json; charset=utf-8")
      let expected = WebhookMessage.signature(
        id: message.id, timestamp: message.headers["webhook-timestamp"] ?? "", Array(message.body.utf8),
        secret: Self.secret)
      #expect(message.headers["webhook-signature"] == expected)
      #expect(message.body.contains("\"specversion\":\"1.0\"") && message.body.contains("\"id\":\"\(message.id)\""))
    }
    try awaitDelivered(6, shop)
    #expect(shop.end().status == 0)
    // At its end it acknowledges what was taken: nothing is sent twice.
    let again = try serve(receiver, "", in: shop.directory, makesLog: false)
    try sell(1, from: 5, again)
    #expect(receiver.wait { $0.contains { $0.body.contains("po-5") } })
    #expect(receiver.received.count == 7)
    try awaitDelivered(1, again)
    let fares = try #require(try again.ask("GET", "/v1/webhooks").body.data(using: .utf8))
    let list = try JSONSerialization.jsonObject(with: fares) as? [[String: Any]]
    #expect(list?.first?["consumer"] as? String == "orders" && list?.first?["delivered"] as? Int == 1)
    #expect(again.end().status == 0)
    #expect(again.verdict().contains("\"verdict\":\"proven\""))
  }

  @Test("that fail at random get every event all the same, in order", arguments: Seeds.few(2))
  func failures(seed: UInt64) throws {
    let receiver = try WebhookReceiver { number, _ in
      var random = SplitMix64(seed: seed &+ UInt64(number))
      if random.one(in: 2) { return (204, "") }
      let status = random.pick([500, 404, 302, 503, 429])
      return (status, status == 503 ? "Retry-After: 0\r\n" : "Location: http://127.0.0.1:1/\r\n")
    }
    let shop = try serve(receiver, #","max_attempts":100"#)
    try sell(20, shop)
    #expect(receiver.wait { $0.count { $0.status == 204 } >= 21 }, "\(Seeds.replay(seed, of: "WebhookTests"))")
    #expect(areInOrder(receiver.received, upTo: 22), "\(Seeds.replay(seed, of: "WebhookTests"))")
    #expect(try shop.ask("GET", "/v1/webhooks/orders/dead-letters").body == "[]")
    #expect(shop.end().status == 0)
  }

  @Test("get again what a killed server had sent and not acknowledged, by the same number, and miss nothing")
  func kill() throws {
    let receiver = try WebhookReceiver()
    let shop = try serve(receiver, #","acknowledge_ms":600000"#)
    try sell(6, shop)
    #expect(receiver.wait { $0.count >= 4 })
    shop.kill()
    let again = try serve(receiver, #","acknowledge_ms":5"#, in: shop.directory, makesLog: false)
    try sell(3, from: 6, again)
    #expect(receiver.wait { $0.contains { $0.body.contains("po-8") } })
    let messages = receiver.received
    var bodies: [String: Set<String>] = [:]
    for message in messages { bodies[message.id, default: []].insert(message.body) }
    #expect(bodies.values.allSatisfy { $0.count == 1 })
    let first = messages.reduce(into: [UInt64]()) { if !$0.contains($1.sequence) { $0.append($1.sequence) } }
    #expect(first == first.sorted())
    let told = Set(first)
    let sold = try again.ask("GET", "/v1/events").lines.filter { $0["consumer"] == nil }
      .compactMap { ($0["seq"] as? Int).map { UInt64($0) } }
    #expect(told == Set(sold))
    // What came before the kill came again: nothing had been acknowledged.
    #expect(messages.count { $0.sequence == 2 } == 2)
    #expect(again.end().status == 0)
    #expect(again.verdict().contains("\"verdict\":\"proven\""))
  }

  @Test("give an event up after the last attempt, go on, and deliver it when they are told to")
  func deadLetters() throws {
    let receiver = try WebhookReceiver { number, message in
      message.sequence == 4 && number < 5 ? (500, "") : (204, "")
    }
    let shop = try serve(receiver, #","max_attempts":3"#)
    try sell(4, shop)
    #expect(receiver.wait { $0.count { $0.status == 204 } >= 4 })
    #expect(receiver.received.map(\.sequence) == [2, 3, 4, 4, 4, 5, 6])
    let letters = try shop.ask("GET", "/v1/webhooks/orders/dead-letters").body
    #expect(letters.contains("\"seq\":4") && letters.contains("\"attempts\":3") && letters.contains("status 500"))
    shop.kill()
    // It is not sent again by itself.
    let again = try serve(receiver, "", in: shop.directory, makesLog: false)
    #expect(try again.ask("POST", "/v1/webhooks/orders/retry?seq=5").status == 404)
    let answer = try again.ask("POST", "/v1/webhooks/orders/retry")
    #expect(answer.lines.first?["seq"] as? Int == 4 && answer.lines.first?["delivered"] as? Bool == true)
    #expect(try again.ask("GET", "/v1/webhooks/orders/dead-letters").body == "[]")
    #expect(try again.ask("GET", "/v1/webhooks/nobody/dead-letters").status == 404)
    #expect(again.end().status == 0)
  }

  @Test("are sent only what they want, and nothing more after 410")
  func types() throws {
    let receiver = try WebhookReceiver { _, message in message.body.contains("o-2") ? (410, "") : (204, "") }
    let shop = try serve(receiver, #","types":["reserved"],"acknowledge_ms":5"#)
    try sell(3, shop)
    for number in 1...3 {
      _ = try shop.post(#"{"op":"reserve","id":"o-\#(number)","lines":[{"sku":"tea","qty":1}]}"#)
    }
    #expect(receiver.wait { $0.count >= 2 })
    #expect(receiver.received.map(\.sequence).count == 2)
    let ended = shop.end()
    #expect(ended.status == 0)
    #expect(receiver.received.allSatisfy { $0.body.contains("tallystick.reserved") })
    #expect(!receiver.received.contains { $0.body.contains("o-3") })
  }

  @Test("that cannot be are refused before the server starts")
  func refused() throws {
    let directory = TemporaryDirectory()
    let file = directory.path + "/hooks.json"
    try #"{"webhooks":[{"consumer":"orders"}]}"#.write(toFile: file, atomically: true, encoding: .utf8)
    let tally = ChildProcess.built("tally")
    let log = directory.path + "/shop.tally"
    #expect(try #require(RunningProgram([tally, "init", "--log", log])).finish().status == 0)
    let ended = try #require(RunningProgram([tally, "serve", "--log", log, "--webhooks", file])).finish()
    #expect(ended.status == 65 && ended.errors.contains("webhooks[0] needs consumer, url and secret_file"))
  }
}
