import TallyThreads
@_exported import Tallystick

/// A shop over several logs, open for writing: each item's log is one writer's, and a cart may have items of all.
///
/// Commands go in as into one log, and rules hold as in one: nothing is oversold, an id is used once in the whole shop,
/// a cart stands whole or not at all. What is one shard's affair is judged by its writer alone; a cart over several is a
/// hold in each and a decision in one of them. Usable from any thread.
///
/// ```swift
/// try ShardedLog.create("shop.tally", shards: 4)
/// let shop = try ShardedLog("shop.tally")
/// _ = shop.append(Command(.receive([Line(sku: "tea", 100)])))
/// let outcome = shop.append(Command(.reserve(id: "order-1", [Line(sku: "tea", 2), Line(sku: "cup", 1)])))
/// shop.close()
/// ```
public final class ShardedLog: Sendable {
  /// Which shard has which items.
  public let map: ShardMap
  /// The logs, by shard: for questions to one of them. Commands go through the shop, which knows what the others know.
  public var shards: [TallyLog] { router.shards }
  let router: Router

  /// Makes an empty shop.
  ///
  /// - Parameters:
  ///   - path: a directory that does not exist or is empty; its parent exists.
  ///   - count: shards, 1 … ``ShardMap/mostShards``.
  ///   - settings: what is fixed with each log.
  ///   - files: where to make it.
  /// - Throws: ``ShardError``; a shop that was half made is none, and its directory may be removed.
  public static func create(
    _ path: String, shards count: Int, settings: LogSettings = LogSettings(),
    files: any FileSystem = LocalFileSystem()
  ) throws(ShardError) {
    guard (1...ShardMap.mostShards).contains(count) else {
      throw .invalidArgument("a shop has 1 to \(ShardMap.mostShards) shards, not \(count)")
    }
    let directory = ShardedDirectory(path)
    let isVacant: Bool
    do throws(FileError) {
      let isNew = try files.makeDirectoryUnlessThere(directory.path)
      isVacant = isNew ? true : try files.list(directory.path).isEmpty
    } catch {
      throw .map(.file(error))
    }
    guard isVacant else { throw .log(shard: 0, .notEmpty(path: directory.path)) }
    var logs: [LogID] = []
    for shard in 0..<count {
      do throws(TallyError) {
        try TallyLog.create(directory.log(shard).path, settings: settings, files: files)
        logs.append(try LogReader(LocalStore(directory.log(shard).path, files: files)).log)
      } catch {
        throw .log(shard: shard, error)
      }
    }
    // The map last: until it is there, there is no shop.
    let map = ShardMap(shop: .random(), logs: logs)
    do throws(FileError) { try directory.writeMap(map, files) } catch { throw .map(.file(error)) }
  }

  /// Opens a shop for writing: takes each log's lock, recovers it, reads all names, and finishes carts that were left
  /// half-way.
  ///
  /// Cost: opening each log, and reading all of it once for the names (some ten million events a second a shard).
  /// - Parameters:
  ///   - path: the shop's directory.
  ///   - options: for each of its logs.
  /// - Throws: ``ShardError``; nothing stays open then.
  public convenience init(_ path: String, options: LogOptions = LogOptions()) throws(ShardError) {
    let directory = ShardedDirectory(path)
    let map: ShardMap
    do throws(ShardMapError) { map = try directory.readMap(options.files) } catch { throw .map(error) }
    try self.init(map, paths: (0..<map.count).map { directory.log($0).path }, options: options) {
      (shard, options) throws(TallyError) in try TallyLog(directory.log(shard).path, options: options)
    }
  }

  /// As ``init(_:options:)``, of logs that any stores keep.
  ///
  /// - Parameters:
  ///   - map: which of them has which items.
  ///   - stores: one a shard, in the map's order.
  ///   - options: for each of the logs.
  public convenience init(
    _ map: ShardMap, stores: [any WritableStore], options: LogOptions = LogOptions()
  ) throws(ShardError) {
    guard stores.count == map.count else {
      throw .invalidArgument("the map is of \(map.count) shards, and there are \(stores.count) stores")
    }
    try self.init(map, paths: stores.map(\.derived.path), options: options) { (shard, options) throws(TallyError) in
      try TallyLog(stores[shard], options: options)
    }
  }

  private init(
    _ map: ShardMap, paths: [String], options: LogOptions,
    open: (Int, LogOptions) throws(TallyError) -> TallyLog
  ) throws(ShardError) {
    self.map = map
    var logs: [TallyLog] = []
    var failure: ShardError?
    for shard in 0..<map.count {
      do throws(TallyError) {
        logs.append(try open(shard, options))
        if logs[shard].id != map.logs[shard] { failure = .otherLog(shard: shard, path: paths[shard]) }
      } catch {
        failure = .log(shard: shard, error)
      }
      if failure != nil { break }
    }
    router = Router(map, logs, runsInline: options.runsInline)
    if failure == nil {
      do throws(ShardError) {
        try ShardedLog.readNames(router, runsInline: options.runsInline)
        try ShardedLog.finishCarts(router)
      } catch {
        failure = error
      }
    }
    if let failure {
      for log in logs { log.close(givesUpSnapshot: true) }
      throw failure
    }
  }

  /// Fills the router's directory.
  private static func readNames(_ router: Router, runsInline: Bool) throws(ShardError) {
    let failures = Monitor<[ShardError]>([])
    let next = Monitor(0)
    let shards = router.shards
    @Sendable func work() {
      while true {
        let shard = next.access { next in
          defer { next += 1 }
          return next
        }
        guard shard < shards.count else { return }
        do throws(TallyError) {
          var scan = NameScan(shard, router)
          let reader = try shards[shard].openReader()
          do throws(LogError) { try scan.run(reader.source) } catch { throw .log(error) }
        } catch {
          failures.access { $0.append(.log(shard: shard, error)) }
        }
      }
    }
    if runsInline || shards.count == 1 {
      work()
    } else {
      let threads = JoinedThreads(min(shards.count, 8), work)
      if threads.isEmpty { work() }
      threads.join()
    }
    if let failure = failures.access({ $0.first }) { throw failure }
  }

  /// Settles every cart of which a part is open, if it is not whole.
  private static func finishCarts(_ router: Router) throws(ShardError) {
    if router.carts.isEmpty { return }
    var parts = Set<CartPart>()
    for (shard, log) in router.shards.enumerated() {
      do {
        let reader = try log.openReader()
        try reader.holds { status in
          if let part = CartPart(status.id) { parts.insert(part) }
          return true
        }
      } catch let error as TallyError {
        throw .log(shard: shard, error)
      } catch {
        throw .log(shard: shard, .poisoned("\(error)"))
      }
    }
    for part in parts.sorted(by: { $0.name < $1.name }) {
      let outcome = router.settle(part)
      if !outcome.isAccepted {
        throw .unfinished(cart: part.cart, reason: ShardedLog.words(outcome))
      }
    }
  }

  private static func words(_ outcome: Outcome) -> String {
    switch outcome {
    case .failed(let failure): failure.description
    case .busy(let busy): busy.description
    case .invalid(let reason): reason
    case .rejected(let rejection): rejection.reason.rawValue
    case .accepted, .repeated: "it is whole"
    }
  }

  /// Finishes what is queued and lets go of all logs. Further commands are answered `failed`. Closing again does nothing.
  ///
  /// - Parameter givesUpSnapshot: as of ``TallyLog/close(givesUpSnapshot:)``.
  public func close(givesUpSnapshot: Bool = false) {
    router.crew.close()
    for log in shards { log.close(givesUpSnapshot: givesUpSnapshot) }
  }
}
