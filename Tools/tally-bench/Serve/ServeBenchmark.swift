import Glibc
import Tallystick

/// The server, against Redis and Valkey with an idempotent script and the same durability, where they are installed: one
/// program of ours on all, in one run.
struct Serve {
  private static let clients = 50
  private static let pipelines = [1, 16, 64]
  static let skus = 1_000

  func measure(_ run: Run) throws -> Figure {
    let count = run.events(default: 200_000)
    let ours = try tallystick(run, count)
    var detail: [(String, String)] = []
    for (index, pipeline) in Serve.pipelines.enumerated() {
      detail += describe("reserve, pipeline \(pipeline)", ours.reserve[index])
      detail += describe("PING, pipeline \(pipeline)", ours.ping[index])
      detail.append(
        ("over PING, pipeline \(pipeline)", number(ours.reserve[index].perSecond / ours.ping[index].perSecond)))
    }
    let http = try overHTTP(run, count)
    detail += describe("HTTP, one reservation a request", http.single)
    detail.append(("HTTP over Redis's protocol", number(http.single.perSecond / ours.reserve[0].perSecond)))
    detail.append(("JSON Lines, reservations/s", grouped(http.lines)))
    var best: Double?
    for peer in RedisPeer.installed {
      guard let found = try? peer.measure(run, count, clients: Serve.clients, pipelines: Serve.pipelines) else {
        continue
      }
      best = max(best ?? 0, found.reserve[0].perSecond)
      for (index, pipeline) in Serve.pipelines.enumerated() {
        detail += describe("\(peer.name), pipeline \(pipeline)", found.reserve[index])
        detail.append(
          (
            "over \(peer.name), pipeline \(pipeline)",
            number(ours.reserve[index].perSecond / found.reserve[index].perSecond)
          ))
      }
      guard let piped = found.piped else { continue }
      detail.append(("\(peer.name), redis-cli --pipe, /s", grouped(piped)))
      detail.append(("JSON Lines over \(peer.name)'s --pipe", number(http.lines / piped)))
    }
    detail.append(("KiB an idle connection", number(ours.idleKilobytes)))
    detail.append(("visits, each with a connection of its own, /s", grouped(ours.visits)))
    let single = ours.reserve[0].perSecond
    return Figure(
      value: single, unit: "reservations/s",
      reference: best == nil ? "its own PING" : "the better of Redis and Valkey, appendfsync always",
      ratio: single / (best ?? ours.ping[0].perSecond), detail: detail)
  }

  private func describe(_ name: String, _ result: LoadClient.Result) -> [(String, String)] {
    [("\(name), /s", grouped(result.perSecond))]
      + [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)].map { label, share in
        ("\(name), \(label) µs", number(result.rounds[share] * 1e6))
      }
  }

  // MARK: Ours

  private struct Ours {
    var reserve: [LoadClient.Result] = []
    var ping: [LoadClient.Result] = []
    var idleKilobytes = 0.0
    var visits = 0.0
  }

  /// A server on a new log, with stock.
  ///
  /// - Parameters:
  ///   - http: a port for HTTP; 0: it does not serve that.
  ///   - prefix: what the program is started with.
  static func start(
    _ run: Run, _ name: String, http: Int = 0, with prefix: [String] = []
  ) throws -> ServedProcess {
    let path = run.workspace.fresh(name)
    try TallyLog.create(path)
    let server = try ServedProcess {
      prefix + [Startup.toolPath, "serve", "--log", path, "--resp", "127.0.0.1:\($0)", "--allow-unkeyed"]
        + (http == 0 ? [] : ["--http", "127.0.0.1:\(http)"])
    }
    for sku in 0..<skus { _ = try server.client().ask(["STOCK.RECEIVE", "sku-\(sku)", "1000000000"]) }
    return server
  }

  /// The n-th order: one unit.
  static func reserve(_ order: Int, into output: inout [UInt8]) {
    output.command(4, "STOCK.RESERVE")
    output.word("order-", order)
    output.word("sku-", order % skus)
    output.word("1")
  }

  private func tallystick(_ run: Run, _ count: Int) throws -> Ours {
    let server = try Serve.start(run, "serve")
    var found = Ours()
    var order = 0
    for pipeline in Serve.pipelines {
      let client = server.client(Serve.clients, pipeline: pipeline)
      let share = pipeline == 1 ? count / 4 : count
      let first = order
      found.reserve.append(
        try client.run(share) { index, output in
          Serve.reserve(first + index, into: &output)
        })
      order += share
      found.ping.append(try client.run(share) { _, output in output += "*1\r\n$4\r\nPING\r\n".utf8 })
    }
    found.visits = try server.client().visits(min(count, 5_000))
    found.idleKilobytes = try idleKilobytes(run)
    return found
  }

  /// Of a server that has done nothing else: what was busy once keeps its memory.
  private func idleKilobytes(_ run: Run) throws -> Double {
    let path = run.workspace.fresh("serve-idle")
    try TallyLog.create(path)
    let server = try ServedProcess { [Startup.toolPath, "serve", "--log", path, "--resp", "127.0.0.1:\($0)"] }
    let before = server.residentKilobytes
    let idle = 1_000
    // Each has asked once, and stays.
    let after = try LoadClient(port: server.port, clients: idle, pipeline: 1).idle { server.residentKilobytes }
    return Double(max(0, after - before)) / Double(idle)
  }

  // MARK: Ours over HTTP

  /// - Returns: single reservations, and how many a second in bodies of 8,192 lines by four clients.
  private func overHTTP(_ run: Run, _ count: Int) throws -> (single: LoadClient.Result, lines: Double) {
    let port = try ServedProcess.freePort()
    let server = try Serve.start(run, "serve-http", http: port)
    defer { withExtendedLifetime(server) {} }
    func write(_ order: Int, _ output: inout [UInt8]) {
      output += Array(
        "{\"op\":\"reserve\",\"id\":\"order-\(order)\",\"lines\":[{\"sku\":\"sku-\(order % Serve.skus)\",\"qty\":1}]}"
          .utf8)
    }
    let single = try HTTPLoad(port: port, clients: Serve.clients).run(count / 4, type: "application/json", write)
    let lines = Limits.maxBatchCommands
    let bodies = max(4, 5 * count / lines)
    let bulk = try HTTPLoad(port: port, clients: 4).run(bodies, type: "application/x-ndjson") { number, output in
      for line in 0..<lines {
        write(count + number * lines + line, &output)
        output.append(0x0A)
      }
    }
    return (single, bulk.perSecond * Double(lines))
  }
}
