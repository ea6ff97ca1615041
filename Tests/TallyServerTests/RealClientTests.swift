import TallyTestSupport
import Testing

/// The sale, by clients as shops use them. One that is not installed is passed over: `Tools/setup-clients` installs them.
@Suite("A real client makes the sale")
struct RealClientTests {
  private static let folder = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Clients"
  private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
  /// Where `Tools/setup-clients` puts Python's.
  private static var python: String { root + "/.build/clients/bin/python3" }

  static func succeeds(_ arguments: [String]) -> Bool {
    RunningProgram(arguments)?.finish().status == 0
  }

  private func sell(_ arguments: [String]) throws {
    let server = try ServingProgram()
    let proxy = try #require(CuttingProxy(to: server.port))
    defer { proxy.end() }
    let client = try #require(RunningProgram(arguments + ["\(server.port)", "\(proxy.port)"]))
    let ended = client.finish()
    #expect(ended.status == 0 && ended.lines.last == "sale complete", "\(ended.output)\(ended.errors)")
    #expect(server.end().status == 0)
    let verdict = server.verdict()
    #expect(verdict.contains("\"verdict\":\"proven\""), "\(verdict)")
    #expect(verdict.contains("\"reservations\":4") || verdict.contains("\"reservations\":3"), "each once: \(verdict)")
  }

  @Test(
    "in Python", .enabled(if: succeeds([python, "-c", "import redis, valkey, coredis"]), "run Tools/setup-clients"),
    arguments: [["sale.py", "redis2"], ["sale.py", "redis3"], ["sale.py", "valkey"], ["sale_coredis.py"]])
  func inPython(script: [String]) throws {
    try sell([Self.python, Self.folder + "/" + script[0]] + script.dropFirst())
  }

  @Test(
    "in PHP", .enabled(if: succeeds(["php", "-r", "exit(class_exists('Redis') ? 0 : 1);"]), "run Tools/setup-clients"))
  func inPHP() throws { try sell(["php", Self.folder + "/sale.php"]) }

  @Test("in Ruby", .enabled(if: succeeds(["ruby", "-e", "require 'redis'"]), "run Tools/setup-clients"))
  func inRuby() throws { try sell(["ruby", Self.folder + "/sale.rb"]) }

  @Test("in Perl", .enabled(if: succeeds(["perl", "-MRedis", "-e", "1"]), "run Tools/setup-clients"))
  func inPerl() throws { try sell(["perl", Self.folder + "/sale.pl"]) }

  @Test(
    "in C",
    .enabled(
      if: succeeds(["sh", "-c", "command -v cc && test -e /usr/include/hiredis/hiredis.h"]), "run Tools/setup-clients"))
  func inC() throws {
    let directory = TemporaryDirectory()
    let program = directory.path + "/sale"
    let built = try #require(RunningProgram(["cc", "-o", program, Self.folder + "/sale.c", "-lhiredis"])).finish()
    #expect(built.status == 0, "\(built.errors)")
    try sell([program])
  }
  /// Where Debian's packages are, which another Node than Debian's does not look for.
  private static let node = ["env", "NODE_PATH=/usr/share/nodejs", "node"]

  @Test("in JavaScript", .enabled(if: succeeds(node + ["-e", "require('redis')"]), "run Tools/setup-clients"))
  func inJavaScript() throws { try sell(Self.node + [Self.folder + "/sale.js"]) }

  @Test(
    "in Go",
    .enabled(
      if: succeeds(["sh", "-c", "command -v go && test -d /usr/share/gocode/src/github.com/gomodule/redigo"]),
      "run Tools/setup-clients"))
  func inGo() throws {
    let directory = TemporaryDirectory()
    let program = directory.path + "/sale"
    // Debian's packages of Go lie where it looked for them before it had modules.
    let build =
      "GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE=\(directory.path)/cache GOFLAGS= go build -o \(program)"
    let built = try #require(RunningProgram(["sh", "-c", "\(build) \(Self.folder)/sale.go"])).finish()
    #expect(built.status == 0, "\(built.errors)")
    try sell([program])
  }
}
