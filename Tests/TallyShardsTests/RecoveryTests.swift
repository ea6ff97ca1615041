import TallyAudit
import TallyFormat
import TallyShards
import Testing

@Suite("A shop whose router died")
struct RecoveryTests {
  private func leave(_ test: TestShop, _ steps: [(Int, Operation, Name?)]) {
    for (shard, operation, key) in steps {
      #expect(test.shop.shards[shard].append(Command(operation, key: key)).isDone)
    }
  }

  private func part(_ test: TestShop, timed: Bool) throws -> Name {
    let content = try #require(
      CartContent(
        id: "x", customer: "", timeToLive: timed ? 900_000 : 0,
        lines: [0, 1].map { .init(sku: test.skus[$0], location: "main", quantity: 1) }))
    return CartPart(home: 0, attempt: 1, content).name
  }

  @Test("gives back a cart that was not confirmed, and its id may be used", arguments: [false, true])
  func unconfirmed(timed: Bool) throws {
    let test = try TestShop()
    test.fill()
    let name = try part(test, timed: timed)
    let ttl = timed ? 900_000 : CartPart.patience
    leave(
      test,
      [
        (0, .reserve(id: name, [test.line(0)], timeToLive: ttl), nil),
        (1, .reserve(id: name, [test.line(1)], timeToLive: ttl), nil),
      ])
    try test.reopen()
    #expect(try test.levels() == [[10, 0], [10, 0], [10, 0]])
    #expect(try test.shop.reservation("x") == nil)
    let cart = Command(.reserve(id: "x", [test.line(0), test.line(1)], timeToLive: timed ? 900_000 : nil))
    #expect(test.shop.append(cart).isDone)
    #expect(try test.levels() == [[10, 1], [10, 1], [10, 0]])
    #expect(try ShardedAuditor(ShardedDirectory(test.path)).run().verdict == .proven)
  }

  @Test("keeps a cart that was confirmed")
  func confirmed() throws {
    let test = try TestShop()
    test.fill()
    let cart = Command(.reserve(id: "x", [test.line(0), test.line(1)]))
    #expect(test.shop.append(cart).isDone)
    try test.reopen()
    #expect(test.shop.append(cart).repeatedHolds == true)
    #expect(try test.levels() == [[10, 1], [10, 1], [10, 0]])
  }

  @Test("goes on with a sale, and with a release, that the home has decided", arguments: [false, true])
  func decided(sells: Bool) throws {
    let test = try TestShop()
    test.fill()
    #expect(test.shop.append(Command(.reserve(id: "x", [test.line(0), test.line(1)]))).isDone)
    let name = try #require(try home(test))
    leave(test, [(0, sells ? .commit(id: name) : .release(id: name), sells ? "pay" : nil)])
    // A reader sees the whole cart settled, although one shard does not know yet.
    let levels = try ShardedReader(test.path).stock()
    #expect(levels.map(\.held) == [0, 0, 0])
    #expect(levels.map(\.onHand).reduce(0, +) == (sells ? 28 : 30))
    let story = try #require(try ShardedReader(test.path).show("x"))
    #expect(story.others.values.allSatisfy { $0.state == story.state })
    try test.reopen()
    #expect(try test.levels() == (sells ? [[9, 0], [9, 0], [10, 0]] : [[10, 0], [10, 0], [10, 0]]))
    if sells { #expect(test.shop.append(Command(.commit(id: "x"), key: "pay")).isRepeated) }
    #expect(try ShardedAuditor(ShardedDirectory(test.path)).run().verdict == .proven)
  }

  @Test("finishes a sale for which a part was made safe already")
  func locked() throws {
    let test = try TestShop()
    test.fill()
    #expect(test.shop.append(Command(.reserve(id: "x", [test.line(0), test.line(1)], timeToLive: 900_000))).isDone)
    leave(test, [(1, .extend(id: try #require(try home(test)), timeToLive: nil), nil)])
    try test.reopen()
    #expect(try test.levels() == [[9, 0], [9, 0], [10, 0]])
  }

  private func home(_ test: TestShop) throws -> Name? {
    var name: Name?
    try LogReader(ShardedDirectory(test.path).log(0).path).holds { status in
      name = status.id
      return false
    }
    return name
  }

  @Test("is refused to a second router, and to a writer of one shard")
  func lock() throws {
    let test = try TestShop()
    var options = LogOptions()
    options.lockWait = .zero
    #expect(throws: ShardError.self) { try ShardedLog(test.path, options: options) }
    test.shop.close()
    #expect(test.shop.append(Command(.register([ItemName(sku: test.skus[0])]))).isUnanswered)
    _ = try ShardedLog(test.path, options: options)
  }

  @Test("is not made over something, nor of no shards or too many")
  func making() throws {
    let test = try TestShop()
    #expect(throws: ShardError.self) { try ShardedLog.create(test.path, shards: 2) }
    for count in [0, 1025] {
      #expect(throws: ShardError.self) { try ShardedLog.create(test.directory.path + "/other", shards: count) }
    }
    #expect(throws: ShardError.self) { try ShardedLog(test.directory.path) }
  }
}

extension Outcome {
  var isUnanswered: Bool {
    switch self {
    case .failed, .busy: true
    case .accepted, .repeated, .rejected, .invalid: false
    }
  }
}
