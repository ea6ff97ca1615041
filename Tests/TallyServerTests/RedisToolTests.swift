import TallyTestSupport
import Testing

/// The tools that come with Redis. Passed over where they are not installed: `Tools/setup-clients` installs them.
@Suite(
  "Redis's own tools", .enabled(if: RealClientTests.succeeds(["redis-cli", "--version"]), "run Tools/setup-clients"))
struct RedisToolTests {
  private func run(_ server: ServingProgram, _ words: [String], input: [UInt8] = []) throws -> RunningProgram.Ended {
    let program = try #require(RunningProgram(["redis-cli", "-p", "\(server.port)"] + words))
    program.send(input)
    return program.finish()
  }

  @Test("redis-cli asks once, in either version of the protocol")
  func once() throws {
    let server = try ServingProgram()
    #expect(try run(server, ["STOCK.RECEIVE", "tea", "100", "KEY", "k"]).lines == ["2"])
    #expect(try run(server, ["-3", "STOCK.RESERVE", "o1", "tea", "2"]).lines == ["3"])
    #expect(try run(server, ["-3", "STOCK.GET", "tea"]).output.contains("available"))
    let refused = try run(server, ["-e", "STOCK.RESERVE", "o2", "tea", "99"])
    #expect(refused.status == 1)
    #expect((refused.output + refused.errors).contains("INSUFFICIENT tea@main asked 99 available 98"))
    #expect(try run(server, ["-n", "0", "PING"]).lines == ["PONG"])
  }

  @Test("redis-cli reads commands, and shows help for them")
  func interactive() throws {
    let server = try ServingProgram()
    let ended = try run(
      server, [], input: Array("STOCK.RECEIVE tea 100 KEY k\nSTOCK.RESERVE o1 tea 2\nhelp stock.reserve\n".utf8))
    #expect(ended.status == 0)
    #expect(ended.lines.prefix(2) == ["2", "3"])
    #expect(ended.output.contains("id sku qty [sku qty ...]"), "\(ended.output)")
  }

  @Test("redis-cli --pipe loads a file, errors in it counted")
  func pipe() throws {
    let server = try ServingProgram()
    var input = TestClient.command(["STOCK.RECEIVE", "tea", "100", "KEY", "k"].map { Array($0.utf8) })
    for order in 0..<150 {
      input += TestClient.command(["STOCK.RESERVE", "o\(order)", "tea", "1"].map { Array($0.utf8) })
    }
    let ended = try run(server, ["--pipe"], input: input)
    #expect(ended.output.contains("errors: 50, replies: 151"), "\(ended.output)\(ended.errors)")
    #expect(
      try run(server, ["--pipe"], input: Array("STOCK.RECEIVE tea 5 KEY k2\r\n".utf8)).output.contains(
        "errors: 0, replies: 1"))
  }

  @Test(
    "redis-benchmark drives it, with and without a pipeline",
    .enabled(if: RealClientTests.succeeds(["redis-benchmark", "--version"])))
  func benchmark() throws {
    let server = try ServingProgram()
    _ = try server.client()("STOCK.RECEIVE", "tea", "1000000", "KEY", "k")
    for pipeline in ["1", "16"] {
      let program = try #require(
        RunningProgram([
          "redis-benchmark", "-p", "\(server.port)", "-c", "10", "-P", pipeline, "-n", "2000", "-r", "1000000", "--csv",
          "STOCK.RESERVE", "o__rand_int__", "tea", "1",
        ]))
      let ended = program.finish()
      #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
      #expect(!ended.errors.contains("Error from server"), "\(ended.errors)")
    }
    #expect(server.end().status == 0)
    #expect(server.verdict().contains("\"verdict\":\"proven\""))
  }
}
