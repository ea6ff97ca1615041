import Glibc
import NIOCore
import TallyTestSupport
import Testing

@testable import TallyServer

@Suite("Users and their tokens")
struct AccessTests {
  private let directory = TemporaryDirectory()

  @Test("a stranger gets nothing but the means to say who is there")
  func stranger() throws {
    let users = try ShopUsers(in: directory)
    let shop = try Shop { $0.users = users.path }
    let client = try shop.client()
    for words in [["PING"], ["ECHO", "x"], ["INFO"], ["COMMAND"], ["CLIENT", "ID"], ["NONSENSE"], ["SELECT", "0"]] {
      #expect(try client(words) == .error("NOAUTH Authentication required."), "\(words)")
    }
    #expect("\(try client("HELLO", "3"))".contains("NOAUTH HELLO must be called"))
    let wrong = Reply.error("WRONGPASS invalid username-password pair or user is disabled.")
    #expect(try client("AUTH", "sell", "wrong") == wrong)
    #expect(try client("AUTH", "nobody", ShopUsers.token("sell")) == wrong)
    #expect(try client("AUTH", "sell", ShopUsers.token("read")) == wrong, "the token of another user")
    #expect(try client("HELLO", "3", "AUTH", "sell", "wrong") == wrong)
    #expect(try client("PING") == .error("NOAUTH Authentication required."))
    #expect(try client("AUTH", "default", ShopUsers.token("read")) == .simple("OK"), "of clients that know no users")
    #expect(try client("STOCK.GET", "tea") == .null)
    #expect(try client("RESET") == .simple("RESET"))
    #expect(try client("STOCK.GET", "tea") == .error("NOAUTH Authentication required."))
    guard case .map = try client("HELLO", "3", "AUTH", "read", ShopUsers.token("read")) else {
      Issue.record("HELLO with a right token is answered with a map")
      return
    }
    #expect("\(try client("CLIENT", "INFO"))".contains("user=read"))
    #expect(try client("QUIT") == .simple("OK"))
  }

  @Test("commands behind a right token in one pipeline are done, those before it are not")
  func pipeline() throws {
    let users = try ShopUsers(in: directory)
    let shop = try Shop { $0.users = users.path }
    let client = try shop.client()
    client.send(["STOCK.RECEIVE", "tea", "1", "KEY", "a"])
    client.send(["AUTH", "stock", ShopUsers.token("stock")])
    client.send(["STOCK.RECEIVE", "tea", "1", "KEY", "a"])
    #expect(
      try client.replies(3) == [.error("NOAUTH Authentication required."), .simple("OK"), .integer(2)])
  }

  @Test("a stranger's commands are small, a user's as large as they may be")
  func size() throws {
    let users = try ShopUsers(in: directory)
    let shop = try Shop { $0.users = users.path }
    let cart = ["STOCK.RESERVE", "o1"] + (0..<100).flatMap { ["sku-\($0)", "1"] }
    let stranger = try shop.client()
    #expect("\(try stranger(cart))".contains("Protocol error") && stranger.isEnded())
    let word = try shop.client()
    #expect("\(try word("ECHO", String(repeating: "x", count: 2_000)))".contains("Protocol error"))
    let seller = try shop.client()
    seller.send(["AUTH", ShopUsers.token("sell")])
    seller.send(cart)
    #expect(try seller.reply() == .simple("OK"))
    #expect("\(try seller.reply())".contains("UNKNOWN-ITEM"))
    #expect(try seller("RESET") == .simple("RESET"))
    #expect("\(try seller(cart))".contains("Protocol error"), "who was forgotten is a stranger")
  }

  @Test("who has sent too many wrong tokens is told to wait, and a right one is taken all the same")
  func guessing() throws {
    let users = try ShopUsers(in: directory)
    let shop = try Shop { $0.users = users.path }
    var answers: [String] = []
    for attempt in 0..<12 {
      let client = try shop.client()
      answers.append("\(try client("AUTH", "guess-\(attempt)"))")
      if answers.last?.contains("BUSY") ?? false { #expect(client.isEnded()) }
    }
    #expect(answers.filter { $0.contains("WRONGPASS") }.count >= 9 && answers.last?.contains("BUSY") ?? false)
    #expect(try shop.client()("AUTH", ShopUsers.token("sell")) == .simple("OK"))
  }

  @Test("wrong tokens count by client, and are forgotten with time, however many clients there are")
  func attempts() {
    var attempts = FailedAttempts()
    var now = NIODeadline.uptimeNanoseconds(1)
    #expect(attempts.add(from: .address(1), now: now) == .first)
    for _ in 0..<8 { #expect(attempts.add(from: .address(1), now: now) == .another) }
    #expect(attempts.add(from: .address(1), now: now) == .last)
    #expect(attempts.add(from: .address(1), now: now) == .tooMany)
    #expect(attempts.add(from: .address(2), now: now) == .first)
    now = now + .seconds(60)
    #expect(attempts.add(from: .address(1), now: now) == .first)
    for address in 0..<20_000 { _ = attempts.add(from: .network(UInt64(address)), now: now) }
    #expect(attempts.total == 20_013)
  }

  @Test("over HTTP a token is asked for, except by what tells whether the server lives")
  func http() throws {
    let shop = try ServingProgram(["--users", try ShopUsers(in: directory).path], http: true)
    for path in ["/healthz", "/readyz", "/openapi.json"] {
      #expect(try shop.ask("GET", path).status == 200, "\(path)")
    }
    for (headers, word) in [
      ([], "realm"), (["Authorization: Basic abc"], "invalid_request"), (["Authorization: Bearer"], "invalid_request"),
      (["Authorization: Bearer wrong"], "invalid_token"), (["Authorization: Bearer a b"], "invalid_request"),
    ] {
      let answer = try shop.ask("GET", "/v1/stock", headers: headers)
      #expect(answer.status == 401 && answer.head.contains("WWW-Authenticate: Bearer"), "\(headers): \(answer.head)")
      #expect(answer.head.contains(word) && answer.head.contains("application/problem+json"))
    }
    let right = "Authorization: bearer \(ShopUsers.token("read"))"
    #expect(try shop.ask("GET", "/v1/stock", headers: [right]).status == 200)
    #expect(try shop.ask("GET", "/%76%31/events", headers: [right]).status == 403)
    let proxy = try TestClient(.tcp(port: shop.httpPort))
    proxy.send(Array("GET /v1/stock HTTP/1.1\r\nHost: stock.example\r\n\(right)\r\nConnection: close\r\n\r\n".utf8))
    #expect(String(decoding: proxy.rest(), as: UTF8.self).hasPrefix("HTTP/1.1 200"), "by the name that people know")
    let audit = "Authorization: Bearer \(ShopUsers.token("audit"))"
    let metrics = try shop.ask("GET", "/metrics", headers: [audit]).body
    #expect(metrics.contains("\ntallystick_wrong_tokens_total 1\n") && metrics.contains("\ntallystick_users 4\n"))
    #expect(shop.end().errors.contains("a wrong token over HTTP from 127.0.0.1"))
  }

  @Test("a file of users that is none is refused, with its line, and without what may be a secret")
  func badFiles() throws {
    let hash = TokenHash(of: "x".utf8).hexadecimal
    #expect(hash == "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881")
    #expect(try UsersFile.parse(Array("# none\n\n".utf8), "users").isEmpty)
    let one = try UsersFile.parse(Array("a.b read,sell sha256:\(hash)\r\n".utf8), "users")
    #expect(one.map(\.name) == ["a.b"] && one[0].roles == [.read, .sell])
    for (text, words) in [
      ("a read", "line 1 is not of the form"), ("\na read secret", "line 2: the third word"),
      ("a read sha256:\(hash)0", "the third word"), ("a cook sha256:\(hash)", "no role \"cook\""),
      ("a, read sha256:\(hash)", "a name is"), ("a  sha256:\(hash)", "not of the form"),
      ("a read sha256:\(hash)\na sell sha256:\(hash)", "two users are called a"),
      ("a read sha256:\(hash)\nb sell sha256:\(hash)", "the token of another user"),
    ] {
      let failure = #expect(throws: ServerFailure.self, "\(text)") {
        try UsersFile.parse(Array(text.utf8), "users")
      }
      #expect("\(failure, default: "")".contains(words) && !"\(failure, default: "")".contains("secret"))
    }
    #expect(throws: ServerFailure.self) { try UsersFile.read("/nowhere/users") }
  }

  @Test("tally user makes, changes and removes users; only the hash is kept")
  func command() throws {
    let path = directory.path + "/users"
    func tally(_ words: String...) throws -> RunningProgram.Ended { try tally(words) }
    func tally(_ words: [String]) throws -> RunningProgram.Ended {
      try #require(RunningProgram([ChildProcess.built("tally"), "user"] + words + ["--users", path])).finish()
    }
    let made = try tally("add", "shop", "--role", "sell,read")
    let token = try #require(made.lines.first)
    #expect(made.status == 0 && token.utf8.count == 70, "\(made)")
    #expect(
      try tally("add", "till", "--role", "sell", "--role", "audit", "--json").output.contains("\"token\":\"tally_"))
    #expect(try tally("list").output == "shop  read,sell\ntill  sell,audit\n")
    let users = try UsersFile.read(path)
    #expect(users.first { $0.name == "shop" }?.token.hexadecimal == TokenHash(of: token.utf8).hexadecimal)
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    #expect(try tally("add", "shop", "--role", "read").lines.first != token)
    #expect(try tally("remove", "till").status == 0)
    #expect(try tally("list").output == "shop  read\n")
    #expect(try tally("remove", "till").status == 1)
    for words in [
      ["add", "a b", "--role", "read"], ["add", "x", "--role", "cook"], ["add", "default", "--role", "read"],
    ] {
      #expect(try tally(words).status == 64, "\(words)")
    }
  }
}
