import Testing

@testable import Tallystick

@Suite("Limits for each customer")
struct LimitTests {
  /// 100 of tea, at most 3 for each customer.
  private var shop: Shop = {
    var shop = Shop.with(line(tea, 100), line(cup, 100))
    shop.ask(.limit(tea, 3))
    return shop
  }()

  @Test("a limit shows in the stock and is a change of the item")
  func shows() {
    #expect(shop.level(tea) == StockLevel(item: tea, onHand: 100, held: 0, limit: 3, sequence: 4))
  }

  @Test("what a customer holds counts, up to the limit and not beyond")
  func holds() {
    var shop = shop
    #expect(shop.ask(.reserve("a", tea, 2, customer: "ann")).isAccepted)
    let passed = Rejection.PassedLimit(asked: 2, count: 2, limit: 3)
    let rejection = shop.ask(.reserve("b", tea, 2, customer: "ann")).rejection
    #expect(rejection == Rejection(.limit, at: 5, item: tea, passedLimit: passed))
    #expect(shop.ask(.reserve("b", tea, 1, customer: "ann")).isAccepted)
    #expect(shop.ask(.reserve("c", tea, 3, customer: "bob")).isAccepted)
    #expect(shop.ask(.reserve("d", cup, 9, customer: "ann")).isAccepted)
  }

  @Test("what a customer has committed counts on")
  func committed() {
    var shop = shop
    shop.ask(.reserve("a", tea, 3, customer: "ann"))
    shop.ask(.commit(id: "a"))
    #expect(shop.ask(.reserve("b", tea, 1, customer: "ann")).reason == .limit)
  }

  @Test("releases, in part too, and expiries give back")
  func givesBack() {
    var shop = shop
    shop.ask(.reserve("a", tea, 3, customer: "ann"))
    shop.ask(.release(id: "a", [line(tea, 1)]))
    #expect(shop.ask(.reserve("b", tea, 2, customer: "ann")).reason == .limit)
    #expect(shop.ask(.reserve("b", tea, 1, customer: "ann", timeToLive: 10)).isAccepted)
    shop.now += 10
    #expect(shop.ask(.reserve("c", tea, 1, customer: "ann")).isAccepted)
    shop.ask(.release(id: "a"))
    #expect(shop.ask(.reserve("d", tea, 2, customer: "ann")).isAccepted)
  }

  @Test("releases by an adjustment give back")
  func adjustmentGivesBack() {
    var shop = shop
    shop.ask(.reserve("a", tea, 3, customer: "ann"))
    shop.ask(.adjust(tea, .to(2), release: .newest))
    #expect(shop.ask(.reserve("b", tea, 2, customer: "ann")).isAccepted)
  }

  @Test("a return gives nothing back")
  func returned() {
    var shop = shop
    shop.ask(.reserve("a", tea, 3, customer: "ann"))
    shop.ask(.commit(id: "a"))
    shop.ask(.returned([line(tea, 3)]))
    #expect(shop.ask(.reserve("b", tea, 1, customer: "ann")).reason == .limit)
  }

  @Test("without a customer nobody reserves an item that has a limit")
  func withoutCustomer() {
    var shop = shop
    let passed = Rejection.PassedLimit(asked: 1, count: nil, limit: 3)
    let rejection = shop.ask(.reserve("a", tea, 1)).rejection
    #expect(rejection == Rejection(.limit, at: 4, item: tea, passedLimit: passed))
    #expect(shop.ask(.reserve(id: "a", [line(cup, 1), line(tea, 1)])).reason == .limit)
    shop.ask(.limit(tea, nil))
    #expect(shop.ask(.reserve("a", tea, 1)).isAccepted)
  }

  @Test("reservations from before a limit do not count, and give nothing back")
  func before() {
    var shop = Shop.with(line(tea, 100))
    shop.ask(.reserve("old", tea, 50, customer: "ann"))
    shop.ask(.limit(tea, 3))
    #expect(shop.ask(.reserve("a", tea, 3, customer: "ann")).isAccepted)
    shop.ask(.release(id: "old"))
    #expect(shop.ask(.reserve("b", tea, 1, customer: "ann")).reason == .limit)
  }

  @Test("changing a limit keeps the counts")
  func changing() {
    var shop = shop
    shop.ask(.reserve("a", tea, 2, customer: "ann"))
    shop.ask(.limit(tea, 1))
    #expect(shop.ask(.reserve("b", tea, 1, customer: "ann")).reason == .limit)
    shop.ask(.limit(tea, 4))
    #expect(shop.ask(.reserve("b", tea, 3, customer: "ann")).reason == .limit)
    #expect(shop.ask(.reserve("b", tea, 2, customer: "ann")).isAccepted)
    shop.ask(.release(id: "a"))
    #expect(shop.ask(.reserve("c", tea, 2, customer: "ann")).isAccepted)
  }

  @Test("none drops the counts, and what was counted under it gives nothing back later")
  func dropping() {
    var shop = shop
    shop.ask(.reserve("a", tea, 3, customer: "ann"))
    shop.ask(.limit(tea, nil))
    shop.ask(.limit(tea, 3))
    #expect(shop.ask(.reserve("b", tea, 3, customer: "ann")).isAccepted)
    shop.ask(.release(id: "a"))
    #expect(shop.ask(.reserve("c", tea, 1, customer: "ann")).reason == .limit)
  }

  @Test("none of one item leaves what is counted of another")
  func droppingAnother() {
    var shop = shop
    shop.ask(.limit(cup, 2))
    shop.ask(.reserve(id: "a", [line(tea, 3), line(cup, 2)], customer: "ann"))
    shop.ask(.limit(cup, nil))
    #expect(shop.ask(.reserve("b", tea, 1, customer: "ann")).reason == .limit)
    #expect(shop.ask(.reserve("b", cup, 1, customer: "ann")).isAccepted)
  }

  @Test("a limit of 0 closes an item; of 2^53 − 1 it allows everything")
  func edges() {
    var shop = shop
    shop.ask(.limit(tea, 0))
    #expect(shop.ask(.reserve("a", tea, 1, customer: "ann")).reason == .limit)
    #expect(shop.ask(.limit(tea, most)).isAccepted)
    #expect(shop.ask(.reserve("a", tea, 100, customer: "ann")).isAccepted)
  }

  @Test("an item that does not exist has no limit")
  func unknown() {
    var shop = shop
    #expect(
      shop.ask(.limit(teaInBerlin, 2)).rejection
        == Rejection(.unknownItem, at: 4, item: teaInBerlin, elsewhere: [.init(item: tea, available: 100)]))
  }

  @Test("a refusal to hold or take more says what is asked, counted and allowed, too")
  func numbersOfMore() {
    var shop = Shop.with(line(tea, 9))
    shop.ask(.limit(tea, 4))
    shop.ask(.reserve("a", tea, 3, customer: "ann"))
    let passed = Rejection.PassedLimit(asked: 2, count: 3, limit: 4)
    #expect(shop.ask(.amend(id: "a", [line(tea, 5)])).rejection?.passedLimit == passed)
    #expect(shop.ask(.commitMore(id: "a", [line(tea, 5)])).rejection?.passedLimit == passed)
  }
}
