import Testing

@testable import Tallystick

@Suite("Reserving")
struct ReservingTests {
  @Test("a reservation holds its quantity and takes nothing from the shelf")
  func holding() {
    var shop = Shop.with(line(tea, 5))
    #expect(shop.ask(.reserve("o", tea, 2)).sequence == 3)
    #expect(shop.level(tea) == StockLevel(item: tea, onHand: 5, held: 2, limit: nil, sequence: 3))
  }

  @Test("exactly what is available can be reserved, and nothing beyond")
  func exactly() {
    var shop = Shop.with(line(tea, 5))
    #expect(shop.ask(.reserve("a", tea, 5)).isAccepted)
    let rejection = shop.ask(.reserve("b", tea, 1)).rejection
    #expect(rejection == Rejection(.insufficient, at: 3, short: [.init(item: tea, asked: 1, available: 0)]))
  }

  @Test("a cart is held whole or not at all, and every short line is named")
  func wholeCart() {
    var shop = Shop.with(line(tea, 1), line(cup, 9), line(teaInBerlin, 2))
    let rejection = shop.ask(.reserve(id: "o", [line(tea, 2), line(cup, 1), line(teaInBerlin, 3)])).rejection
    #expect(rejection?.reason == .insufficient)
    #expect(rejection?.atSequence == 4)
    #expect(Set((rejection?.short ?? []).map(\.item)) == [tea, teaInBerlin])
    #expect(shop.available(cup) == 9)
  }

  @Test("lines of one item are added up before they are judged")
  func merging() {
    var shop = Shop.with(line(tea, 3))
    let rejection = shop.ask(.reserve(id: "o", [line(tea, 2), line(tea, 2)])).rejection
    #expect(rejection?.short == [.init(item: tea, asked: 4, available: 3)])
  }

  @Test("lines that add up beyond 2^53 − 1 are insufficient")
  func mergedOverflow() {
    var shop = Shop.with(line(tea, most))
    #expect(shop.ask(.reserve(id: "o", [line(tea, most), line(tea, 1)])).reason == .insufficient)
    #expect(shop.ask(.reserve(id: "o", (0..<4096).map { _ in line(tea, most) })).reason == .insufficient)
    #expect(shop.ask(.reserve("o", tea, most)).isAccepted)
  }

  @Test("an item that does not exist is unknown, and not created")
  func unknown() {
    var shop = Shop.with(line(tea, 1))
    let rejection = shop.ask(.reserve(id: "o", [line(tea, 1), line(cup, 1)])).rejection
    #expect(rejection == Rejection(.unknownItem, at: 2, item: cup, unknown: [cup]))
    #expect(shop.level(cup) == nil)
  }

  @Test("a rejection leaves nothing behind: the same command later is judged anew")
  func rejectionLeavesNothing() {
    var shop = Shop.with(line(tea, 1))
    #expect(shop.ask(.reserve("o", tea, 2)).reason == .insufficient)
    shop.ask(.receive(tea, 1))
    #expect(shop.ask(.reserve("o", tea, 2)).isAccepted)
  }

  @Test("a cart of 4,096 items is held, and settled whole")
  func largestCart() {
    let items = (0..<4096).map { ItemName(sku: Name("s\($0)")) }
    var shop = Shop()
    #expect(shop.ask(.receive(items.map { line($0, 2) })).sequence == 4097)
    #expect(shop.ask(.reserve(id: "o", items.map { line($0, 1) })).sequence == 4098)
    #expect(shop.ask(.commit(id: "o")).sequence == 4099)
    #expect(items.allSatisfy { shop.level($0)?.onHand == 1 && shop.level($0)?.held == 0 })
    #expect(shop.flawOfReplay() == nil)
  }
}
