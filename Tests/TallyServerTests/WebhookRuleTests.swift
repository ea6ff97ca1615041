import TallyTestSupport
import Tallystick
import Testing

@testable import TallyServer

@Suite("What a webhook goes by")
struct WebhookRuleTests {
  @Test("delays double, with jitter of a half, up to the longest, and end with the last attempt")
  func delays() {
    var schedule = RetrySchedule()
    (schedule.firstDelay, schedule.longestDelay, schedule.mostAttempts) = (1_000, 5_000, 6)
    #expect((1...6).map { schedule.delay(after: $0, draw: 0) } == [500, 1_000, 2_000, 2_500, 2_500, nil])
    #expect((1...6).map { schedule.delay(after: $0, draw: 1) } == [1_000, 2_000, 4_000, 5_000, 5_000, nil])
    #expect(schedule.delay(after: 1, draw: 0.5) == 750)
    #expect(schedule.delay(after: 1, draw: 0.5, asked: 60_000) == 60_000)
    #expect(schedule.delay(after: 1, draw: 0.5, asked: 1) == 750)
    #expect(schedule.delay(after: 1, draw: 0.5, asked: .max) == 86_400_000)
    #expect(schedule.delay(after: 6, draw: 0.5, asked: 1) == nil)
    schedule.mostAttempts = 1_000
    schedule.longestDelay = .max
    #expect(schedule.delay(after: 999, draw: 1) ?? 0 > 0)
  }

  @Test("the usual schedule goes on for some five hours")
  func usual() {
    let schedule = RetrySchedule()
    let all = (1..<schedule.mostAttempts).compactMap { schedule.delay(after: $0, draw: 1) }
    #expect(all.count == 15 && all.reduce(0, +) == 4_095_000 + 3 * 3_600_000)
  }

  @Test("2xx is taken, 410 ends it, all else is tried again, when the receiver asks for it")
  func answers() {
    func answer(_ status: Int, _ retryAfter: String? = nil) -> DeliveryAnswer {
      DeliveryAnswer(status: status, retryAfter: retryAfter, now: 784_111_770_000)
    }
    func failed(_ status: Int, _ retryAfter: Int64? = nil) -> DeliveryAnswer {
      .failed(status: status, reason: "status \(status)", retryAfter: retryAfter)
    }
    for status in [200, 201, 202, 204, 299] { #expect(answer(status) == .delivered) }
    #expect(answer(410) == .gone)
    for status in [301, 302, 307, 400, 401, 404, 500, 502] { #expect(answer(status, "7") == failed(status)) }
    for status in [429, 503] {
      #expect(answer(status) == failed(status))
      #expect(answer(status, "7") == failed(status, 7_000))
      #expect(answer(status, "Sun, 06 Nov 1994 08:49:37 GMT") == failed(status, 7_000))
      #expect(answer(status, "Sun, 06 Nov 1990 08:49:37 GMT") == failed(status, 0))
      for odd in ["", "-7", "soon", "7.5", "Sun, 31 Feb 1994 08:49:37 GMT", "99999999999999999999"] {
        #expect(answer(status, odd) == failed(status), "\(odd)")
      }
    }
  }

  @Test("messages are signed as Standard Webhooks has it")
  func signature() throws {
    let file = Array("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n".utf8)
    let secret = try #require(WebhookMessage.secret(inFile: file))
    #expect(
      WebhookMessage.signature(
        id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: "1614265330", Array("{\"test\": 2432232314}".utf8),
        secret: secret)
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    #expect(WebhookMessage.secret(inFile: Array(" sixteen bytes ok\n".utf8)) == Array("sixteen bytes ok".utf8))
    #expect(WebhookMessage.secret(inFile: Array("fifteen bytes..".utf8)) == nil)
    #expect(WebhookMessage.secret(inFile: Array("whsec_!!!!".utf8)) == nil)
    #expect(WebhookMessage.secret(inFile: []) == nil)
  }

  @Test("dead letters are there again after a crash, and what was cut off is not")
  func deadLetters() throws {
    let directory = TemporaryDirectory()
    let name: Name = "a/b ü"
    let letters = try DeadLetters(name, ofLog: directory.path)
    try letters.add(DeadLetter(sequence: 9, time: 1, attempts: 3, reason: "status 500 \"x\""))
    try letters.add(DeadLetter(sequence: 4, time: 2, attempts: 3, reason: "no answer"))
    #expect(letters.all.map(\.sequence) == [4, 9])
    let path = directory.path + "/webhooks/a%2Fb%20%C3%BC.dead"
    let files = LocalFileSystem()
    let file = try files.open(path, .readWrite)
    try file.write(Array("{\"seq\":11,\"ti".utf8), at: try file.size())
    let again = try DeadLetters(name, ofLog: directory.path)
    #expect(again.all == letters.all)
    try again.remove(4)
    #expect(try DeadLetters(name, ofLog: directory.path).all.map(\.sequence) == [9])
    try file.truncate(to: 0)
    try files.open(path, .readWrite).write(Array("nonsense\n".utf8), at: 0)
    #expect(throws: ServerFailure.self) { try DeadLetters(name, ofLog: directory.path) }
  }

  @Test("the file of webhooks says what is wrong with it")
  func file() throws {
    let directory = TemporaryDirectory()
    func write(_ name: String, _ text: String) throws -> String {
      let path = directory.path + "/" + name
      let file = try LocalFileSystem().open(path, .readWriteOrCreate)
      try file.truncate(to: 0)
      try file.write(Array(text.utf8), at: 0)
      return path
    }
    let secret = try write("secret", "0123456789abcdef\n")
    func flaw(_ fields: String) throws -> String? {
      let path = try write("hooks.json", "{\"webhooks\":[{\(fields)}]}")
      do throws(ServerFailure) { _ = try WebhookFile.read(path) } catch { return error.description }
      return nil
    }
    let whole = #""consumer":"orders","url":"https://example.org/hook","secret_file":"\#(secret)""#
    #expect(try flaw(whole) == nil)
    for (fields, text) in [
      ("", "needs consumer, url and secret_file"), (whole + #","colour":1"#, "no field \"colour\""),
      (whole + #","types":["sold"]"#, "types are among"), (whole + #","types":["acknowledged"]"#, "types are among"),
      (whole + #","max_attempts":0"#, "max_attempts must be"), (whole + #","from":"now""#, "beginning or end"),
      (whole.replacing("https://example.org/hook", with: "ftp://x"), "url must begin"),
      (whole.replacing("https://example.org/hook", with: "http://"), "url must begin"),
      (whole.replacing(secret, with: "/nowhere"), "no such file"),
      (whole.replacing("\"orders\"", with: "\"\""), "the consumer"),
    ] {
      let found = try flaw(fields) ?? "nothing"
      #expect(found.contains(text), "\(fields): \(found)")
    }
    let path = try write(
      "hooks.json",
      "{\"webhooks\":[{\(whole),\"types\":[\"reserved\"],\"timeout_ms\":5,\"from\":\"beginning\"},{\(whole)}]}")
    #expect(throws: ServerFailure.self) { try WebhookFile.read(path) }
    let one = try write(
      "hooks.json",
      "{\"webhooks\":[{\(whole),\"types\":[\"reserved\"],\"timeout_ms\":5,\"from\":\"beginning\",\"max_attempts\":3}]}")
    let webhook = try #require(try WebhookFile.read(one).first)
    #expect(webhook.types == ["reserved"] && webhook.timeout == .milliseconds(5) && webhook.start == .beginning)
    #expect(webhook.retries.mostAttempts == 3 && webhook.secret == Array("0123456789abcdef".utf8))
  }
}
