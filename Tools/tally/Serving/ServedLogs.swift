import TallyServer
import TallyShards
import Tallystick

/// What a server has open: one log, or a shop of several shards.
struct ServedLogs {
  /// Of a shop, its first.
  let log: TallyLog
  let shop: ShardedLog?

  init(
    _ path: String, _ options: LogOptions, _ serving: ServeOptions, _ configuration: ServerConfiguration
  ) throws {
    if let shards = serving.shards, try ServedLogs.isVacant(path) { try ShardedLog.create(path, shards: shards) }
    guard Shards.isShop(path) else {
      if let shards = serving.shards {
        throw CommandFailure.usage(
          "\(path) is one log, and not a shop of \(shards) shards; a log is not divided: make a shop with tally init --shards"
        )
      }
      try Shards.refusePart(path)
      log = try TallyLog(path, options: options)
      shop = nil
      return
    }
    for (option, isGiven) in [
      ("--sign", configuration.signing != nil), ("--webhooks", !configuration.webhooks.isEmpty),
    ]
    where isGiven {
      throw CommandFailure.usage("\(option) is about one log, and \(path) is a shop of several shards: leave it out")
    }
    let shop = try ShardedLog(path, options: options)
    if let shards = serving.shards, shards != shop.map.count {
      shop.close()
      throw CommandFailure.usage("\(path) has \(shop.map.count) shards, not \(shards): their number is fixed")
    }
    guard let first = shop.shards.first else { throw CommandFailure(.badData, "\(path) has no shards") }
    log = first
    self.shop = shop
  }

  func close() {
    if let shop { shop.close(givesUpSnapshot: true) } else { log.close(givesUpSnapshot: true) }
  }

  private static func isVacant(_ path: String) throws -> Bool {
    let files = LocalFileSystem()
    guard try files.identity(of: path) != nil else { return true }
    return try files.list(path).isEmpty
  }
}
