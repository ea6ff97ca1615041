import TallyShards

/// Whether a path is a shop of several shards, or one shard of it.
enum Shards {
  /// There is a map of shards.
  static func isShop(_ path: String) -> Bool { (try? ShardedDirectory(path).exists(LocalFileSystem())) ?? false }

  /// - Throws: ``CommandFailure`` if the log is one shard's: what is written past the others breaks what they keep together.
  static func refusePart(_ path: String) throws {
    let path = LogDirectory(path).path
    guard let slash = path.lastIndex(of: "/") else { return }
    let (shop, name) = (String(path[..<slash]), path[path.index(after: slash)...])
    guard name.hasPrefix("shard-"), isShop(shop) else { return }
    throw CommandFailure.usage(
      "\(path) is one shard of \(shop): only reading commands name it; write with --log \(shop), which knows the others"
    )
  }
}
