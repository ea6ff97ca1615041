import TallyAudit
import TallyFormat
import TallyShards
import TallyTestSupport
import Testing

/// A sharded shop in a folder of its own.
final class TestShop {
  let directory: TemporaryDirectory
  let path: String
  private(set) var shop: ShardedLog
  let options: LogOptions
  /// SKUs by shard: the first is of shard 0, and so on.
  let skus: [Name]

  init(shards: Int = 3, clock: (@Sendable () -> Int64)? = nil) throws {
    directory = TemporaryDirectory()
    path = directory.path + "/shop.tally"
    try ShardedLog.create(path, shards: shards)
    var options = LogOptions()
    if let clock { options.clock = clock }
    self.options = options
    shop = try ShardedLog(path, options: options)
    let map = shop.map
    skus = (0..<shards).map { shard in
      (0...).lazy.map { Name("sku-\($0)") }.first { map.shard(of: $0) == shard } ?? "none"
    }
  }

  deinit { shop.close() }

  func reopen() throws {
    shop.close()
    shop = try ShardedLog(path, options: options)
  }

  func fill(_ quantity: Int64 = 10) {
    for sku in skus { #expect(shop.append(Command(.receive([Line(sku: sku, quantity)]))).isDone) }
  }

  func line(_ shard: Int, _ quantity: Int64 = 1) -> Line { Line(sku: skus[shard], quantity) }

  func level(_ shard: Int) throws -> StockLevel? { try shop.stock([ItemName(sku: skus[shard])]).first ?? nil }

  /// On hand and held, by shard.
  func levels() throws -> [[Int64]] {
    try shop.stock(skus.map { ItemName(sku: $0) }).map { [$0?.onHand ?? 0, $0?.held ?? 0] }
  }

  /// Every shard's log by itself.
  func expectProven() throws {
    for shard in 0..<shop.map.count {
      let report = try Auditor(ShardedDirectory(path).log(shard)).run()
      #expect(report.verdict == .proven, "shard \(shard): \(report.violations)")
    }
  }
}

extension Outcome {
  var isDone: Bool {
    switch self {
    case .accepted: true
    case .repeated, .rejected, .invalid, .busy, .failed: false
    }
  }
  var reason: Rejection.Reason? { if case .rejected(let rejection) = self { rejection.reason } else { nil } }
  var words: String? { if case .invalid(let words) = self { words } else { nil } }
  var repeatedHolds: Bool? { if case .repeated(let acceptance) = self { acceptance.holds } else { nil } }
  var isRepeated: Bool { if case .repeated = self { true } else { false } }
  var shard: Int? {
    switch self {
    case .accepted(let acceptance), .repeated(let acceptance): acceptance.shard
    case .rejected(let rejection): rejection.shard
    case .invalid, .busy, .failed: nil
    }
  }
  var sequence: UInt64? {
    switch self {
    case .accepted(let acceptance), .repeated(let acceptance): acceptance.sequence
    case .rejected, .invalid, .busy, .failed: nil
    }
  }
}
