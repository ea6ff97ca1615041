import Logging
import NIOCore
import TallyRESP

/// How a server is to behave. The defaults are right for most.
package struct ServerConfiguration: Sendable {
  /// Where to listen for Redis's protocol.
  package var resp: [ListenAddress] = []
  /// Where to listen for HTTP; `nil`: nowhere.
  package var http: ListenAddress?
  /// Take commands that change something and have no key.
  package var allowsUnkeyed = false
  /// The file of the users; `nil`: everybody who connects may do everything.
  package var users: String?
  /// Certificates; `nil`: no TLS.
  package var tls: TLSFiles?
  /// Let everybody connect who reaches the server from another machine, without users or TLS.
  package var allowsAnyone = false
  /// With users, listen beyond this machine without TLS: it ends before this server.
  package var allowsPlainText = false
  /// Threads that serve connections. Default: half the processors, 1 to 4; the log has threads of its own.
  package var eventLoops = max(1, min(4, System.coreCount / 2))
  /// Connections at a time.
  package var maxConnections = 10_000
  /// Commands of one connection that wait for their answers; beyond it, nothing more is read from it.
  package var maxOutstanding = 1_024
  /// How long the oldest command may have waited for its judgement when another comes: beyond it that is refused; a tenth of
  /// it, or two group commits, if the queue has not been empty for a tenth of a second.
  package var maxQueueDelay = Duration.milliseconds(100)
  /// Commands and questions that one client (by its address) may send; `nil`: any number.
  package var clientRate: RateLimit?
  /// Reservations that may come for one item; `nil`: any number.
  package var itemRate: RateLimit?
  /// Where each request over HTTP is told; `nil`: nowhere.
  package var requestLog: Logger?
  /// A stream of events in which nothing happens says so after that long, so that nobody between takes it for dead.
  package var streamQuiet = Duration.seconds(15)
  /// How long a command may take to come, and answers to be read.
  package var patience = TimeAmount.seconds(30)
  /// How long connections may take to end when the server does.
  package var endingTime = TimeAmount.seconds(10)
  /// Follow the log with the auditor's own fold, and compare its state with the writer's.
  package var verifies = true
  /// Sign what the log is, for outsiders; `nil`: nobody does.
  package var signing: CheckpointSigning?
  /// Told of what should wake somebody, in words for people.
  package var warn: @Sendable (String) -> Void = { _ in }
  /// Where events are sent to.
  package var webhooks: [Webhook] = []
  /// Of commands.
  package var wireLimits = WireLimits()

  package init() {}

  /// Other machines may connect.
  package var servesOtherMachines: Bool { allowsAnyone || users != nil && (tls != nil || allowsPlainText) }
}
