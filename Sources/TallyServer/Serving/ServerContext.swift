import NIOCore
import Synchronization
import TallyShards
import Tallystick

/// What all connections of a server share. Any thread.
final class ServerContext: Sendable {
  /// Of a shop of several shards the first one's: for questions that only one log can answer, which are refused then.
  let log: TallyLog
  /// `nil`: one log is served.
  let shop: ShardedLog?
  let configuration: ServerConfiguration
  let counts: ConnectionCounts
  let logReading: LogReading
  let queueLimit: QueueLimit
  /// Calls of HTTP that bring commands and are being answered.
  let commandCalls = Atomic<Int>(0)
  let metrics: ServerMetrics
  let storage: StorageWatch
  /// `nil`: nothing is limited.
  let rates: RateLimiter?
  let access: Access
  /// `nil`: there is none.
  let tls: ServerTLS?
  let reloads = ReloadCounts()
  let webhooks: Webhooks
  /// `nil`: there is none.
  let verifier: BackgroundVerifier?
  /// `nil`: nothing is signed.
  let checkpoints: CheckpointSigner?
  let start = NIODeadline.now()

  init(
    _ log: TallyLog, of shop: ShardedLog?, _ configuration: ServerConfiguration, _ metrics: ServerMetrics,
    _ webhooks: Webhooks,
    _ verifier: BackgroundVerifier?, _ checkpoints: CheckpointSigner?, _ access: Access, _ tls: ServerTLS?
  ) {
    self.access = access
    self.tls = tls
    self.webhooks = webhooks
    self.verifier = verifier
    self.checkpoints = checkpoints
    self.metrics = metrics
    self.log = log
    self.shop = shop
    let stock: any ServedStock = shop ?? log
    self.configuration = configuration
    counts = ConnectionCounts(most: configuration.maxConnections)
    logReading = LogReading(log, isShard: shop != nil)
    queueLimit = QueueLimit(
      most: configuration.maxQueueDelay, frame: { metrics.recentFrame }, delay: { stock.queueDelay })
    storage = StorageWatch(log)
    rates = RateLimiter(clients: configuration.clientRate, items: configuration.itemRate)
  }

  /// What commands go to.
  var stock: any ServedStock { shop ?? log }
}
