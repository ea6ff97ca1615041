import Glibc
import NIOCore
import NIOPosix
import TallyShards
import TallyThreads
import Tallystick

/// A log, served to whoever connects. The log stays the caller's, who closes it when the server has ended.
///
/// Its calls block, and may come from any thread but the server's own.
package final class StockServer: Sendable {
  private let context: ServerContext
  private let group: MultiThreadedEventLoopGroup
  private let loops: [LoopServices]
  private let listeners: [any Channel]
  private let front: HTTPFront?
  private let socketPaths: [String]
  /// Where it listens for Redis's protocol, in the configuration's order, with the ports that were taken.
  package let resp: [ListenAddress]
  private let hasEnded = SharedFlag()

  /// Listens. Connections are served from then on.
  ///
  /// - Parameters:
  ///   - log: of a shop of several shards, its first.
  ///   - shop: `nil`: one log is served. With a shop there are no webhooks, no verifier and no signing, and questions to one log
  ///     are refused.
  ///   - metrics: the log's observer, or the logs'.
  /// - Throws: ``ServerFailure``; nothing is open then.
  package init(
    _ log: TallyLog, of shop: ShardedLog? = nil, _ configuration: ServerConfiguration,
    metrics: ServerMetrics = ServerMetrics()
  ) throws(ServerFailure) {
    group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.eventLoops)
    let (webhooks, verifier, checkpoints): (Webhooks, BackgroundVerifier?, CheckpointSigner?)
    let (access, tls): (Access, ServerTLS?)
    do throws(ServerFailure) {
      access = try Access(configuration.users, warn: configuration.warn)
      tls = try configuration.tls.map { (files) throws(ServerFailure) in try ServerTLS(files) }
      let path = try StockServer.path(of: log)
      webhooks = try Webhooks(configuration.webhooks, log, path: path, group)
      verifier =
        configuration.verifies && shop == nil ? BackgroundVerifier(of: log, path: path, configuration.warn) : nil
      checkpoints = try configuration.signing.map { (signing) throws(ServerFailure) in
        try CheckpointSigner(path: path, signing, lastDurable: { log.lastSequence }, warn: configuration.warn)
      }
    } catch {
      try? group.syncShutdownGracefully()
      throw error
    }
    context = ServerContext(log, of: shop, configuration, metrics, webhooks, verifier, checkpoints, access, tls)
    loops = group.makeIterator().map { [context] in LoopServices(context, $0) }
    var listeners: [any Channel] = []
    var paths: [String] = []
    do throws(ServerFailure) {
      for address in configuration.resp {
        listeners.append(try Listening.open(address, group, loops, context))
        if case .unix(let path) = address { paths.append(path) }
      }
      if let address = configuration.http { front = try HTTPFront(address, context, group) } else { front = nil }
    } catch {
      for listener in listeners { try? listener.close().wait() }
      webhooks.end(atMost: .zero)
      try? group.syncShutdownGracefully()
      throw error
    }
    self.listeners = listeners
    resp = zip(configuration.resp, listeners).map { $0.with(port: $1.localAddress?.port) }
    if case .unix(let path) = configuration.http { paths.append(path) }
    socketPaths = paths
    for loop in loops { loop.lookAfterConnections() }
    webhooks.start()
    verifier?.start()
    checkpoints?.start()
  }

  /// Where the log is.
  private static func path(of log: TallyLog) throws(ServerFailure) -> String {
    do throws(TallyError) { return try log.openReader().path } catch { throw .cannotRead("\(error)") }
  }

  /// Where it listens for HTTP, with the port that was taken.
  package var http: ListenAddress? { front?.address }

  /// Over TCP it speaks TLS only.
  package var isSecure: Bool { context.tls != nil }

  /// What the background verifier has found; `nil`: there is none.
  package var verifierFindings: VerifierFindings? { context.verifier?.findings }

  /// What was signed last; `nil`: nothing is.
  package var checkpointFindings: CheckpointFindings? { context.checkpoints?.findings }

  /// Reads users, certificates and the key that signs again, for what comes from now on: nobody is disconnected, and a user that is gone may
  /// do nothing more. What cannot be read stays as it was.
  ///
  /// - Returns: what could not be read, and why.
  package func reload() -> [ServerFailure] { context.reload() }

  /// Connections that are open.
  package var connectionCount: Int { context.counts.openCount }

  /// Ends: nobody new is let in, nothing more is read, what was taken is answered, and connections close; those that take
  /// longer than ``ServerConfiguration/endingTime`` are cut off. Ending again does nothing.
  ///
  /// - Returns: whether all connections ended in time.
  @discardableResult
  package func end() -> Bool {
    guard hasEnded.set() else { return true }
    for listener in listeners { try? listener.close().wait() }
    for path in socketPaths { unlink(path) }
    for loop in loops { loop.endAll() }
    let deadline = NIODeadline.now() + context.configuration.endingTime
    let isQuiet = front?.end(atMost: context.configuration.endingTime) ?? true
    let isEmpty = context.counts.waitUntilEmpty(atMost: max(.zero, deadline - .now())) && isQuiet
    context.webhooks.end(atMost: max(.zero, deadline - .now()))
    context.verifier?.end()
    context.checkpoints?.end()
    if !isEmpty { for loop in loops { loop.closeAll() } }
    try? group.syncShutdownGracefully()
    return isEmpty
  }

  /// Signs the log as it is, if the server signs. To be called when it has ended and the log is closed: the last checkpoint
  /// then covers every frame.
  package func signLast() { context.checkpoints?.signLast(atMost: context.configuration.endingTime) }
}
