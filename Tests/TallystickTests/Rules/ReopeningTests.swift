import Testing

@testable import Tallystick

@Suite("Reopening")
struct ReopeningTests {
  @Test("what expired is held again whole, by the same id and from now on")
  func expired() {
    var shop = Shop.with(line(tea, 5), line(cup, 5))
    let first = shop.ask(.reserve(id: "a", [line(tea, 2), line(cup, 1)], timeToLive: 100)).sequence
    shop.now += 200
    #expect(shop.ask(.commit(id: "a")).reason == .expired)
    #expect(shop.ask(.reopen(id: "a", timeToLive: 50)).isAccepted)
    #expect(shop.level(tea)?.held == 2 && shop.level(cup)?.held == 1)
    let again = shop.ask(.reserve(id: "a", [line(tea, 2), line(cup, 1)], timeToLive: 100))
    #expect(again.repeatedSequence == first && again.holds == true && again.repeatedState == .open)
    shop.now += 49
    #expect(shop.ask(.expire).isAccepted && shop.level(tea)?.held == 2)
    shop.now += 1
    #expect(shop.ask(.expire).isAccepted && shop.level(tea)?.held == 0)
    #expect(shop.ask(.reopen(id: "a")).isAccepted)
    #expect(shop.ask(.commit(id: "a")).isAccepted)
    #expect(shop.level(tea)?.onHand == 3)
    #expect(shop.ask(.returnedOf(order: "a", [line(tea, 2)])).isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("what was released in parts, amended or moved is held as it was last, all of it")
  func altered() {
    var shop = Shop.with(line(tea, 9), line(cup, 9), line(teaInBerlin, 1))
    shop.ask(.reserve("a", tea, 2))
    shop.ask(.amend(id: "a", [line(tea, 3), line(cup, 1)]))
    shop.ask(.transferWith(sku: "tea", quantity: 3, from: "main", to: "berlin", .of(["a"])))
    shop.ask(.release(id: "a", [line(teaInBerlin, 1)]))
    shop.ask(.release(id: "a"))
    #expect(shop.ask(.reopen(id: "a")).isAccepted)
    #expect(shop.level(teaInBerlin)?.held == 3 && shop.level(cup)?.held == 1 && shop.level(tea)?.held == 0)
    #expect(shop.ask(.reserve("a", tea, 2)).holds == true)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("it is a newcomer: refused if it is not all there, or passes the customer's limit")
  func newcomer() {
    var shop = Shop.with(line(tea, 3), line(cup, 3))
    shop.ask(.reserve(id: "a", [line(tea, 2), line(cup, 1)], customer: "ann"))
    shop.ask(.release(id: "a"))
    shop.ask(.reserve("b", tea, 2, customer: "ann"))
    #expect(shop.ask(.reopen(id: "a")).rejection?.short == [.init(item: tea, asked: 2, available: 1)])
    #expect(shop.level(cup)?.held == 0)
    shop.ask(.limit(cup, 1))
    shop.ask(.reserve("c", cup, 1, customer: "ann"))
    shop.ask(.release(id: "b"))
    #expect(shop.ask(.reopen(id: "a")).reason == .limit)
    shop.ask(.release(id: "c"))
    #expect(shop.ask(.reopen(id: "a", timeToLive: most)).reason == .overflow)
    #expect(shop.ask(.reopen(id: "a"), expecting: 0).reason == .changed)
    #expect(shop.ask(.reopen(id: "a")).isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("what is open, was sold, or never was is refused")
  func refused() {
    var shop = Shop.with(line(tea, 9))
    shop.ask(.reserve("a", tea, 2))
    #expect(shop.ask(.reopen(id: "a")).reason == .conflict)
    shop.ask(.release(id: "a", [line(tea, 1)]))
    #expect(shop.ask(.reopen(id: "a")).reason == .conflict)
    shop.ask(.commit(id: "a"))
    let sold = shop.ask(.reopen(id: "a"))
    #expect(sold.reason == .settled && sold.detail == .closed(by: shop.lastSequence, .committed))
    #expect(shop.ask(.reopen(id: "never")).reason == .unknownReservation)
    #expect(shop.ask(.reopen(id: "a", timeToLive: 0)).isInvalid)
    #expect(shop.ask(.reopen(id: "")).isInvalid)
  }

  @Test("a retry with its key happens once, and a batch takes it back")
  func repeats() {
    var shop = Shop.with(line(tea, 3))
    shop.ask(.reserve("a", tea, 2))
    shop.ask(.release(id: "a"))
    #expect(shop.ask(.batch([.reopen(id: "a"), .reserve("b", tea, 2)])).reason == .insufficient)
    #expect(shop.level(tea)?.held == 0)
    let first = shop.ask(.reopen(id: "a", timeToLive: 900), key: "k").sequence
    shop.ask(.release(id: "a"))
    let again = shop.ask(.reopen(id: "a", timeToLive: 900), key: "k")
    #expect(first != nil && again.repeatedSequence == first && again.repeatedState == .released)
    #expect(shop.ask(.reopen(id: "a", timeToLive: 800), key: "k").reason == .conflict)
    #expect(shop.ask(.batch([.reopen(id: "a"), .commit(id: "a")]), key: "b").isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("parts come back with what is made of them, whatever the recipe is by then")
  func recipes() {
    let set = ItemName(sku: "set")
    var shop = Shop.with(line(tea, 9), line(set, 3))
    shop.ask(.recipe(set, [line(tea, 2)]))
    shop.ask(.reserve("a", set, 2))
    shop.ask(.release(id: "a"))
    shop.ask(.recipe(set, [line(tea, 3)]))
    #expect(shop.ask(.reopen(id: "a")).isAccepted)
    #expect(shop.level(tea)?.held == 4 && shop.level(set)?.held == 2)
    #expect(shop.ask(.reserve("a", set, 2)).repeatedSequence != nil)
    #expect(shop.flawOfReplay() == nil)
  }
}
