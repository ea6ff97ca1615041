/// Which shard has which virtual shards, and which logs the shards are: the file `shards` of a sharded shop.
public struct ShardMap: Sendable, Equatable {
  /// Shards that a shop may have.
  public static let mostShards = 1024

  /// The shop's identity: 16 random bytes.
  public let shop: LogID
  /// Counts the changes of the map, from 1.
  public var version: UInt64
  /// The logs of the shards, by number.
  public let logs: [LogID]
  /// The shard of each virtual shard.
  public var owners: [Int]

  /// Shards.
  public var count: Int { logs.count }

  /// The first map of a shop: virtual shards in equal runs.
  ///
  /// - Parameters:
  ///   - shop: its identity.
  ///   - logs: of its shards; 1 … ``mostShards``.
  public init(shop: LogID, logs: [LogID]) {
    self.shop = shop
    version = 1
    self.logs = logs
    owners = (0..<VirtualShard.count).map { $0 * logs.count / VirtualShard.count }
  }

  /// The shard that has the items of a SKU, at all their locations.
  public func shard(of sku: Name) -> Int { owners[VirtualShard(sku: sku).rawValue] }

  init(shop: LogID, version: UInt64, logs: [LogID], owners: [Int]) {
    self.shop = shop
    self.version = version
    self.logs = logs
    self.owners = owners
  }
}
