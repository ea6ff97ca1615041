import Testing

@testable import Tallystick

@Suite("Transferring")
struct TransferringTests {
  @Test("stock moves from one location to the other in one event")
  func moves() {
    var shop = Shop.with(line(tea, 5), line(teaInBerlin, 1))
    #expect(shop.ask(.transferTea(5)).sequence == 4)
    #expect(shop.level(tea) == StockLevel(item: tea, onHand: 0, held: 0, limit: nil, sequence: 4))
    #expect(shop.level(teaInBerlin) == StockLevel(item: teaInBerlin, onHand: 6, held: 0, limit: nil, sequence: 4))
  }

  @Test("the item that it goes to is registered in the same step")
  func registers() {
    var shop = Shop.with(line(tea, 5))
    #expect(shop.ask(.transferTea(2)).sequence == 4)
    #expect(shop.model.events.suffix(2).map(\.kind) == [.itemRegistered, .transferred])
    #expect(shop.model.events.suffix(2).map(\.more) == [true, false])
  }

  @Test("only available stock moves")
  func availableOnly() {
    var shop = Shop.with(line(tea, 5))
    shop.ask(.reserve("o", tea, 3))
    let short = [Rejection.Shortage(item: tea, asked: 3, available: 2)]
    #expect(shop.ask(.transferTea(3)).rejection == Rejection(.insufficient, at: 3, short: short))
    #expect(shop.level(teaInBerlin) == nil)
    #expect(shop.ask(.transferTea(2)).isAccepted)
  }

  @Test("a transfer to where it comes from is no command")
  func toItself() {
    var shop = Shop.with(line(tea, 5))
    #expect(shop.ask(.transferTea(1, from: "main", to: "main")).isInvalid)
  }

  @Test("from an item that does not exist it is unknown")
  func unknown() {
    var shop = Shop.with(line(tea, 5))
    let outcome = shop.ask(.transferTea(1, from: "berlin", to: "main"))
    #expect(
      outcome.rejection
        == Rejection(.unknownItem, at: 2, item: teaInBerlin, elsewhere: [.init(item: tea, available: 5)]))
  }

  @Test("beyond 2^53 − 1 at the other end is an overflow")
  func overflow() {
    var shop = Shop.with(line(tea, 5), line(teaInBerlin, most - 4))
    #expect(shop.ask(.transferTea(5)).rejection == Rejection(.overflow, at: 3, item: teaInBerlin))
    #expect(shop.ask(.transferTea(4)).isAccepted)
  }
}
