import Glibc
import Tallystick

/// The server, against Redis with an idempotent script and the same durability, where that is installed: one program of
/// ours on both, in one run.
struct Serve {
  private static let clients = 50
  private static let pipelines = [1, 16, 64]
  private static let skus = 1_000

  /// What both do: an order once, whatever is sent again, and never more than there is.
  private static let script = """
    local stock = KEYS[2]
    if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
    local available = tonumber(redis.call('GET', stock) or 0)
    if available < tonumber(ARGV[1]) then return -1 end
    redis.call('SET', KEYS[1], ARGV[1])
    redis.call('DECRBY', stock, ARGV[1])
    return 1
    """

  func measure(_ run: Run) throws -> Figure {
    let count = run.events(default: 200_000)
    let ours = try tallystick(run, count)
    let redis = try? redisFigures(run, count)
    var detail: [(String, String)] = []
    for (index, pipeline) in Serve.pipelines.enumerated() {
      detail += describe("reserve, pipeline \(pipeline)", ours.reserve[index])
      detail += describe("PING, pipeline \(pipeline)", ours.ping[index])
      detail.append(
        ("over PING, pipeline \(pipeline)", number(ours.reserve[index].perSecond / ours.ping[index].perSecond)))
      guard let redis else { continue }
      detail += describe("Redis, pipeline \(pipeline)", redis[index])
      detail.append(
        ("over Redis, pipeline \(pipeline)", number(ours.reserve[index].perSecond / redis[index].perSecond)))
    }
    detail.append(("KiB an idle connection", number(ours.idleKilobytes)))
    let single = ours.reserve[0].perSecond
    return Figure(
      value: single, unit: "reservations/s",
      reference: redis == nil ? "its own PING" : "Redis, appendfsync always",
      ratio: single / (redis?[0].perSecond ?? ours.ping[0].perSecond), detail: detail)
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
  }

  private func tallystick(_ run: Run, _ count: Int) throws -> Ours {
    let path = run.workspace.fresh("serve")
    try TallyLog.create(path)
    let server = try ServedProcess {
      [Startup.toolPath, "serve", "--log", path, "--resp", "127.0.0.1:\($0)", "--allow-unkeyed"]
    }
    for sku in 0..<Serve.skus { _ = try server.client().ask(["STOCK.RECEIVE", "sku-\(sku)", "1000000000"]) }
    var found = Ours()
    var order = 0
    for pipeline in Serve.pipelines {
      let client = server.client(Serve.clients, pipeline: pipeline)
      let share = pipeline == 1 ? count / 4 : count
      let first = order
      found.reserve.append(
        try client.run(share) { index, output in
          LoadClient.write(
            ["STOCK.RESERVE", "order-\(first + index)", "sku-\(index % Serve.skus)", "1"], into: &output)
        })
      order += share
      found.ping.append(try client.run(share) { _, output in output += "*1\r\n$4\r\nPING\r\n".utf8 })
    }
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

  // MARK: Redis

  private func redisFigures(_ run: Run, _ count: Int) throws -> [LoadClient.Result] {
    let path = run.workspace.fresh("redis")
    guard mkdir(path, 0o700) == 0 else { throw BenchmarkError("cannot make \(path)") }
    let server = try ServedProcess {
      [
        "redis-server", "--port", "\($0)", "--dir", path, "--save", "", "--appendonly", "yes", "--appendfsync",
        "always",
        "--auto-aof-rewrite-percentage", "0",
      ]
    }
    let hash = try server.client().ask(["SCRIPT", "LOAD", Serve.script])
    for sku in 0..<Serve.skus { _ = try server.client().ask(["SET", "stock:\(sku)", "1000000000"]) }
    var order = 0
    return try Serve.pipelines.map { pipeline in
      let share = pipeline == 1 ? count / 4 : count
      let first = order
      order += share
      return try server.client(Serve.clients, pipeline: pipeline).run(share) { index, output in
        LoadClient.write(
          ["EVALSHA", hash, "2", "order:\(first + index)", "stock:\(index % Serve.skus)", "1"], into: &output)
      }
    }
  }
}
