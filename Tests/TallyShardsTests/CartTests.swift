import TallyFormat
import TallyShards
import TallyTestSupport
import TallyThreads
import Testing

@Suite("Carts over several shards")
struct CartTests {
  @Test("stand whole, and are sold whole", arguments: [Int64?.none, 900_000])
  func sold(ttl: Int64?) throws {
    let test = try TestShop()
    test.fill()
    let cart = Command(.reserve(id: "order-1", [test.line(0, 2), test.line(1), test.line(2, 3)], timeToLive: ttl))
    let made = test.shop.append(cart)
    #expect(made.isDone)
    #expect(try test.levels() == [[10, 2], [10, 1], [10, 3]])
    let status = try #require(try test.shop.reservation("order-1"))
    #expect(status.state == .open)
    #expect(status.lines.map(\.reserved).sorted() == [1, 2, 3])
    #expect((status.expires == nil) == (ttl == nil))
    #expect(test.shop.append(cart).sequence == made.sequence)
    #expect(test.shop.append(cart).repeatedHolds == true)
    let sold = test.shop.append(Command(.commit(id: "order-1"), key: "pay-1"))
    #expect(sold.isDone)
    #expect(try test.levels() == [[8, 0], [9, 0], [7, 0]])
    #expect(test.shop.append(Command(.commit(id: "order-1"), key: "pay-1")) == sold.asRepeat.withState(.committed))
    #expect(test.shop.append(Command(.release(id: "order-1"), key: "pay-1")).reason == .conflict)
    #expect(test.shop.append(Command(.release(id: "order-1"))).reason == .settled)
    #expect(test.shop.append(cart).repeatedHolds == false)
    try test.reopen()
    #expect(test.shop.append(cart).sequence == made.sequence)
    #expect(try test.shop.reservation("order-1")?.state == .committed)
    #expect(test.shop.append(Command(.commit(id: "order-1"))).isRepeated)
    try test.expectProven()
  }

  @Test("are given back whole")
  func released() throws {
    let test = try TestShop()
    test.fill()
    #expect(test.shop.append(Command(.reserve(id: "order-1", [test.line(0), test.line(2)]))).isDone)
    #expect(test.shop.append(Command(.release(id: "order-1"))).isDone)
    #expect(try test.levels() == [[10, 0], [10, 0], [10, 0]])
    #expect(test.shop.append(Command(.release(id: "order-1"))).isRepeated)
    #expect(test.shop.append(Command(.commit(id: "order-1"))).reason == .settled)
  }

  @Test("that cannot stand whole hold nothing, and name every short line")
  func insufficient() throws {
    let test = try TestShop()
    test.fill()
    let lines = [test.line(0), test.line(1, 11), test.line(2, 12)]
    let before = test.shop.shards.map(\.lastSequence)
    let outcome = test.shop.append(Command(.reserve(id: "order-1", lines)))
    #expect(outcome.reason == .insufficient)
    #expect(try test.levels() == [[10, 0], [10, 0], [10, 0]])
    // The short shard was asked first: its refusal leaves nothing behind, as that of one log.
    #expect(test.shop.shards.map(\.lastSequence) == before)
    #expect(test.shop.append(Command(.receive([test.line(1, 5)]))).isDone)
    #expect(test.shop.append(Command(.receive([test.line(2, 5)]))).isDone)
    #expect(test.shop.append(Command(.reserve(id: "order-1", lines))).isDone)
    #expect(try test.levels() == [[10, 1], [15, 11], [15, 12]])
  }

  @Test("keep limits, floors and unknown items as one log does")
  func rules() throws {
    let test = try TestShop()
    test.fill()
    #expect(test.shop.append(Command(.limit(ItemName(sku: test.skus[1]), 2))).isDone)
    let cart = [test.line(0), test.line(1, 2)]
    #expect(test.shop.append(Command(.reserve(id: "a", cart))).reason == .limit)
    #expect(test.shop.append(Command(.reserve(id: "a", cart, customer: "ann"))).isDone)
    #expect(test.shop.append(Command(.reserve(id: "b", cart, customer: "ann"))).reason == .limit)
    #expect(test.shop.append(Command(.floor(ItemName(sku: test.skus[2]), 10))).isDone)
    #expect(test.shop.append(Command(.reserve(id: "c", [test.line(0), test.line(2)]))).reason == .insufficient)
    let unknown = Line(sku: test.skus[0], location: "nowhere", 1)
    #expect(
      test.shop.append(Command(.reserve(id: "d", [test.line(1), unknown], customer: "bob"))).reason == .unknownItem)
    #expect(try test.levels() == [[10, 1], [10, 2], [10, 0]])
    try test.expectProven()
  }

  @Test("with an id that means something else conflict")
  func conflicts() throws {
    let test = try TestShop()
    test.fill()
    #expect(test.shop.append(Command(.reserve(id: "x", [test.line(0), test.line(1)]))).isDone)
    let others: [[Line]] = [
      [test.line(0), test.line(1, 2)], [test.line(0), test.line(2)], [test.line(0)], [test.line(2)],
    ]
    for lines in others { #expect(test.shop.append(Command(.reserve(id: "x", lines))).reason == .conflict) }
    #expect(
      test.shop.append(Command(.reserve(id: "x", [test.line(0), test.line(1)], timeToLive: 5_000))).reason == .conflict)
    #expect(test.shop.append(Command(.receive([test.line(2)]), key: "x")).reason == .conflict)
    #expect(try test.levels() == [[10, 1], [10, 1], [10, 0]])
  }

  @Test("fall due whole")
  func expiry() throws {
    let clock = TestClock()
    let test = try TestShop(clock: { clock.now })
    test.fill()
    #expect(test.shop.append(Command(.reserve(id: "x", [test.line(0), test.line(1)], timeToLive: 1_000))).isDone)
    clock.advance(2_000)
    #expect(test.shop.append(Command(.commit(id: "x"))).reason == .expired)
    #expect(try test.levels() == [[10, 0], [10, 0], [10, 0]])
    #expect(try test.shop.reservation("x")?.state == .expired)
    try test.expectProven()
  }

  @Test("are let go whole when a stock-take lets go of a part")
  func stockTake() throws {
    let test = try TestShop()
    test.fill()
    #expect(test.shop.append(Command(.reserve(id: "x", [test.line(0, 8), test.line(1)]))).isDone)
    let outcome = test.shop.append(
      Command(.adjust(ItemName(sku: test.skus[0]), .to(3), reason: "count", release: .newest)))
    guard case .accepted(let acceptance) = outcome else { return #expect(outcome.isDone) }
    #expect(acceptance.released.map(\.id) == ["x"])
    #expect(try test.levels() == [[3, 0], [10, 0], [10, 0]])
    #expect(test.shop.append(Command(.commit(id: "x"))).reason == .settled)
  }

  @Test("are not changed in part")
  func parts() throws {
    let test = try TestShop()
    test.fill()
    #expect(test.shop.append(Command(.reserve(id: "x", [test.line(0, 2), test.line(1)]))).isDone)
    let refused: [Operation] = [
      .commit(id: "x", [test.line(0)]), .release(id: "x", [test.line(1)]), .amend(id: "x", [test.line(0, 1)]),
      .extend(id: "x", timeToLive: 5), .reopen(id: "x"), .commitMore(id: "x", [test.line(0, 3)]),
      .batch([.commit(id: "x")]),
    ]
    for operation in refused { #expect(test.shop.append(Command(operation)).words != nil, "\(operation)") }
    #expect(try test.levels() == [[10, 2], [10, 1], [10, 0]])
  }

  @Test("move with their goods, and goods of them come back")
  func moved() throws {
    let test = try TestShop()
    test.fill()
    #expect(test.shop.append(Command(.reserve(id: "x", [test.line(0, 2), test.line(1)]))).isDone)
    let along = Operation.transferWith(sku: test.skus[0], quantity: 4, from: "main", to: "berlin", .of(["x"]))
    #expect(test.shop.append(Command(along)).isDone)
    #expect(test.shop.append(Command(.commit(id: "x"))).isDone)
    let line = Line(sku: test.skus[0], location: "berlin", 1)
    #expect(test.shop.append(Command(.returnedOf(order: "x", [line]))).isDone)
    #expect(
      test.shop.append(Command(.returnedOf(order: "x", [Line(sku: test.skus[0], location: "berlin", 2)]))).reason
        == .settled)
    #expect(try test.levels() == [[6, 0], [9, 0], [10, 0]])
    try test.expectProven()
  }

  @Test("of many threads over few units never oversell, and each is whole")
  func contention() async throws {
    let test = try TestShop()
    test.fill(20)
    let shop = test.shop
    let lines = [0, 1, 2].map { test.line($0) }
    let accepted = await withTaskGroup(of: [Name].self) { group in
      for caller in 0..<8 {
        group.addTask {
          var accepted: [Name] = []
          for number in 0..<12 {
            let id = Name("c-\(caller)-\(number)")
            let pair = [lines[number % 3], lines[(number + caller) % 3]]
            guard await shop.submit(Command(.reserve(id: id, pair))).isDone else { continue }
            accepted.append(id)
            if number % 4 == 0 { _ = await shop.submit(Command(.release(id: id))) }
            if number % 4 == 1 { _ = await shop.submit(Command(.commit(id: id))) }
          }
          return accepted
        }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    #expect(accepted.count > 10)
    for level in try test.levels() { #expect(level[0] >= level[1] && level[1] >= 0) }
    for id in accepted { #expect(try test.shop.reservation(id) != nil) }
    try test.expectProven()
  }
}

/// A clock that a test sets.
final class TestClock: @unchecked Sendable {
  private let monitor = Monitor<Int64>(1_750_000_000_000)
  var now: Int64 { monitor.access { $0 } }
  func advance(_ milliseconds: Int64) { monitor.access { $0 += milliseconds } }
}

extension Outcome {
  func withState(_ state: ReservationState) -> Outcome {
    guard case .repeated(var acceptance) = self else { return self }
    acceptance.state = state
    return .repeated(acceptance)
  }
}
