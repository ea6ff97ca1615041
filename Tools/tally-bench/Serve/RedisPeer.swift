import Glibc

/// A server that speaks Redis's protocol and does the same by a script, as durably: every answer behind its sync.
struct RedisPeer {
  var name: String
  var program: String
  /// Threads that read and write connections.
  var threads: Int

  /// An order once, whatever is sent again, and never more than there is.
  private static let script = """
    local stock = KEYS[2]
    if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
    local available = tonumber(redis.call('GET', stock) or 0)
    if available < tonumber(ARGV[1]) then return -1 end
    redis.call('SET', KEYS[1], ARGV[1])
    redis.call('DECRBY', stock, ARGV[1])
    return 1
    """

  /// Redis from the path, and Valkey where `VALKEY_SERVER` names its server, each with one thread and with two: which is
  /// better depends on the pipeline.
  static var installed: [RedisPeer] {
    var peers = [("Redis", "redis-server")]
    if let valkey = getenv("VALKEY_SERVER") { peers.append(("Valkey", String(cString: valkey))) }
    return peers.flatMap { name, program in
      [1, 2].map { RedisPeer(name: "\(name), io-threads \($0)", program: program, threads: $0) }
    }
  }

  struct Found {
    var reserve: [LoadClient.Result]
    /// Reservations a second through redis-cli --pipe; `nil`: there is none.
    var piped: Double?
  }

  /// With stock, and the script's name there.
  ///
  /// - Parameter prefix: what the program is started with.
  func start(
    _ run: Run, _ place: String, with prefix: [String] = []
  ) throws -> (ServedProcess, script: String) {
    let path = run.workspace.fresh(place)
    guard mkdir(path, 0o700) == 0 else { throw BenchmarkError("cannot make \(path)") }
    let server = try ServedProcess {
      prefix + [
        program, "--port", "\($0)", "--dir", path, "--save", "", "--appendonly", "yes", "--appendfsync", "always",
        "--auto-aof-rewrite-percentage", "0", "--io-threads", "\(threads)",
      ]
    }
    let hash = try server.client().ask(["SCRIPT", "LOAD", RedisPeer.script])
    guard hash.utf8.count == 40 else { throw BenchmarkError("\(program) takes no script: \(hash)") }
    for sku in 0..<Serve.skus { _ = try server.client().ask(["SET", "stock:\(sku)", "1000000000"]) }
    return (server, hash)
  }

  static func write(_ order: Int, _ script: String, into output: inout [UInt8]) {
    output.command(6, "EVALSHA")
    output.word(script)
    output.word("2")
    output.word("order:", order)
    output.word("stock:", order % Serve.skus)
    output.word("1")
  }

  func measure(_ run: Run, _ count: Int, clients: Int, pipelines: [Int]) throws -> Found {
    let (server, script) = try start(run, "peer")
    var order = 0
    let reserve = try pipelines.map { pipeline in
      let share = pipeline == 1 ? count / 4 : count
      let first = order
      order += share
      return try server.client(clients, pipeline: pipeline).run(share) { index, output in
        RedisPeer.write(first + index, script, into: &output)
      }
    }
    return Found(reserve: reserve, piped: try? piped(run, server, script, order, count))
  }

  private func piped(
    _ run: Run, _ server: ServedProcess, _ script: String, _ first: Int, _ count: Int
  ) throws -> Double {
    var commands: [UInt8] = []
    for order in 0..<count { RedisPeer.write(first + order, script, into: &commands) }
    let path = run.workspace.fresh("pipe")
    guard let file = fopen(path, "w") else { throw BenchmarkError("cannot write \(path)") }
    let written = fwrite(commands, 1, commands.count, file)
    fclose(file)
    guard written == commands.count else { throw BenchmarkError("cannot write \(path)") }
    let start = seconds()
    let code = system("redis-cli -p \(server.port) --pipe < '\(path)' > /dev/null 2>&1")
    guard code == 0 else { throw BenchmarkError("redis-cli --pipe ends with \(code)") }
    return Double(count) / (seconds() - start)
  }
}
