import Testing

@testable import Tallystick

@Suite("Goods that come back of an order")
struct OrderReturnTests {
  private func shop() -> Shop {
    var shop = Shop.with(line(tea, 10), line(cup, 10))
    shop.ask(.reserve(id: "o", [line(tea, 4), line(cup, 2)], customer: "ann", timeToLive: 1_000))
    return shop
  }

  @Test("are no more of each item than was committed, at all times together")
  func bounds() {
    var shop = shop()
    #expect(shop.ask(.returnedOf(order: "o", [line(tea, 1)])).reason == .settled)
    shop.ask(.commit(id: "o"))
    #expect(shop.ask(.returnedOf(order: "o", [line(tea, 3), line(cup, 2)])).isAccepted)
    #expect(
      shop.ask(.returnedOf(order: "o", [line(tea, 2)])).detail
        == .notSold([.init(item: tea, asked: 2, sold: 4, returned: 3)]))
    #expect(shop.ask(.returnedOf(order: "o", [line(tea, 1), line(teaInBerlin, 1)])).reason == .settled)
    #expect(shop.ask(.returnedOf(order: "o", [line(tea, 1)], reference: "RMA-3")).isAccepted)
    #expect(shop.level(tea)?.onHand == 10 && shop.level(cup)?.onHand == 10)
    #expect(shop.ask(.returnedOf(order: "nobody", [line(tea, 1)])).reason == .unknownReservation)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("are told from what was released or has expired, however an order was settled")
  func parts() {
    var shop = shop()
    shop.ask(.commit(id: "o", [line(tea, 1)]))
    shop.ask(.release(id: "o", [line(tea, 1), line(cup, 1)]))
    shop.ask(.commitMore(id: "o", [line(tea, 3)]))
    shop.now += 1_000
    // The cup that was left has expired; of tea 4 were sold.
    #expect(shop.ask(.returnedOf(order: "o", [line(cup, 1)])).reason == .settled)
    #expect(shop.ask(.returnedOf(order: "o", [line(tea, 5)])).reason == .settled)
    #expect(shop.ask(.returnedOf(order: "o", [line(tea, 4)])).isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("may come of what is still open in part, and of what was amended")
  func open() {
    var shop = shop()
    shop.ask(.commit(id: "o", [line(tea, 2)]))
    shop.ask(.amend(id: "o", [line(tea, 0), line(cup, 5)]))
    #expect(shop.ask(.returnedOf(order: "o", [line(tea, 3)])).reason == .settled)
    #expect(shop.ask(.returnedOf(order: "o", [line(tea, 2)])).isAccepted)
    shop.ask(.commit(id: "o"))
    #expect(shop.ask(.returnedOf(order: "o", [line(cup, 5)])).isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("give the customer's count back, where the sale had counted")
  func limits() {
    var shop = shop()
    shop.ask(.limit(tea, 4))
    shop.ask(.reserve("p", tea, 4, customer: "ann"))
    shop.ask(.commit(id: "p"))
    shop.ask(.commit(id: "o"))
    // Older than the limit: it never counted.
    shop.ask(.returnedOf(order: "o", [line(tea, 4)]))
    #expect(shop.ask(.reserve("q", tea, 1, customer: "ann")).reason == .limit)
    shop.ask(.returnedOf(order: "p", [line(tea, 1)]))
    #expect(shop.ask(.reserve("q", tea, 1, customer: "ann")).isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("happen once with a key, and not at all in a batch that fails")
  func keyed() {
    var shop = shop()
    shop.ask(.commit(id: "o"))
    let first = shop.ask(.returnedOf(order: "o", [line(tea, 4)]), key: "rma").sequence
    let again = shop.ask(.returnedOf(order: "o", [line(tea, 4)]), key: "rma")
    #expect(again.repeatedSequence == first)
    #expect(shop.ask(.returned([line(tea, 4)]), key: "rma").reason == .conflict)
    let batch: Tallystick.Operation = .batch([.returnedOf(order: "o", [line(cup, 1)]), .commit(id: "nobody")])
    #expect(shop.ask(batch).rejection?.index == 1)
    #expect(shop.ask(.returnedOf(order: "o", [line(cup, 2)])).isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }
}
