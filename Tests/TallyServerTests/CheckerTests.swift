import Glibc
import TallyTestSupport
import Testing

/// What others wrote to check what a server says about itself. One that is not installed is passed over:
/// `Tools/setup-clients` installs them.
@Suite("Checked by others")
struct CheckerTests {
  private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
  private static let tools = "PATH=\(root)/.build/clients/bin:$PATH"
  static func has(_ tool: String) -> Bool { RealClientTests.succeeds(["sh", "-c", "\(tools) command -v \(tool)"]) }

  @Test("promtool finds nothing in the metrics", .enabled(if: has("promtool"), "run Tools/setup-clients"))
  func metrics() throws {
    let shop = try ServingProgram(http: true)
    let client = try shop.client()
    _ = try client("STOCK.RECEIVE", "tea", "5", "KEY", "k")
    _ = try client("STOCK.RESERVE", "o1", "tea", "9")
    let check = "curl -fsS http://127.0.0.1:\(shop.httpPort)/metrics | \(Self.tools) promtool check metrics 2>&1"
    let found = try #require(RunningProgram(["sh", "-c", check])).finish()
    #expect(found.status == 0 && found.output.isEmpty, "\(found.output)")
  }

  @Test(
    "schemathesis finds the OpenAPI document true", .enabled(if: has("schemathesis"), "run Tools/setup-clients"))
  func document() throws {
    let shop = try ServingProgram(["--allow-unkeyed"], http: true)
    let client = try shop.client()
    for item in ["tea", "0", "cup@berlin"] { _ = try client("STOCK.RECEIVE", item, "100", "KEY", item) }
    _ = try client("STOCK.RESERVE", "0", "tea", "2")
    // As thorough as a moment allows; TALLY_EXAMPLES=500 for more.
    let examples = getenv("TALLY_EXAMPLES").map { String(cString: $0) } ?? "15"
    let run =
      "cd \(shop.directory.path) && \(Self.tools) schemathesis run http://127.0.0.1:\(shop.httpPort)/openapi.json"
      // One worker: of two that parse at once, Python 3.11.7 now and then ends one by a SystemError (its parser counts the
      // depth of all threads together).
      + " --max-examples \(examples) --seed 1 --no-color --workers 1"
      // No schema says that a part must not be the set itself, or a position not beyond the last event.
      + " --exclude-checks positive_data_acceptance"
    let found = try #require(RunningProgram(["sh", "-c", run])).finish()
    #expect(found.status == 0, "\(found.output.suffix(6_000))")
    #expect(shop.end().status == 0)
    #expect(shop.verdict().contains("\"verdict\":\"proven\""))
  }
}
