import Glibc
import TallyTestSupport
import Testing

@Suite("tally serve")
struct ServeProgramTests {
  @Test("says when it is ready, in one line that programs read")
  func ready() throws {
    let server = try ServingProgram()
    #expect(server.ready.hasPrefix("{\"ready\":true,\"resp\":\"127.0.0.1:\(server.port)\","))
    #expect(server.ready.contains("\"unix\":null") && server.ready.hasSuffix("\"pid\":\(server.program.id)}"))
    #expect(try server.client()("PING") == .simple("PONG"))
  }

  @Test("ends on SIGTERM with all that was answered in the log, and nothing else open")
  func terminated() throws {
    let server = try ServingProgram()
    let client = try server.client()
    #expect(try client("STOCK.RECEIVE", "tea", "5", "KEY", "k") == .integer(2))
    let ended = server.end()
    #expect(ended.status == 0, "\(ended.errors)")
    #expect(client.isEnded())
    #expect(server.verdict().contains("\"verdict\":\"proven\""))
    let again = try ServingProgram(in: server.directory, makesLog: false)
    #expect(try again.client()("STOCK.GET", "tea")["on_hand"] == .integer(5))
  }

  @Test("keeps every answer through SIGKILL, and clients that retry by id get each order once")
  func killed() throws {
    // As often as a moment allows; TALLY_KILLS=50 TALLY_CLIENTS=200 for the whole of it.
    func number(_ name: String, or usual: Int) -> Int { getenv(name).flatMap { Int(String(cString: $0)) } ?? usual }
    try KilledServer(kills: number("TALLY_KILLS", or: 4), clients: number("TALLY_CLIENTS", or: 20)).run()
  }

  @Test("is the log's one writer")
  func oneWriter() throws {
    let server = try ServingProgram()
    let second = try #require(
      RunningProgram([
        ChildProcess.built("tally"), "serve", "--log", server.log, "--resp", "127.0.0.1:0", "--wait", "10ms",
      ])
    ).finish()
    #expect(second.status == 75, "\(second.errors)")
    let third = try #require(
      RunningProgram([ChildProcess.built("tally"), "receive", "tea=1", "--log", server.log, "--wait", "10ms"])
    ).finish()
    #expect(third.status == 75 && third.errors.contains("it is a server"), "\(third.errors)")
  }

  @Test("refuses settings that make no sense, and shows those it would use")
  func settings() throws {
    func run(_ options: String...) throws -> RunningProgram.Ended {
      try #require(RunningProgram([ChildProcess.built("tally"), "serve"] + options)).finish()
    }
    for options in [
      ["--resp", "nonsense"], ["--resp", "127.0.0.1:99999"], ["--unix", ""], ["--max-connections", "0"],
    ] {
      let ended = try #require(
        RunningProgram([ChildProcess.built("tally"), "serve", "--log", "/nowhere"] + options)
      ).finish()
      #expect(ended.status == 64, "\(options): \(ended.errors)")
    }
    let shown = try run("--print-config", "--json", "--resp", "[::1]:7000", "--allow-unkeyed")
    #expect(shown.output.contains("\"resp\":\"[::1]:7000\"") && shown.output.contains("\"allow_unkeyed\":true"))
    let server = try ServingProgram()
    server.kill()
    let beyond = try run("--log", server.log, "--resp", "0.0.0.0:0")
    #expect(beyond.status == 64 && beyond.errors.contains("--insecure-anyone-may-connect"), "\(beyond.errors)")
  }
}
