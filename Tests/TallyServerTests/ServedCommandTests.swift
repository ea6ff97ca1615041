import Glibc
import TallyTestSupport
import Testing

/// What `tally` says of a log by itself, and through a server that has it.
@Suite("tally --server")
struct ServedCommandTests {
  /// Runs `tally` to its end.
  private func run(
    _ arguments: [String], input: String = "", environment: [String: String] = [:]
  ) throws -> RunningProgram.Ended {
    let running = try #require(RunningProgram([ChildProcess.built("tally")] + arguments, environment: environment))
    running.send(Array(input.utf8))
    return running.finish()
  }

  /// A shop's day with everything that can be asked, and most of what can be refused.
  private static let day: [[String]] = [
    ["receive", "tea=100", "cup@berlin=20", "lid=5", "--ref", "PO-7"], ["receive", "tea=5", "--key", "po-8"],
    ["receive", "tea=5", "--key", "po-8"], ["receive", "tea=6", "--key", "po-8"],
    ["receive", "tea=1", "--effective", "2026-01-31T12:00:00Z"], ["register", "pot", "tea"],
    ["limit", "cup@berlin", "2"],
    ["reserve", "o1", "tea=2", "cup@berlin=1", "--customer", "c-9", "--ttl", "7d"],
    ["reserve", "o1", "tea=2", "cup@berlin=1", "--customer", "c-9", "--ttl", "7d"],
    ["reserve", "o1", "tea=3", "--customer", "c-8"], ["reserve", "o2", "cup@berlin=2", "--customer", "c-9"],
    ["reserve", "o2", "cup@berlin=1"], ["reserve", "o2", "tea=1000", "nothing=1", "cup=2"],
    ["reserve", "o2", "tea=1000"],
    ["reserve", "o3", "tea@*=3"], ["reserve", "o4", "lid=4"], ["reserve", "o5", "lid=4", "--wait=7d"],
    ["reserve", "o6", "lid=1", "--wait"], ["commit", "o5"], ["amend", "o5", "lid=2"], ["extend", "o4", "--ttl", "2d"],
    ["extend", "o4", "--ttl", "none"], ["commit", "nobody"], ["commit", "o1", "tea=9"], ["commit", "o1", "tea=1"],
    ["commit", "o1"], ["commit", "o1"], ["release", "o1"], ["release", "o3"], ["release", "o3"], ["reopen", "o3"],
    ["reopen", "o3"], ["release", "o3", "--key", "let-go"], ["release", "o3", "--key", "let-go"],
    ["return", "tea=1", "--ref", "RMA-1"], ["return", "tea=1", "--order", "o1"], ["return", "tea=7", "--order", "o1"],
    ["return", "teapot=1"], ["adjust", "tea", "--by", "-3", "--reason", "broken"],
    ["adjust", "lid", "--to", "1", "--reason", "count"],
    ["adjust", "lid", "--to", "1", "--reason", "count", "--release", "newest", "--trim"],
    ["adjust", "lid", "--to", "0", "--reason", "count", "--release", "oldest"],
    ["transfer", "tea=5", "--from", "main", "--to", "berlin"], ["transfer", "tea=500", "--from", "main", "--to", "x"],
    ["reserve", "o7", "tea=4"], ["transfer", "tea=2", "--from", "main", "--to", "paris", "--with", "all"],
    ["transfer", "tea=2", "--from", "main", "--to", "paris", "--with", "o7,o1"], ["floor", "tea", "5"],
    ["recipe", "set", "tea=2", "lid=1"], ["recipe", "set", "none"], ["prefer", "tea", "berlin", "main"],
    ["prefer", "tea", "none"], ["commit", "o7", "tea=1", "--more"], ["expire"],
    ["expire", "--time", "2020-01-01T00:00:00Z"], ["receive", "tea=1", "--expect-seq", "1"],
    ["receive", "tea=1", "--expect-seq", "9999"], ["receive", "tea=9007199254740991"], ["acknowledge", "orders", "3"],
    ["acknowledge", "orders", "1"], ["acknowledge", "orders", "99999"], ["forget", "orders"], ["forget", "nobody"],
    ["reserve", "", "tea=1"], ["receive", "tea"], ["reserve", "o1"],
  ]

  @Test("every command that writes says the same, and ends the same, as on the log itself", arguments: [false, true])
  func writing(json: Bool) throws {
    let server = try ServingProgram(http: true)
    let alone = TemporaryDirectory()
    let log = alone.path + "/shop.tally"
    #expect(try run(["init", "--log", log]).status == 0)
    for command in Self.day {
      let options = json ? ["--json"] : []
      let here = try run(command + options + ["--log", log])
      let there = try run(command + options + ["--log", server.log, "--server"])
      #expect(here.status == there.status, "\(command): \(here.status), \(there.status): \(there.errors)")
      #expect(here.output == there.output, "\(command)")
      #expect(here.errors == there.errors, "\(command)")
    }
    #expect(server.end().status == 0)
    #expect(server.verdict().contains("\"verdict\":\"proven\""))
    #expect(access(server.log + "/server.json", F_OK) != 0, "the note stays behind")
  }

  /// Questions, those included that find nothing.
  private static let questions: [[String]] = [
    ["stock"], ["stock", "tea", "cup@berlin"], ["stock", "nothing"], ["stock", "tea@nowhere"], ["show", "o1"],
    ["show", "o3"], ["show", "o5"], ["show", "nobody"], ["holds"], ["holds", "--waiting"], ["holds", "--sku", "tea"],
    ["holds", "--customer", "c-9"], ["holds", "--location", "berlin"], ["holds", "--due"],
    ["holds", "--due-by", "2999-01-31T23:59:59Z"], ["queue", "lid"], ["queue", "lid@main"],
    ["queue", "lid", "--id", "o6"],
    ["queue", "lid", "--id", "nobody"], ["queue", "nothing"], ["queue", "nothing@berlin"], ["events"],
    ["events", "--from", "5", "--to", "9"], ["events", "--sku", "tea"], ["events", "--location", "berlin"],
    ["events", "--id", "o1"], ["events", "--customer", "c-9"], ["events", "--ref", "PO-7"],
    ["events", "--since", "2020-01-01T00:00:00Z"], ["events", "--until", "2020-01-01T00:00:00Z"], ["consumers"],
    ["consume", "books", "--limit", "3"], ["consume", "books"], ["consume", "nobody"],
  ]

  @Test("every question is answered as by the log itself", arguments: [false, true])
  func reading(json: Bool) throws {
    let server = try ServingProgram(http: true)
    for command in Self.day + [["acknowledge", "books", "4"], ["acknowledge", "orders", "9"]] {
      _ = try run(command + ["--log", server.log, "--server"])
    }
    // Nothing is written any more, so that both see the same; a hold may fall due in between, but none is short.
    for question in Self.questions {
      let options = json && question[0] != "consume" ? ["--json"] : []
      let here = try run(question + options + ["--log", server.log])
      let there = try run(question + options + ["--log", server.log, "--server"])
      #expect(here.status == there.status, "\(question): \(here.status), \(there.status): \(there.errors)")
      #expect(here.output == there.output, "\(question)")
      #expect(here.errors == there.errors, "\(question)")
    }
    let past = try run(["stock", "--at", "3", "--log", server.log, "--server"])
    #expect(past.status == 64 && past.errors.contains("a server tells of now only"), "\(past.errors)")
  }

  @Test("events are followed through a server that is killed and comes back")
  func following() throws {
    let server = try ServingProgram(http: true)
    let address = "http://127.0.0.1:\(server.httpPort)"
    let tally = ChildProcess.built("tally")
    let follower = try #require(RunningProgram([tally, "events", "--follow", "--json", "--server", address]))
    func receive(_ sequence: Int, at log: String) throws {
      #expect(try run(["receive", "tea=1", "--log", log, "--server"]).output == "accepted, event \(sequence)\n")
      #expect(follower.nextLine()?.hasPrefix("{\"seq\":\(sequence),") == true)
    }
    #expect(try run(["register", "tea", "--server", address]).status == 0)
    #expect(follower.nextLine()?.hasPrefix("{\"seq\":1,") == true)
    try receive(2, at: server.log)
    server.kill()
    let again = try ServingProgram(
      ["--http", "127.0.0.1:\(server.httpPort)"], in: server.directory, makesLog: false)
    try receive(3, at: again.log)
    follower.kill(15)
    #expect(follower.finish().status == 0)
  }

  private static let lines = """
    {"op":"receive","lines":[{"sku":"tea","qty":10}]}
    {"op":"reserve","id":"a","lines":[{"sku":"tea","qty":4}]}
    nonsense

    {"op":"reserve","id":"b","lines":[{"sku":"tea","qty":40}]}
    {"op":"commit","id":"a"}
    {"op":"commit","id":"a"}
    {"op":"reserve","id":"a","lines":[{"sku":"tea","qty":4}]}
    {"op":"batch","commands":[{"op":"reserve","id":"c","lines":[{"sku":"tea","qty":1}]},{"op":"receive","lines":[{"sku":"cup","qty":1}]}],"key":"both"}
    {"op":"adjust","sku":"tea","by":1,"reason":"found"}

    """

  @Test("append gives the same lines through a server, as they come")
  func appending() throws {
    let server = try ServingProgram(http: true)
    let alone = TemporaryDirectory()
    let log = alone.path + "/shop.tally"
    #expect(try run(["init", "--log", log]).status == 0)
    for options in [[], ["--stop-on-error"]] {
      let here = try run(["append", "--log", log] + options, input: Self.lines)
      let there = try run(["append", "--log", server.log, "--server"] + options, input: Self.lines)
      #expect(here.status == 65 && there.status == 65, "\(there.errors)")
      #expect(here.output == there.output)
      #expect(here.errors == there.errors)
    }
    let tally = ChildProcess.built("tally")
    let stream = try #require(RunningProgram([tally, "append", "--log", server.log, "--server"]))
    for number in 0..<3 {
      stream.send(Array("{\"op\":\"reserve\",\"id\":\"s\(number)\",\"lines\":[{\"sku\":\"tea\",\"qty\":1}]}\n".utf8))
      #expect(stream.nextLine()?.contains("\"line\":\(number + 1),\"status\":\"accepted\"") == true)
    }
    stream.kill(15)
    #expect(stream.finish().status == 143)
  }

  @Test("an answer that was lost on the way is asked for again, and the command happens once")
  func lostAnswers() throws {
    let server = try ServingProgram(http: true)
    let proxy = try #require(CuttingProxy(to: server.httpPort))
    defer { proxy.end() }
    for quantity in 1...5 {
      let ended = try run([
        "receive", "tea=\(quantity)", "--ref", "cut-\(quantity)", "--server", "http://127.0.0.1:\(proxy.port)",
        // However busy the machine is.
        "--wait", "2m",
      ])
      #expect(ended.status == 0 && ended.output == "repeated, event \(quantity + 1)\n", "\(ended.errors)")
    }
    #expect(try server.client()("STOCK.GET", "tea")["on_hand"] == .integer(15))
  }

  @Test("who finds the log in use is told where its server listens, and what to add")
  func inUse() throws {
    let server = try ServingProgram(http: true)
    let ended = try run(["receive", "tea=1", "--log", server.log, "--wait", "10ms"])
    #expect(ended.status == 75)
    #expect(
      ended.errors.contains(
        "listening at 127.0.0.1:\(server.port) and http://127.0.0.1:\(server.httpPort); add --server"),
      "\(ended.errors)")
    server.kill()
    // It was killed: its note stays, and is only a place to try.
    let late = try run(["receive", "tea=1", "--log", server.log, "--server", "--wait", "10ms"])
    #expect(late.status == 74 && late.errors.contains("gave no answer: Connection refused"), "\(late.errors)")
    #expect(late.errors.contains("run it again with --key tally-"), "\(late.errors)")
    #expect(try run(["receive", "tea=1", "--log", server.log]).status == 0)
    let copy = server.directory.path + "/copy.tally"
    #expect(try run(["backup", copy, "--log", server.log]).status == 0)
    #expect(server.verdict().contains("\"verdict\":\"proven\""))
  }

  @Test("a server may be reached by its address, or by the path of a socket")
  func addresses() throws {
    let directory = TemporaryDirectory()
    let server = try ServingProgram(["--http", directory.path + "/http.sock"])
    #expect(try run(["receive", "tea=7", "--server", directory.path + "/http.sock"]).output == "accepted, event 2\n")
    #expect(try run(["receive", "tea=7", "--log", server.log, "--server"]).output == "accepted, event 3\n")
    #expect(server.end().status == 0)
    #expect(access(directory.path + "/http.sock", F_OK) != 0)
    let second = try ServingProgram(in: server.directory, makesLog: false)
    let silent = try run(["receive", "tea=7", "--log", server.log, "--server"])
    #expect(silent.status == 64 && silent.errors.contains("Redis's protocol only"), "\(silent.errors)")
    #expect(second.end().status == 0)
    let none = try run(["receive", "tea=7", "--log", server.log, "--server"])
    #expect(none.status == 64 && none.errors.contains("no server has the log"), "\(none.errors)")
  }

  @Test("bad addresses and tokens are refused in words, and so is what no server answers")
  func badInput() throws {
    for (arguments, status, words) in [
      (["receive", "tea=1", "--server=ftp://x"], 64, "is no address"),
      (["receive", "tea=1", "--server", "http://"], 64, "is no address"),
      (["receive", "tea=1", "--server", "http://127.0.0.1:1/x"], 64, "is no address"),
      (["receive", "tea=1", "--server", "/nowhere/sock", "--wait", "1ms"], 74, "gave no answer"),
      (["receive", "tea=1", "--server", "http://no.such.host.invalid:1", "--wait", "1ms"], 74, "gave no answer"),
      (["receive", "tea=1", "--token-file", "x"], 64, "are for --server"),
      (["receive", "tea=1", "--server", "http://127.0.0.1:1", "--token-file", "/nowhere"], 64, "no file /nowhere"),
      (["receive", "tea=1", "--server", "https://127.0.0.1:1", "--ca", "/nowhere"], 64, "cannot be used"),
      (["info", "--server"], 64, "a server does not answer tally info"),
      (["repair", "--dry-run", "--server=http://127.0.0.1:1"], 64, "a server does not answer tally repair"),
      (["receive", "tea=1", "--server"], 64, "no log is named"),
    ] as [([String], Int32, String)] {
      let ended = try run(arguments)
      #expect(ended.status == status && ended.errors.contains(words), "\(arguments): \(ended.status) \(ended.errors)")
    }
  }

  @Test(
    "a user's token and the server's certificate are asked for", .enabled(if: TestCertificate.isPossible))
  func tokens() throws {
    let directory = TemporaryDirectory()
    let certificate = try TestCertificate(in: directory)
    let users = directory.path + "/users"
    func add(_ name: String, _ role: String) throws -> String {
      let token = try run(["user", "add", name, "--role", role, "--users", users]).output
      try TestFile.write(token, to: directory.path + "/\(name).token")
      return String(token.dropLast())
    }
    let token = try add("clerk", "stock")
    _ = try add("shop", "sell")
    let server = try ServingProgram(["--users", users] + certificate.options, http: true)
    let asked = ["receive", "tea=1", "--log", server.log, "--server"]
    let trusting = asked + ["--ca", certificate.certificate]
    #expect(try run(trusting + ["--token-file", directory.path + "/clerk.token"]).output == "accepted, event 2\n")
    #expect(try run(trusting, environment: ["TALLY_TOKEN": token]).output == "accepted, event 3\n")
    for (arguments, words) in [
      (trusting, "needs a token"),
      (trusting + ["--token-file", directory.path + "/shop.token"], "needs the role stock"),
    ] {
      let ended = try run(arguments)
      #expect(ended.status == 64 && ended.errors.contains(words), "\(ended.errors)")
    }
    let stranger = try run(asked + ["--wait", "1ms"], environment: ["TALLY_TOKEN": token])
    #expect(stranger.status == 74 && stranger.errors.contains("CERTIFICATE_VERIFY_FAILED"), "\(stranger.errors)")
  }
}
