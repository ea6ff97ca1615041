import ArgumentParser
import TallyServer
import Tallystick

/// How to serve.
struct ServeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Listen for Redis's protocol there; port 0 takes a free one.", valueName: "host:port"))
  var resp: String?

  @Option(help: ArgumentHelp("Listen for Redis's protocol on a socket of this machine.", valueName: "path"))
  var unix: String?

  @Option(
    help: ArgumentHelp(
      "Listen for HTTP there; port 0 takes a free one; a path with a slash is a socket of this machine.",
      valueName: "host:port|path"))
  var http: String?

  @Flag(help: "Take commands without an id or KEY, although a client may send them twice.")
  var allowUnkeyed = false

  @Flag(
    name: .customLong("insecure-anyone-may-connect"),
    help: "Listen beyond this machine without users or TLS: whoever reaches it may sell.")
  var allowsAnyone = false

  @Flag(
    name: .customLong("insecure-without-tls"),
    help: "With users, listen beyond this machine without TLS: it ends at a proxy before this server.")
  var allowsPlainText = false

  @Option(help: ArgumentHelp("Ask for a token of one of the users in this file (tally user add).", valueName: "file"))
  var users: String?

  @Option(help: ArgumentHelp("TLS: the certificate, and those behind it, in PEM.", valueName: "file"))
  var tlsCertificate: String?

  @Option(help: ArgumentHelp("TLS: the certificate's private key in PEM.", valueName: "file"))
  var tlsKey: String?

  @Option(help: ArgumentHelp("TLS: let in clients with a certificate of these only.", valueName: "file"))
  var tlsClientAuthority: String?

  @Option(help: "Connections at a time.")
  var maxConnections = ServerConfiguration().maxConnections

  @Option(help: "Commands of one connection that may wait for their answers.")
  var maxOutstanding = ServerConfiguration().maxOutstanding

  @Option(help: "Commands that may wait, of all connections; beyond it they are refused as busy.")
  var maxQueued = 100_000

  @Option(
    help: """
      How long the queue may be, in time, before commands are refused as busy; a tenth of it when it stands: 100ms.
      """,
    transform: Milliseconds.init(argument:))
  var maxQueueDelay = Milliseconds(100)

  @Option(help: "Threads for connections (default: half the processors, at most 4).")
  var eventLoops = ServerConfiguration().eventLoops

  @Option(help: ArgumentHelp("Commands a second that one client, by its address, may send.", valueName: "n[/burst]"))
  var clientRate: String?

  @Option(help: ArgumentHelp("Reservations a second that may come for one item.", valueName: "n[/burst]"))
  var itemRate: String?

  @Flag(help: "Tell of each request over HTTP on standard error, a line of JSON each.")
  var logRequests = false

  @Option(help: ArgumentHelp("How warnings and requests are told: text or json.", valueName: "format"))
  var logFormat = LogFormat.text

  @Option(help: ArgumentHelp("Send events to the webhooks that this file lists.", valueName: "file"))
  var webhooks: String?

  @Option(
    help: ArgumentHelp(
      "Serve a shop of so many shards; where nothing is yet, it is made (a shop is told by itself).", valueName: "n"))
  var shards: Int?

  @OptionGroup var signing: SigningOptions

  @Flag(
    name: .customLong("no-verifier"),
    help: "Do not follow the log with the auditor's fold: it takes as much memory again as the stock.")
  var noVerifier = false

  @Option(
    help: ArgumentHelp(
      "Settings that neither an argument nor the environment gives, in JSON, by the options' names.", valueName: "file")
  )
  var config: String?

  @Flag(help: "Show the settings as they are, and where each comes from, and end.")
  var printConfig = false

  /// Where it listens unless told otherwise.
  private static let usualRESP = "127.0.0.1:6390"
  private static let usualHTTP = "127.0.0.1:6391"

  private static func address(_ text: String, _ option: String) throws -> ListenAddress {
    guard let address = ListenAddress(hostAndPort: text) else {
      throw CommandFailure.usage("\(option) \(Arguments.quote(text)) is not HOST:PORT; an example: \(usualRESP)")
    }
    return address
  }

  private static func socketPath(_ text: String, _ option: String) throws -> String {
    // What fits into the system's address, with the zero at its end.
    guard !text.isEmpty, text.utf8.count <= 107 else {
      throw CommandFailure.usage("\(option) \(Arguments.quote(text)) must be a path of 1 to 107 bytes")
    }
    return text
  }

  private static func rate(_ text: String?, _ option: String) throws -> RateLimit? {
    guard let text else { return nil }
    guard let rate = RateLimit(text) else {
      throw CommandFailure.usage(
        "\(option) \(Arguments.quote(text)) is no number a second, with or without a burst; an example: 1000/5000")
    }
    return rate
  }

  private func tlsFiles() throws -> TLSFiles? {
    switch (tlsCertificate, tlsKey) {
    case (nil, nil):
      if tlsClientAuthority == nil { return nil }
      throw CommandFailure.usage("--tls-client-authority needs --tls-certificate and --tls-key")
    case (let certificate?, let key?):
      return TLSFiles(certificate: certificate, key: key, clientAuthority: tlsClientAuthority)
    case (_?, nil): throw CommandFailure.usage("--tls-certificate needs --tls-key")
    case (nil, _?): throw CommandFailure.usage("--tls-key needs --tls-certificate")
    }
  }

  func configuration() throws -> ServerConfiguration {
    var configuration = ServerConfiguration()
    let isSilent = resp == nil && http == nil && unix == nil
    if let text = resp ?? (isSilent ? ServeOptions.usualRESP : nil) {
      configuration.resp.append(try ServeOptions.address(text, "--resp"))
    }
    configuration.http = try (http ?? (isSilent ? ServeOptions.usualHTTP : nil)).map {
      $0.utf8.contains(UInt8(ascii: "/"))
        ? .unix(path: try ServeOptions.socketPath($0, "--http")) : try ServeOptions.address($0, "--http")
    }
    if let unix {
      configuration.resp.append(.unix(path: try ServeOptions.socketPath(unix, "--unix")))
    }
    for (name, value, range) in [
      ("max-connections", maxConnections, 1...1_000_000), ("max-outstanding", maxOutstanding, 1...1_000_000),
      ("max-queued", maxQueued, 1...10_000_000), ("event-loops", eventLoops, 1...256),
    ] where !range.contains(value) {
      throw CommandFailure.usage("--\(name) must be from \(range.lowerBound) to \(range.upperBound)")
    }
    if let webhooks {
      do throws(ServerFailure) { configuration.webhooks = try WebhookFile.read(webhooks) } catch {
        throw CommandFailure(.badData, error.description)
      }
    }
    configuration.signing = try signing.configuration()
    configuration.verifies = !noVerifier
    configuration.warn = { [logFormat] in ServeReport.tell("warning", $0, logFormat) }
    configuration.allowsUnkeyed = allowUnkeyed
    configuration.allowsAnyone = allowsAnyone
    configuration.allowsPlainText = allowsPlainText
    configuration.users = users
    configuration.tls = try tlsFiles()
    configuration.maxConnections = maxConnections
    configuration.maxOutstanding = maxOutstanding
    configuration.maxQueueDelay = .milliseconds(maxQueueDelay.count)
    configuration.eventLoops = eventLoops
    configuration.clientRate = try ServeOptions.rate(clientRate, "--client-rate")
    configuration.itemRate = try ServeOptions.rate(itemRate, "--item-rate")
    if logRequests { configuration.requestLog = JSONLineLog.logger }
    return configuration
  }
}

/// How the server tells what it has to say.
enum LogFormat: String, ExpressibleByArgument, CaseIterable {
  /// A line for people.
  case text
  /// A line of JSON, for programs.
  case json
}
