import Testing

@testable import Tallystick

private let paris = ItemName(sku: "tea", location: "paris")
private let anywhere = ItemName(sku: "tea", location: "*")

@Suite("Lines at any location")
struct AnywhereTests {
  /// In Paris 2, in Berlin 3, at main 5, in this order; and a cup.
  private let shop = Shop.with(line(paris, 2), line(teaInBerlin, 3), line(tea, 5), line(cup, 1))

  private func held(_ shop: Shop) -> [Int64?] { [paris, teaInBerlin, tea].map { shop.level($0)?.held } }

  @Test("are taken from locations in the order of their registration, split over several: field case any-location")
  func splits() {
    var shop = shop
    #expect(shop.ask(.reserve("a", anywhere, 1)).isAccepted)
    #expect(held(shop) == [1, 0, 0])
    #expect(shop.ask(.reserve("b", anywhere, 5)).isAccepted)
    #expect(held(shop) == [2, 3, 1])
    #expect(shop.ask(.reserve(id: "c", [line(anywhere, 2), line(tea, 2), line(cup, 1)])).isAccepted)
    #expect(held(shop) == [2, 3, 5])
    #expect(shop.ask(.commit(id: "b", [line(teaInBerlin, 3)])).isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("are taken from the preferred locations first, in their order, and then from the others")
  func preferred() {
    var shop = shop
    #expect(shop.ask(.prefer("tea", ["main", "berlin"]), key: "order").isAccepted)
    #expect([paris, teaInBerlin, tea].map { shop.level($0)?.preference } == [nil, 2, 1])
    #expect(shop.ask(.reserve("a", anywhere, 7)).isAccepted)
    #expect(held(shop) == [0, 2, 5])
    #expect(shop.ask(.reserve("b", anywhere, 2)).isAccepted)
    #expect(held(shop) == [1, 3, 5])
    #expect(shop.ask(.prefer("tea", ["main", "berlin"]), key: "order").repeatedSequence == 6)
    #expect(shop.ask(.prefer("tea", ["berlin", "main"]), key: "order").reason == .conflict)
    shop.ask(.release(id: "a"))
    #expect(shop.ask(.prefer("tea", [])).isAccepted)
    #expect(shop.ask(.reserve("c", anywhere, 2)).isAccepted)
    #expect(held(shop) == [2, 2, 0])
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("have an order only of locations at which there is the SKU, each once, and it changes no item")
  func wrongOrders() {
    var shop = shop
    let rome = ItemName(sku: "tea", location: "rome")
    let refused = shop.ask(.prefer("tea", ["rome", "main"])).rejection
    #expect(refused?.reason == .unknownItem && refused?.unknown == [rome] && refused?.elsewhere.count == 3)
    #expect(shop.ask(.prefer("pot", [])).reason == .unknownItem)
    #expect(shop.ask(.prefer("tea", ["main", "main"])).isInvalid)
    #expect(shop.ask(.prefer("tea", ["*"])).isInvalid)
    #expect(shop.ask(.prefer("tea", ["main"]), expecting: 0).reason == .changed)
    let last = shop.lastSequence
    #expect(shop.ask(.prefer("tea", ["main"])).isAccepted)
    #expect(shop.ask(.floor(tea, 1), expecting: last).isAccepted)
  }

  @Test("keep their order where the batch that would have changed it is refused")
  func undone() {
    var shop = shop
    shop.ask(.prefer("tea", ["berlin"]))
    #expect(shop.ask(.batch([.prefer("tea", ["main"]), .reserve("a", anywhere, 99)])).reason == .insufficient)
    #expect(shop.ask(.batch([.prefer("tea", ["main"]), .prefer("tea", [])]), key: "k").isAccepted)
    #expect(shop.ask(.batch([.prefer("tea", ["berlin"]), .reserve("b", anywhere, 2)])).isAccepted)
    #expect(held(shop) == [0, 2, 0])
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("leave floors where they are, and what the cart names comes first")
  func floors() {
    var shop = shop
    shop.ask(.floor(paris, 2))
    #expect(shop.ask(.reserve(id: "a", [line(anywhere, 2), line(teaInBerlin, 2)])).isAccepted)
    #expect(held(shop) == [0, 3, 1])
  }

  @Test("of which there is too little are refused whole, and the refusal says where how much is")
  func refused() {
    var shop = shop
    let rejection = shop.ask(.reserve(id: "a", [line(anywhere, 11), line(cup, 2)])).rejection
    #expect(rejection?.reason == .insufficient)
    #expect(
      rejection?.short == [
        .init(item: cup, asked: 2, available: 1), .init(item: anywhere, asked: 11, available: 10),
      ])
    #expect(
      rejection?.elsewhere == [
        .init(item: paris, available: 2), .init(item: teaInBerlin, available: 3), .init(item: tea, available: 5),
      ])
    #expect(held(shop) == [0, 0, 0])
    let unknown = shop.ask(.reserve("a", ItemName(sku: "pot", location: "*"), 1)).rejection
    #expect(unknown?.reason == .unknownItem && unknown?.unknown == [ItemName(sku: "pot", location: "*")])
  }

  @Test("a retry is a repeat however they were split; another quantity or customer is a conflict")
  func repeats() {
    var shop = shop
    #expect(shop.ask(.reserve("a", anywhere, 4, customer: "ann")).sequence == 6)
    shop.ask(.receive(paris, 9))
    #expect(shop.ask(.reserve("a", anywhere, 4, customer: "ann")).repeatedSequence == 6)
    #expect(shop.ask(.reserve("a", anywhere, 5, customer: "ann")).reason == .conflict)
    #expect(shop.ask(.reserve("a", anywhere, 4)).reason == .conflict)
    // Named in Paris is more than was taken there, though what was taken elsewhere is what is asked for anywhere.
    #expect(shop.ask(.reserve(id: "a", [line(paris, 9), line(anywhere, 2)], customer: "ann")).reason == .conflict)
    #expect(shop.ask(.reserve(id: "a", [line(anywhere, 4), line(cup, 1)], customer: "ann")).reason == .conflict)
    #expect(shop.ask(.reserve("a", tea, 4, customer: "ann")).reason == .conflict)
    shop.ask(.release(id: "a"))
    #expect(shop.ask(.reserve("a", anywhere, 4, customer: "ann")).repeatedState == .released)
  }

  @Test("a retry of one that only an index remembers is a repeat, too")
  func sealed() throws {
    let test = try TestLog(snapshotEvery: 10)
    var log = try test.open()
    #expect(log.append(Command(.receive([line(paris, 2), line(tea, 5)]))).isAccepted)
    let asked = Operation.reserve("a", anywhere, 4)
    #expect(log.append(Command(asked)).sequence == 4)
    #expect(log.append(Command(.commit(id: "a"))).isAccepted)
    for _ in 0..<40 { log.receive("tea", 1) }
    log.close()
    log = try test.open()
    defer { log.close() }
    #expect(log.append(Command(asked)).repeatedSequence == 4)
    #expect(log.append(Command(.reserve("a", anywhere, 3))).reason == .conflict)
  }

  @Test("a limit counts at each location, and an expectation asks all of the SKU's items")
  func limits() {
    var shop = shop
    shop.ask(.limit(paris, 1))
    #expect(shop.ask(.reserve("a", anywhere, 2, customer: "ann")).reason == .limit)
    #expect(shop.ask(.reserve("a", anywhere, 11, customer: "ann")).reason == .limit)
    #expect(shop.ask(.reserve("a", anywhere, 1)).reason == .limit)
    #expect(shop.ask(.reserve("a", anywhere, 1, customer: "ann")).isAccepted)
    shop.ask(.receive(tea, 1))
    #expect(shop.ask(.reserve("b", anywhere, 1, customer: "bob"), expecting: shop.lastSequence - 1).reason == .changed)
  }

  @Test("nothing can be put there, and a batch with a key cannot hold them")
  func form() {
    var shop = shop
    #expect(shop.ask(.receive(anywhere, 1)).isInvalid && shop.ask(.returned([line(anywhere, 1)])).isInvalid)
    #expect(shop.ask(.transferTea(1, from: "main", to: "*")).isInvalid && shop.ask(.register([anywhere])).isInvalid)
    let batch = Operation.batch([.reserve("a", anywhere, 3), .receive(tea, 1)])
    #expect(shop.ask(batch, key: "k").isInvalid)
    #expect(shop.ask(batch).isAccepted)
    #expect(shop.ask(batch).results.first?.isRepeat == true)
    #expect(shop.ask(.commit(id: "a", [line(anywhere, 1)])).reason == .settled)
    #expect(shop.flawOfReplay() == nil)
  }
}
