import TallyAudit
import TallyFormat
import TallyShards
import Testing

@Suite("The audit of a sharded shop")
struct ShardedAuditTests {
  private func audit(_ test: TestShop) throws -> ShardedReport { try ShardedAuditor(ShardedDirectory(test.path)).run() }

  private func expect(_ rules: Set<ShardRule>, _ test: TestShop) throws {
    let report = try audit(test)
    #expect(report.logs.allSatisfy { $0.verdict == .proven }, "\(report.logs.map(\.violations))")
    #expect(Set(report.violations.map(\.rule)) == rules, "\(report.violations)")
    #expect(report.verdict == (rules.isEmpty ? .proven : .violated))
    #expect(report.json.hasPrefix("{\"verdict\":\"\(report.verdict.rawValue)\""))
  }

  /// Writes past the router, as nobody may.
  private func force(_ test: TestShop, _ shard: Int, _ operation: Operation, key: Name? = nil) {
    #expect(test.shop.shards[shard].append(Command(operation, key: key)).isDone)
  }

  private func part(_ test: TestShop, _ shard: Int) throws -> Name {
    var name: Name?
    try LogReader(ShardedDirectory(test.path).log(shard).path).holds { status in
      name = status.id
      return false
    }
    return try #require(name)
  }

  @Test("proves every shard, and tells what became of every cart")
  func proven() throws {
    let test = try TestShop()
    test.fill()
    for (number, ttl) in [Int64?.none, 900_000, nil, 5_000].enumerated() {
      let cart = [test.line(0), test.line(number % 2 + 1)]
      #expect(test.shop.append(Command(.reserve(id: Name("c-\(number)"), cart, timeToLive: ttl))).isDone)
    }
    #expect(test.shop.append(Command(.commit(id: "c-0"))).isDone)
    #expect(test.shop.append(Command(.commit(id: "c-1"))).isDone)
    #expect(test.shop.append(Command(.release(id: "c-2"))).isDone)
    try expect([], test)
    let carts = try audit(test).carts
    #expect(carts == CartFindings(confirmed: 4, open: 1, sold: 2, released: 1))
    #expect(carts.attempts == 4)
  }

  @Test("notices a cart that is sold in one shard and given back in another")
  func split() throws {
    let test = try TestShop()
    test.fill()
    #expect(test.shop.append(Command(.reserve(id: "x", [test.line(0), test.line(1)]))).isDone)
    let name = try part(test, 1)
    force(test, 0, .commit(id: name))
    try expect([], test)
    #expect(try audit(test).carts.unfinished == 1)
    force(test, 1, .release(id: name))
    try expect([.cartSplit], test)
  }

  @Test("notices a part that is sold before its home has decided")
  func undecided() throws {
    let test = try TestShop()
    test.fill()
    #expect(test.shop.append(Command(.reserve(id: "x", [test.line(0), test.line(1)]))).isDone)
    force(test, 1, .commit(id: try part(test, 1)))
    try expect([.cartUndecided], test)
  }

  @Test("notices a confirmed cart of which a part is missing, or other than asked")
  func amounts() throws {
    for forged in [false, true] {
      let test = try TestShop()
      test.fill()
      let content = try #require(
        CartContent(
          id: "x", customer: "", timeToLive: 0,
          lines: [0, 1].map { .init(sku: test.skus[$0], location: "main", quantity: 2) }))
      let name = CartPart(home: 0, attempt: 1, content).name
      force(test, 0, .reserve(id: name, [test.line(0, 2)], timeToLive: CartPart.patience))
      if forged { force(test, 1, .reserve(id: name, [test.line(1, 1)], timeToLive: nil)) }
      force(test, 0, .extend(id: name, timeToLive: nil), key: "x")
      try expect([.cartAmounts], test)
    }
  }

  @Test("notices a part that was changed by itself")
  func altered() throws {
    let test = try TestShop()
    test.fill()
    #expect(test.shop.append(Command(.reserve(id: "x", [test.line(0, 2), test.line(1)]))).isDone)
    force(test, 0, .amend(id: try part(test, 0), [test.line(0, 1)]))
    try expect([.cartAltered], test)
  }

  @Test("notices a name that two shards have, and an item that is in the wrong one")
  func names() throws {
    let test = try TestShop()
    test.fill()
    force(test, 0, .receive([test.line(0)]), key: "k")
    force(test, 1, .receive([test.line(1)]), key: "k")
    try expect([.nameElsewhere], test)
    force(test, 1, .receive([test.line(2)]))
    try expect([.nameElsewhere, .itemElsewhere], test)
  }

  @Test("calls a shop with another log in a shard's place inconsistent, and the router refuses it")
  func stranger() throws {
    let (test, other) = (try TestShop(), try TestShop())
    test.shop.close()
    other.shop.close()
    let (a, b) = (ShardedDirectory(test.path).log(1).path, ShardedDirectory(other.path).log(1).path)
    let files = LocalFileSystem()
    try files.rename(a, to: a + "-away")
    try files.rename(b, to: a)
    let report = try audit(test)
    #expect(report.verdict == .inconsistent)
    #expect(report.strangers == [1])
    #expect(throws: ShardError.otherLog(shard: 1, path: a)) { try ShardedLog(test.path) }
  }
}

extension CartFindings {
  init(confirmed: Int, open: Int, sold: Int, released: Int) {
    self.init()
    attempts = confirmed
    (self.confirmed, self.open, self.sold, self.released) = (confirmed, open, sold, released)
  }
}
