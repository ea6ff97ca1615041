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
  /// Let everybody connect who reaches the server from another machine: without it, it listens to this machine only.
  package var allowsAnyone = false
  /// Threads that serve connections. Default: half the processors, 1 to 4; the log has threads of its own.
  package var eventLoops = max(1, min(4, System.coreCount / 2))
  /// Connections at a time.
  package var maxConnections = 10_000
  /// Commands of one connection that wait for their answers; beyond it, nothing more is read from it.
  package var maxOutstanding = 1_024
  /// How long the oldest command may have waited for its judgement when another comes: beyond it that is refused.
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
  /// Of commands.
  package var wireLimits = WireLimits()

  package init() {}
}
