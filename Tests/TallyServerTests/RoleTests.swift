import Foundation
import TallyRESP
import TallyTestSupport
import Testing

@testable import TallyServer

@Suite("Roles")
struct RoleTests {
  /// An example of each command, and the role that it needs. What is new does not compile before it has both.
  private static func example(_ verb: StockVerb) -> (role: Role, words: [String]) {
    switch verb {
    case .receive: (.stock, ["tea", "9", "KEY", "k1"])
    case .reserve: (.sell, ["o1", "tea", "1"])
    case .commit: (.sell, ["o1", "KEY", "k2"])
    case .release: (.sell, ["o1", "KEY", "k3"])
    case .return: (.stock, ["tea", "1", "KEY", "k4"])
    case .adjust: (.stock, ["tea", "BY", "1", "count", "KEY", "k5"])
    case .transfer: (.stock, ["tea", "1", "main", "berlin", "KEY", "k6"])
    case .limit: (.stock, ["tea", "5", "KEY", "k7"])
    case .floor: (.stock, ["tea", "1", "KEY", "k8"])
    case .register: (.stock, ["cup"])
    case .extend: (.sell, ["o1", "1000", "KEY", "k9"])
    case .amend: (.sell, ["o1", "tea", "1", "KEY", "k10"])
    case .reopen: (.sell, ["o1", "KEY", "k11"])
    case .recipe: (.stock, ["set", "tea", "1", "KEY", "k12"])
    case .prefer: (.stock, ["tea", "main", "KEY", "k13"])
    case .get: (.read, ["tea"])
    case .show: (.read, ["o1"])
    case .holds: (.read, [])
    case .events: (.audit, ["1"])
    case .consumers: (.audit, [])
    case .consume: (.audit, ["books"])
    case .ack: (.audit, ["books", "1"])
    case .forget: (.audit, ["books"])
    }
  }

  @Test("each command of Redis's protocol is for its role, and for no other")
  func redis() throws {
    let directory = TemporaryDirectory()
    let users = try ShopUsers(in: directory)
    let shop = try Shop { $0.users = users.path }
    for role in Role.allCases {
      let client = try shop.client()
      for verb in StockVerb.allCases {
        #expect(try client([verb.name] + RoleTests.example(verb).words) == .error("NOAUTH Authentication required."))
      }
      #expect(try client("AUTH", role.rawValue, ShopUsers.token(role.rawValue)) == .simple("OK"))
      for verb in StockVerb.allCases {
        let example = RoleTests.example(verb)
        let refusal = Reply.error(
          "NOPERM \(role.rawValue) may not do this: it needs the role \(example.role.rawValue)")
        let answer = try client([verb.name] + example.words)
        #expect((answer == refusal) == (role != example.role), "\(role) and \(verb): \(answer)")
      }
    }
    let seller = try shop.client()
    #expect(try seller("AUTH", ShopUsers.token("sell")) == .simple("OK"))
    let answer = try seller("STOCK.RETURN", "tea", "1", "ORDER", "o1", "KEY", "k20")
    #expect(!"\(answer)".contains("NOPERM"), "goods that come back of an order: \(answer)")
    #expect(try shop.closeAndAudit().verdict == .proven)
  }

  /// Commands over HTTP, each with its role.
  private static let bodies: [(Role, String)] = [
    (.stock, #"{"op":"receive","lines":[{"sku":"tea","qty":9}],"key":"k1"}"#),
    (.sell, #"{"op":"reserve","id":"o1","lines":[{"sku":"tea","qty":1}]}"#),
    (.sell, #"{"op":"commit","id":"o1","key":"k2"}"#),
    (.sell, #"{"op":"commit","id":"o1","more":true,"lines":[{"sku":"tea","qty":1}],"key":"k3"}"#),
    (.sell, #"{"op":"release","id":"o1","key":"k4"}"#),
    (.sell, #"{"op":"extend","id":"o1","ttl_ms":5,"key":"k5"}"#),
    (.sell, #"{"op":"amend","id":"o1","lines":[{"sku":"tea","qty":1}],"key":"k6"}"#),
    (.sell, #"{"op":"reopen","id":"o1","key":"k7"}"#),
    (.sell, #"{"op":"return","lines":[{"sku":"tea","qty":1}],"order":"o1","key":"k8"}"#),
    (.stock, #"{"op":"return","lines":[{"sku":"tea","qty":1}],"key":"k9"}"#),
    (.stock, #"{"op":"adjust","sku":"tea","by":1,"reason":"count","key":"k10"}"#),
    (.stock, #"{"op":"transfer","sku":"tea","qty":1,"from":"main","to":"berlin","key":"k11"}"#),
    (.stock, #"{"op":"transfer","sku":"tea","qty":1,"from":"main","to":"berlin","with":"all","key":"k12"}"#),
    (.stock, #"{"op":"limit","sku":"tea","qty":5,"key":"k13"}"#),
    (.stock, #"{"op":"floor","sku":"tea","qty":1,"key":"k14"}"#),
    (.stock, #"{"op":"recipe","sku":"set","parts":[{"sku":"tea","qty":1}],"key":"k15"}"#),
    (.stock, #"{"op":"register","lines":[{"sku":"cup"}]}"#), (.stock, #"{"op":"expire"}"#),
    (
      .stock,
      #"{"op":"batch","commands":[{"op":"receive","lines":[{"sku":"tea","qty":1}]}],"key":"k16"}"#
    ),
  ]
  private static let paths: [(Role, String)] = [
    (.read, "/v1/stock"), (.read, "/v1/stock/tea"), (.read, "/v1/reservations/o1"), (.audit, "/v1/events?limit=1"),
    (.audit, "/v1/consumers"), (.audit, "/v1/consumers/books/events"), (.audit, "/v1/webhooks"), (.audit, "/metrics"),
  ]

  @Test("each command and question over HTTP is for its role, and for no other")
  func http() throws {
    let directory = TemporaryDirectory()
    let shop = try ServingProgram(["--users", try ShopUsers(in: directory).path], http: true)
    func header(_ role: Role) -> String { "Authorization: Bearer \(ShopUsers.token(role.rawValue))" }
    for role in Role.allCases {
      for (needed, body) in RoleTests.bodies {
        let answer = try shop.post(body, header(role))
        #expect((answer.status == 403) == (role != needed), "\(role): \(body): \(answer.body)")
      }
      for (needed, path) in RoleTests.paths {
        let answer = try shop.ask("GET", path, headers: [header(role)])
        #expect((answer.status == 403) == (role != needed), "\(role): \(path): \(answer.body)")
      }
    }
    let both = RoleTests.bodies[0].1 + "\n" + RoleTests.bodies[1].1
    let lines = try shop.post(both, header(.sell), "Content-Type: application/x-ndjson")
    #expect(lines.status == 403 && lines.body.contains("the role stock"), "nothing of it is done: \(lines.body)")
    let batch = #"{"op":"batch","commands":[{"op":"expire"},\#(RoleTests.bodies[1].1)],"key":"k17"}"#
    #expect(try shop.post(batch, header(.stock)).status != 200)
  }

  @Test("every path that the server describes has been decided about, and a path that hides what it is has none")
  func paths() throws {
    let described = try JSONSerialization.jsonObject(with: Data(PackageResources.openapi_json)) as? [String: Any]
    let paths = try #require(described?["paths"] as? [String: Any]).keys
    #expect(paths.count > 5)
    for path in paths { #expect(PathNeed(path: path) != .undecided, "\(path)") }
    for (path, need) in [
      ("/", PathNeed.nothing), ("/healthz", .nothing), ("/readyz", .nothing), ("/openapi.json", .nothing),
      ("/metrics", .roles(.audit)), ("//metrics/", .roles(.audit)), ("/v1/commands", .user), ("/v1", .undecided),
      ("/v1/other", .undecided), ("/%76%31/events", .undecided), ("//v1//events", .roles(.audit)),
      ("/v1/%65vents", .undecided),
    ] { #expect(PathNeed(path: path) == need, "\(path)") }
  }
}
