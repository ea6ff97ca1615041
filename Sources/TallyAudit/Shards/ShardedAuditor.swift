import TallyFormat

/// Judges a sharded shop: every shard's log by itself, as ``Auditor`` does, and then what only all of them together can
/// tell: that every cart over several shards is whole, that a name is used in one shard only, and that items are where
/// the map says.
///
/// Reads each log twice, and once more if fingerprints of names meet. Works on a shop that is being sold from: what is
/// under way is counted, and no violation. Memory beside a log's own audit: 24 bytes an id, some 300 bytes a cart over
/// shards.
public struct ShardedAuditor: Sendable {
  private let directory: ShardedDirectory
  private let files: any FileSystem
  private let options: AuditOptions

  /// Opens nothing yet.
  ///
  /// - Parameters:
  ///   - directory: the shop's.
  ///   - files: where its files are.
  ///   - options: for each shard's audit; a checkpoint and a memory are one log's, and none of them is asked here.
  public init(
    _ directory: ShardedDirectory, files: any FileSystem = LocalFileSystem(), options: AuditOptions = AuditOptions()
  ) {
    self.directory = directory
    self.files = files
    self.options = options
  }

  /// Audits all of it.
  ///
  /// - Parameter progress: called on this thread after every frame, with the shard.
  /// - Throws: ``ShardMapError``: there is no map that can be read; `LogError`: a log is none, or cannot be read.
  public func run(progress: (Int, AuditProgress) -> Void = { _, _ in }) throws -> ShardedReport {
    let clock = ContinuousClock()
    let start = clock.now
    let map = try directory.readMap(files)
    var report = ShardedReport(map: map)
    var isReadable = true
    for shard in 0..<map.count {
      let found = try Auditor(directory.log(shard), files: files, options: options).run { progress(shard, $0) }
      report.logs.append(found)
      if found.log != map.logs[shard] { report.strangers.append(shard) }
      isReadable = isReadable && found.damage == nil
    }
    // Of damaged logs nobody can say whether a part is missing.
    if isReadable { try judgeTogether(map, &report) }
    report.duration = clock.now - start
    return report
  }

  private func judgeTogether(_ map: ShardMap, _ report: inout ShardedReport) throws(LogError) {
    let hasher = NameHasher()
    var shards = (0..<map.count).map { ShardEvents($0, map, hasher) }
    var feeds: [SerialFeed] = []
    for shard in 0..<map.count {
      let stream = try LocalLog(directory.log(shard), files: files).source().frames(
        from: .beginning, showsUnsynced: false)
      let feed = SerialFeed(stream, hasher: hasher, keepsNames: false)
      while let frame = try feed.next() { shards[shard].read(frame.columns, isFirst: true) }
      feeds.append(feed)
    }
    for shard in shards.indices { shards[shard].endFirstReading() }
    // What had been decided by then has left its traces in every log by now.
    for shard in shards.indices {
      while let frame = try feeds[shard].next() { shards[shard].read(frame.columns, isFirst: false) }
    }
    let judge = CartJudge(shards)
    report.carts = judge.findings
    report.violations = shards.flatMap(\.misplaced) + judge.violations
    let names = ShardNames(shards)
    if !names.suspects.isEmpty {
      var uses = ShardNames.Uses(names.suspects, hasher)
      for shard in 0..<map.count {
        let stream = try LocalLog(directory.log(shard), files: files).source().frames(
          from: .beginning, showsUnsynced: false)
        let feed = SerialFeed(stream, hasher: hasher, keepsNames: false)
        while let frame = try feed.next() { uses.judge(frame.columns, in: shard) }
      }
      report.violations += uses.violations
    }
  }
}
