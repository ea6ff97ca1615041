import TallyAudit
import TallyFormat
import TallyTestSupport
import Tallystick
import Testing

@testable import TallyServer

/// A server in the test's process, on a log of its own, proven at its end.
final class Shop {
  let directory = TemporaryDirectory()
  let log: TallyLog
  let server: StockServer

  var path: String { directory.path + "/shop.tally" }
  var socketPath: String { directory.path + "/socket" }

  /// - Parameters:
  ///   - change: of the configuration, which listens on a free port of the loopback.
  ///   - clock: the log's; `nil`: the system's.
  init(_ change: (inout ServerConfiguration) -> Void = { _ in }, clock: (@Sendable () -> Int64)? = nil) throws {
    let path = directory.path + "/shop.tally"
    try TallyLog.create(path)
    var options = LogOptions()
    options.expiresOnTimer = true
    if let clock { options.clock = clock }
    let metrics = ServerMetrics()
    options.observer = metrics
    log = try TallyLog(path, options: options)
    var configuration = ServerConfiguration()
    configuration.resp = [.tcp(host: "127.0.0.1", port: 0)]
    change(&configuration)
    server = try StockServer(log, configuration, metrics: metrics)
  }

  deinit {
    server.end()
    log.close()
  }

  var port: Int {
    for case .tcp(_, let port) in server.resp { return port }
    return 0
  }

  /// A connection, for as long as which the server lives.
  func client() throws -> TestClient {
    let client = try TestClient(.tcp(port: port))
    client.server = self
    return client
  }

  /// A client in a shop with a hundred of tea and a cup in Berlin.
  func stockedClient() throws -> TestClient {
    let client = try client()
    #expect(try client("STOCK.RECEIVE", "tea", "100", "cup@berlin", "1", "KEY", "po-1") == .integer(3))
    return client
  }

  /// Ends the server and the log; what the auditor says then.
  func closeAndAudit() throws -> AuditReport {
    server.end()
    log.close()
    return try Auditor(LogDirectory(path)).run()
  }
}
