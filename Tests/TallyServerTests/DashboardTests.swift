import Glibc
import TallyTestSupport
import Tallystick
import Testing

@testable import TallyServer

/// The page at `/` in a real browser. Without one it is passed over: `Tools/setup-clients` installs Debian's Chromium.
@Suite("The dashboard")
struct DashboardTests {
  private static let folder = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Browser/"
  static var hasBrowser: Bool {
    RunningProgram(["sh", "-c", "command -v chromedriver && command -v chromium && command -v python3"])?.finish()
      .status == 0
  }

  private static func see(_ script: String, _ arguments: [String], says last: String) throws {
    let seen = try #require(RunningProgram(["python3", folder + script] + arguments)).finish()
    #expect(seen.status == 0 && seen.lines.last == last, "\(seen.output)\(seen.errors)")
  }

  @Test(
    "shows a sale as it happens; names do nothing; it is usable by keyboard, on a phone, in light and dark",
    .enabled(if: hasBrowser, "run Tools/setup-clients"))
  func sale() throws {
    let shop = try ServingProgram(http: true)
    // TALLY_PICTURES=DIR keeps what it looks like.
    let pictures = getenv("TALLY_PICTURES").map { [String(cString: $0)] } ?? []
    try Self.see("dashboard.py", ["\(shop.httpPort)"] + pictures, says: "dashboard complete")
    #expect(shop.end().status == 0)
    #expect(shop.verdict().contains("\"verdict\":\"proven\""))
  }

  @Test(
    "asks for a token where the server does, and says in words what it may not see",
    .enabled(if: hasBrowser, "run Tools/setup-clients"))
  func signIn() async throws {
    try await onThread {
      let directory = TemporaryDirectory()
      let users = try ShopUsers(in: directory)
      try users.write([("read", .read), ("watch", [.read, .audit])])
      let shop = try Shop {
        $0.users = users.path
        $0.http = .tcp(host: "127.0.0.1", port: 0)
      }
      _ = shop.log.append(Command(.receive([Line(sku: "tea", 5)])))
      let tokens = ["read", "watch"].map(ShopUsers.token)
      try Self.see("sign_in.py", ["\(shop.httpPort)"] + tokens, says: "sign-in complete")
    }
  }

  @Test("is whole, and may load nothing from elsewhere")
  func files() throws {
    let shop = try ServingProgram(http: true)
    let page = try shop.ask("GET", "/")
    #expect(page.status == 200 && page.head.contains("text/html"))
    let script = try shop.ask("GET", "/dashboard/main.js")
    let names = page.body.split(separator: "\"").filter { $0.hasPrefix("/dashboard/") }.map(String.init)
    let imports = script.body.split(separator: "\"").filter { $0.hasPrefix("./") }.map { "/dashboard" + $0.dropFirst() }
    #expect(names.count == 3 && imports.count == 6)
    for path in names + imports {
      let file = try shop.ask("GET", path)
      #expect(file.status == 200, "\(path)")
      #expect(file.head.contains("Content-Security-Policy: default-src 'none';") && !file.head.contains("unsafe"))
      #expect(file.head.contains("X-Content-Type-Options: nosniff"))
      #expect(!file.body.contains("innerHTML") && !file.body.contains("https://"), "\(path)")
    }
    #expect(try shop.ask("HEAD", "/").body.isEmpty)
    #expect(try shop.ask("POST", "/").status == 405)
    #expect(try shop.ask("GET", "/dashboard/nothing.js").status == 404)
  }
}
