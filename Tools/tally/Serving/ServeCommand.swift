import ArgumentParser
import Glibc
import TallyServer
import Tallystick

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve the log to programs in any language.",
    discussion: """
      Opens the log as its one writer, and takes commands from clients of Redis, as
      STOCK.RESERVE, and over HTTP. SIGTERM or Ctrl-C ends it: what was taken is
      answered. Every command that changes something has an id or ends with KEY k, by
      which a repeat is told: clients send commands again by themselves.

      With --users a token is asked for (tally user add), with --tls-certificate and
      --tls-key all is encrypted; SIGHUP reads both again. Other machines are let in
      with both only.

      With --sign a checkpoint is signed every few seconds and at the end, for outsiders
      (tally checkpoint --help): GET /v1/checkpoint. SIGHUP reads that key again, too.

      What no argument says may stand in the environment (TALLY_MAX_QUEUE_DELAY for
      --max-queue-delay) or in a file: {"max_queue_delay":"50ms","users":"/etc/users"}.

      Example:
        tally serve --log shop.tally
        redis-cli -p 6390 STOCK.RECEIVE tea 100 KEY po-7
        redis-cli -p 6390 STOCK.RESERVE order-1 tea 2 TTL 900000
        redis-cli -p 6390 STOCK.COMMIT order-1 KEY pay-1
        curl http://127.0.0.1:6391/v1/stock/tea

        tally serve --log shop.tally --sign shop.key --checkpoint-every 5s
        curl http://127.0.0.1:6391/v1/checkpoint
      """)

  @OptionGroup var serving: ServeOptions
  @OptionGroup var waiting: WaitOption
  @OptionGroup var shared: SharedOptions

  func run() throws {
    let configuration = try serving.configuration()
    if serving.printConfig { return try showSettings(configuration) }
    Interrupt.listen()
    Hangup.listen()
    OpenFiles.allow(configuration.maxConnections)
    var options = LogOptions()
    options.lockWait = .milliseconds(waiting.wait.count)
    options.expiresOnTimer = true
    options.maxQueuedCommands = serving.maxQueued
    let format = serving.logFormat
    options.warn = { ServeReport.tell("warning", $0, format) }
    let metrics = ServerMetrics()
    options.observer = metrics
    let path = try shared.path
    let stock = try ServedLogs(path, options, serving, configuration)
    defer { stock.close() }
    let server: StockServer
    do throws(ServerFailure) {
      server = try StockServer(stock.log, of: stock.shop, configuration, metrics: metrics)
    } catch {
      throw ServeCommand.failure(error)
    }
    defer { server.end() }
    ServeCommand.publish(server, path, format)
    defer { ServerNote.remove(from: path) }
    try ServeReport.ready(server, json: shared.json)
    ServiceManager.tell(.ready)
    ServeCommand.readAgainOnHangups(server, format)
    ServiceManager.tell(.stopping)
    ServeReport.tell(nil, "ending: answering what was taken", format)
    if !server.end() { ServeReport.tell(nil, "some connections did not end in time and were cut off", format) }
    stock.close()
    server.signLast()
  }

  /// Says where it listens to programs that know the log's directory. It serves without, too.
  private static func publish(_ server: StockServer, _ path: String, _ format: LogFormat) {
    do { try ServerNote(server).publish(in: path) } catch {
      let reason = (error as? CommandFailure)?.message ?? "\(error)"
      ServeReport.tell("warning", "\(reason): tally --server must be told the address", format)
    }
  }

  private func showSettings(_ configuration: ServerConfiguration) throws {
    let settings = try ServeSettings(Array(CommandLine.arguments.dropFirst(2)))
    try ServeReport.show(configuration, maxQueued: serving.maxQueued, settings, json: shared.json)
  }

  private static func failure(_ error: ServerFailure) -> CommandFailure {
    switch error {
    case .beyondLoopback: .usage(error.description)
    case .users, .certificate, .signing: CommandFailure(.badData, error.description)
    case .cannotListen, .cannotRead, .webhook: CommandFailure(.inputOutput, error.description)
    }
  }

  /// Until an interrupt comes.
  private static func readAgainOnHangups(_ server: StockServer, _ format: LogFormat) {
    while Interrupt.waitToRead(Hangup.descriptor) {
      Hangup.take()
      ServiceManager.tell(.reloading)
      let failures = server.reload()
      for failure in failures { ServeReport.tell("warning", "\(failure); what was read before stays", format) }
      if failures.isEmpty {
        ServeReport.tell(nil, "users and certificates were read again, and the key that signs", format)
      }
      ServiceManager.tell(.ready)
    }
  }
}
