import TallyShards
import Testing

@Suite("Commands of a sharded shop")
struct RoutingTests {
  @Test("go to the shard of their items, and nowhere else")
  func home() throws {
    let test = try TestShop()
    test.fill()
    for shard in 0..<3 {
      let outcome = test.shop.append(Command(.reserve(id: Name("order-\(shard)"), [test.line(shard)])))
      #expect(outcome.isDone)
      #expect(outcome.shard == shard)
      // Registered, received, reserved.
      #expect(test.shop.shards[shard].lastSequence == 3)
    }
    let outcome = test.shop.append(Command(.commit(id: "order-2")))
    #expect(outcome.shard == 2)
    #expect(test.shop.append(Command(.release(id: "order-9"))).reason == .unknownReservation)
  }

  @Test("have ids and keys of one name space over all shards, after a reopening, too")
  func names() throws {
    let test = try TestShop()
    test.fill()
    let first = test.shop.append(Command(.reserve(id: "x", [test.line(0)])))
    let key = test.shop.append(Command(.receive([test.line(1)]), key: "k"))
    for _ in 0..<2 {
      #expect(test.shop.append(Command(.reserve(id: "x", [test.line(1)]))).reason == .conflict)
      #expect(test.shop.append(Command(.reserve(id: "x", [test.line(0)]))).sequence == first.sequence)
      #expect(test.shop.append(Command(.receive([test.line(2)]), key: "k")).reason == .conflict)
      #expect(test.shop.append(Command(.receive([test.line(1)]), key: "k")) == key.asRepeat)
      #expect(test.shop.append(Command(.reserve(id: "k", [test.line(2)]))).reason == .conflict)
      #expect(test.shop.append(Command(.receive([test.line(2)]), key: "x")).reason == .conflict)
      #expect(test.shop.append(Command(.commit(id: "x"), key: "k")).reason == .conflict)
      #expect(test.shop.append(Command(.reserve(id: "x", [test.line(1), test.line(2)]))).reason == .conflict)
      try test.reopen()
    }
    #expect(try test.levels() == [[10, 1], [11, 0], [10, 0]])
  }

  @Test("may use an id again that was refused in another shard")
  func refused() throws {
    let test = try TestShop()
    test.fill()
    #expect(test.shop.append(Command(.reserve(id: "x", [test.line(0, 99)]))).reason == .insufficient)
    #expect(test.shop.append(Command(.reserve(id: "x", [test.line(1)]))).shard == 1)
    #expect(test.shop.append(Command(.commit(id: "x"))).shard == 1)
    #expect(test.shop.append(Command(.reserve(id: "x", [test.line(0)]))).reason == .conflict)
  }

  @Test("that cannot be done over shards are refused in words")
  func impossible() throws {
    let test = try TestShop()
    test.fill()
    let impossible: [Command] = [
      Command(.receive([test.line(0), test.line(1)])), Command(.returned([test.line(0), test.line(2)])),
      Command(.reserve(id: "w", [test.line(0), test.line(1)], wait: .forever)),
      Command(.reserve(id: "a", [test.line(0), Line(sku: test.skus[1], location: .anyLocation, 1)])),
      Command(.reserve(id: Name(String(repeating: "x", count: 43)), [test.line(0), test.line(1)])),
      Command(.reserve(id: "e", [test.line(0), test.line(1)]), expectedSequence: 3),
      Command(.recipe(ItemName(sku: test.skus[0]), [test.line(1)])),
      Command(.batch([.receive([test.line(0)]), .receive([test.line(1)])])),
      Command(.batch([.reserve(id: "b", [test.line(0), test.line(1)])])),
      Command(.acknowledge(consumer: "c", through: 1)),
      Command(.reserve(id: "&tAAEBLr2iXzsZ5EeMTpnhorder-1", [test.line(0)])),
    ]
    for command in impossible {
      #expect((test.shop.append(command).words ?? "").count > 20, "\(command)")
    }
    #expect(try test.levels() == [[10, 0], [10, 0], [10, 0]])
  }

  @Test("of one shard may be a batch, a transfer, a limit, a recipe, and may wait")
  func single() throws {
    let test = try TestShop()
    test.fill()
    let sku = test.skus[1]
    #expect(
      test.shop.append(
        Command(.batch([.receive([test.line(1)]), .reserve(id: "b", [test.line(1, 2)])]), key: "batch")
      ).isDone)
    #expect(test.shop.append(Command(.transfer(sku: sku, quantity: 3, from: "main", to: "berlin"))).isDone)
    #expect(test.shop.append(Command(.limit(ItemName(sku: sku), 1))).isDone)
    #expect(
      test.shop.append(Command(.reserve(id: "l", [test.line(1, 2)], customer: "ann"))).reason == .limit)
    #expect(
      test.shop.append(Command(.reserve(id: "any", [Line(sku: sku, location: .anyLocation, 1)], customer: "ann")))
        .isDone)
    #expect(test.shop.append(Command(.reserve(id: "w", [test.line(2, 50)], wait: .forever))).isDone)
    #expect(test.shop.append(Command(.batch([.commit(id: "b"), .commit(id: "w")]))).words != nil)
    try test.expectProven()
  }

  @Test("of every shard go to every shard")
  func spread() throws {
    let test = try TestShop()
    let outcome = test.shop.append(Command(.register(test.skus.map { ItemName(sku: $0) })))
    guard case .accepted(let acceptance) = outcome else { return #expect(outcome.isDone) }
    #expect(Set(acceptance.registered.map(\.sku)) == Set(test.skus))
    #expect(test.shop.append(Command(.expire)).isDone)
    #expect(try test.levels() == [[0, 0], [0, 0], [0, 0]])
  }

  @Test("handed over together are answered in their order")
  func order() throws {
    let test = try TestShop()
    let receipts = (0..<300).map { Command(.receive([test.line($0 % 3, Int64($0 + 1))]), key: Name("k-\($0)")) }
    let outcomes = test.shop.append(receipts)
    #expect(outcomes.enumerated().allSatisfy { $0.element.shard == $0.offset % 3 && $0.element.isDone })
    #expect(test.shop.append(receipts) == outcomes.map(\.asRepeat))
  }
}

extension Outcome {
  var asRepeat: Outcome {
    guard case .accepted(let acceptance) = self else { return self }
    var again = Acceptance(sequence: acceptance.sequence)
    again.shard = acceptance.shard
    return .repeated(again)
  }
}
