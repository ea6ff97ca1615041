import Testing

@testable import Tallystick

@Suite("Settling")
struct SettlingTests {
  private var shop: Shop = {
    var shop = Shop.with(line(tea, 9), line(cup, 9))
    shop.ask(.reserve(id: "o", [line(tea, 4), line(cup, 2)]))
    return shop
  }()

  @Test("a commit without lines sells what is open")
  func commitAll() {
    var shop = shop
    #expect(shop.ask(.commit(id: "o")).sequence == 5)
    #expect(shop.level(tea)?.onHand == 5)
    #expect(shop.level(tea)?.held == 0)
    #expect(shop.level(cup)?.onHand == 7)
  }

  @Test("a release without lines gives back what is open")
  func releaseAll() {
    var shop = shop
    #expect(shop.ask(.release(id: "o")).sequence == 5)
    #expect(shop.available(tea) == 9)
    #expect(shop.level(tea)?.onHand == 9)
  }

  @Test("with lines exactly those quantities are settled, and the rest stays open")
  func parts() {
    var shop = shop
    #expect(shop.ask(.commit(id: "o", [line(tea, 1)])).isAccepted)
    #expect(shop.ask(.release(id: "o", [line(tea, 1), line(cup, 1)])).isAccepted)
    #expect(shop.level(tea) == StockLevel(item: tea, onHand: 8, held: 2, limit: nil, sequence: 6))
    #expect(shop.level(cup) == StockLevel(item: cup, onHand: 9, held: 1, limit: nil, sequence: 6))
    #expect(shop.ask(.commit(id: "o")).isAccepted)
    #expect(shop.level(tea)?.onHand == 6)
    #expect(shop.level(cup)?.onHand == 8)
  }

  @Test("lines are settled all or nothing")
  func allOrNothing() {
    var shop = shop
    #expect(shop.ask(.commit(id: "o", [line(tea, 1), line(cup, 3)])).reason == .settled)
    #expect(shop.level(tea)?.held == 4)
    #expect(shop.ask(.commit(id: "o", [line(cup, 1), line(cup, 2)])).reason == .settled)
    #expect(shop.ask(.commit(id: "o", [line(cup, 1), line(cup, 1)])).isAccepted)
  }

  @Test("a line beyond what is open, or that the reservation does not have, is settled")
  func beyond() {
    var shop = shop
    shop.ask(.receive(teaInBerlin, 5))
    #expect(shop.ask(.commit(id: "o", [line(tea, 5)])).reason == .settled)
    #expect(shop.ask(.release(id: "o", [line(teaInBerlin, 1)])).reason == .settled)
    #expect(shop.ask(.release(id: "o", [line(ItemName(sku: "nothing"), 1)])).reason == .settled)
    #expect(shop.ask(.release(id: "o", [line(tea, most), line(tea, most)])).reason == .settled)
    shop.ask(.commit(id: "o", [line(cup, 2)]))
    #expect(shop.ask(.commit(id: "o", [line(cup, 1)])).reason == .settled)
  }

  @Test("a reservation that was never made is unknown")
  func unknown() {
    var shop = shop
    #expect(shop.ask(.commit(id: "other")).rejection == Rejection(.unknownReservation, at: 4))
    #expect(shop.ask(.release(id: "other", [line(tea, 1)])).reason == .unknownReservation)
  }

  @Test("the key of another command is no reservation")
  func keyIsNoReservation() {
    var shop = shop
    shop.ask(.receive(tea, 1), key: "k")
    #expect(shop.ask(.commit(id: "k")).reason == .unknownReservation)
  }

  @Test("closed by parts or by the other command, it is settled for both")
  func closedOtherwise() {
    var shop = shop
    shop.ask(.commit(id: "o", [line(tea, 4), line(cup, 2)]))
    #expect(shop.ask(.commit(id: "o")).reason == .settled)
    #expect(shop.ask(.release(id: "o")).reason == .settled)
    shop.ask(.reserve("p", tea, 1))
    shop.ask(.release(id: "p"))
    #expect(shop.ask(.commit(id: "p")).reason == .settled)
    #expect(shop.ask(.release(id: "p", [line(tea, 1)])).reason == .settled)
  }
}
