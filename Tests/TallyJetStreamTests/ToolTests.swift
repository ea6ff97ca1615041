import TallyTestSupport
import Testing

/// The programs, given the address of a stream.
@Suite(
  "tally and tally-verify on a stream", .serialized,
  .enabled(if: NATSServer.isInstalled, "nats-server is not installed: Tools/setup-clients brings it"))
struct ToolTests {
  private let directory = TemporaryDirectory()

  private func run(_ program: String, _ arguments: [String], log: String) throws -> RunningProgram.Ended {
    let environment = ["TALLY_LOG": log, "TALLY_LOCAL": directory.path + "/local"]
    return try #require(RunningProgram([ChildProcess.built(program)] + arguments, environment: environment)).finish()
  }

  @Test("sell, tell, back up and prove as on a directory, and exit as they do there")
  func life() throws {
    let servers = try #require(NATSServer(nodes: 1))
    let log = servers.url("shop") + "?replicas=1"
    // Until the server is up.
    try NATSServer.eventually {
      let made = try run("tally", ["init"], log: log)
      if made.status != 0 { throw Unready(words: made.errors) }
    }
    #expect(try run("tally", ["init"], log: log).status != 0)
    #expect(try run("tally", ["receive", "tea=3"], log: log).status == 0)
    #expect(try run("tally", ["reserve", "a", "tea=2"], log: log).status == 0)
    #expect(try run("tally", ["reserve", "a", "tea=2"], log: log).output.contains("repeated"))
    #expect(try run("tally", ["reserve", "b", "tea=2"], log: log).status == 1)
    let stock = try run("tally", ["stock", "--json"], log: log)
    #expect(stock.output.contains(#""on_hand":3,"held":2,"available":1"#), "\(stock)")
    let verdict = try run("tally-verify", ["--json"], log: log)
    #expect(verdict.status == 0 && verdict.output.contains(#""verdict":"proven""#), "\(verdict)")
    let copy = directory.path + "/copy"
    #expect(try run("tally", ["backup", copy], log: log).status == 0)
    #expect(try run("tally-verify", [copy], log: log).status == 0)
  }

  @Test("say what is wrong with an address, a missing stream, a missing server, and what needs a directory")
  func mistakes() throws {
    let servers = try #require(NATSServer(nodes: 1))
    let missing = servers.url("missing")
    try NATSServer.eventually {
      let ended = try run("tally", ["stock"], log: missing)
      if ended.status != 65 { throw Unready(words: ended.errors) }
    }
    #expect(try run("tally-verify", [], log: missing).status == 65)
    let nowhere = try run("tally", ["stock"], log: "nats://127.0.0.1:1/shop")
    #expect(nowhere.status == 74 && nowhere.errors.contains("cannot connect"), "\(nowhere)")
    #expect(try run("tally-verify", [], log: "nats://127.0.0.1:1/shop").status == 74)
    for program in ["tally", "tally-verify"] {
      let ended = try run(program, program == "tally" ? ["stock"] : [], log: "nats://127.0.0.1:1")
      #expect(ended.status == 64 && ended.errors.contains("names no stream"), "\(ended)")
    }
    let serve = try run("tally", ["serve"], log: missing)
    #expect(serve.status == 64 && serve.errors.contains("directory only"), "\(serve)")
  }

  private struct Unready: Error { var words: String }
}
