import TallyFormat
import Tallystick

/// A shop over several logs, open for reading: takes no lock, and works beside whoever writes.
///
/// What several logs say together was not written at one moment. Of a cart over shards the home's log decides, and the
/// reader finishes in its head what a writer is about to finish: no answer shows a cart that is sold, or given back, in one
/// shard and still held in another.
public struct ShardedReader: Sendable {
  /// Which shard has which items.
  public let map: ShardMap
  private let directory: ShardedDirectory
  private let files: any FileSystem
  private let warn: @Sendable (String) -> Void

  /// - Parameters:
  ///   - path: the shop's directory.
  ///   - files: where its files are.
  ///   - warn: told what is worth knowing, in words for people.
  public init(
    _ path: String, files: any FileSystem = LocalFileSystem(), warn: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(ShardError) {
    directory = ShardedDirectory(path)
    self.files = files
    self.warn = warn
    do throws(ShardMapError) { map = try directory.readMap(files) } catch { throw .map(error) }
  }

  /// One shard's log, for whatever can be asked of one.
  ///
  /// - Parameter shard: 0 … ``ShardMap/count`` − 1.
  /// - Throws: ``ShardError``: there is no such shard, its log is another than the map says, or cannot be read.
  public func log(_ shard: Int) throws(ShardError) -> LogReader {
    guard map.logs.indices.contains(shard) else {
      throw .invalidArgument("there is no shard \(shard); the shop has shards 0 to \(map.count - 1)")
    }
    let path = directory.log(shard).path
    let reader: LogReader
    do throws(TallyError) { reader = try LogReader(LocalStore(path, files: files), warn: warn) } catch {
      throw .log(shard: shard, error)
    }
    guard reader.log == map.logs[shard] else { throw .otherLog(shard: shard, path: path) }
    return reader
  }

  /// The stock now, at one moment for every cart over shards. Sequence numbers are each shard's own.
  ///
  /// Cost: three folds of each log from its newest snapshot.
  public func stock() throws -> [StockLevel] {
    let logs = try (0..<map.count).map { try log($0) }
    var levels: [[StockLevel]] = []
    var parts: [CartPart: [Int: ReservationStatus]] = [:]
    for (shard, log) in logs.enumerated() {
      let report = try log.stock()
      levels.append(report.levels)
      try log.holds(at: .sequence(report.sequence)) { status in
        if let part = CartPart(status.id) { parts[part, default: [:]][shard] = status }
        return true
      }
    }
    if parts.isEmpty { return levels.flatMap { $0 } }
    // Behind all of that: a cart whose home holds it still was not settled in any of what was read.
    var stillOpen = Set<CartPart>()
    for home in Set(parts.keys.map { Int($0.home) }) where logs.indices.contains(home) {
      try logs[home].holds { status in
        if let part = CartPart(status.id), Int(part.home) == home { stillOpen.insert(part) }
        return true
      }
    }
    for (part, held) in parts where !stillOpen.contains(part) && logs.indices.contains(Int(part.home)) {
      let isSold = try logs[Int(part.home)].show(part.name)?.state == .committed
      for (shard, status) in held { levels[shard].settle(status, isSold: isSold) }
    }
    return levels.flatMap { $0 }
  }

  /// A cart over several shards, or a reservation in one.
  public struct Story: Sendable {
    /// The shard whose log decides.
    public var shard: Int
    /// What happened, as that shard's log tells it: of a cart over several shards its own part.
    public var home: ReservationStory
    /// Of a cart over several shards: the other parts, by shard.
    public var others: [Int: ReservationStory]
    /// Where the whole stands.
    public var state: ReservationState {
      // Its time is over as soon as one shard has seen that, and then for all of it.
      guard home.state == .open || home.state == .partlySettled else { return home.state }
      return others.values.lazy.map(\.state).first { $0 != .open && $0 != .partlySettled } ?? home.state
    }
  }

  /// One reservation and everything that happened to it; `nil` if there is none of that id.
  ///
  /// A cart over several shards exists from its confirmation on. Cost: for each shard a fold of its log.
  public func show(_ id: Name) throws -> Story? {
    let logs = try (0..<map.count).map { try log($0) }
    for (shard, log) in logs.enumerated() {
      if let story = try log.show(id) { return Story(shard: shard, home: story, others: [:]) }
    }
    var part: CartPart?
    for (shard, log) in logs.enumerated() where part == nil {
      var filter = EventFilter()
      filter.id = id
      try log.events(filter) { event in
        guard event.kind == .extended, event.key == id, let found = event.id.flatMap({ CartPart($0) }),
          found.cart == id, Int(found.home) == shard
        else { return true }
        part = found
        return false
      }
    }
    guard let part, var home = try logs[Int(part.home)].show(part.name) else { return nil }
    home.id = id
    var others: [Int: ReservationStory] = [:]
    for (shard, log) in logs.enumerated() where shard != Int(part.home) {
      if var story = try log.show(part.name) {
        story.id = id
        story.follow(home.state)
        others[shard] = story
      }
    }
    return Story(shard: Int(part.home), home: home, others: others)
  }
}

extension ReservationStory {
  /// As the home has decided, whether or not this part's event stands here yet.
  fileprivate mutating func follow(_ decided: ReservationState) {
    guard decided != .open, decided != .partlySettled else { return }
    state = decided
    for index in lines.indices {
      if decided == .committed {
        lines[index].committed += lines[index].open
      } else {
        lines[index].released += lines[index].open
      }
      lines[index].open = 0
    }
  }
}

extension [StockLevel] {
  /// Takes a hold out, as its settlement will.
  fileprivate mutating func settle(_ status: ReservationStatus, isSold: Bool) {
    for line in status.lines {
      guard let index = firstIndex(where: { $0.item == line.item }) else { continue }
      self[index].held -= line.open
      if isSold { self[index].onHand -= line.open }
    }
  }
}
