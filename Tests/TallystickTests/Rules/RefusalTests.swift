import Testing

@testable import Tallystick

@Suite("What a refusal tells")
struct RefusalTests {
  private func shop() -> Shop {
    var shop = Shop.with(line(tea, 10), line(cup, 10))
    shop.ask(.reserve("t", tea, 2, customer: "ann", timeToLive: 1_000))
    return shop
  }

  @Test("a settlement of too much says what is open and what was asked, and what is not in it at all")
  func notOpen() {
    var shop = shop()
    #expect(
      shop.ask(.release(id: "t", [line(tea, 3)])).detail == .notOpen([.init(item: tea, asked: 3, open: 2)]))
    let pot = ItemName(sku: "pot")
    #expect(
      shop.ask(.commit(id: "t", [line(tea, 2), line(cup, 1), line(pot, 4)])).detail
        == .notOpen([.init(item: cup, asked: 1, open: nil), .init(item: pot, asked: 4, open: nil)]))
    shop.ask(.commit(id: "t", [line(tea, 1)]))
    #expect(
      shop.ask(.commit(id: "t", [line(tea, 2)])).detail == .notOpen([.init(item: tea, asked: 2, open: 1)]))
  }

  @Test("a settlement of what is closed names the event that closed it, and how")
  func closed() {
    var shop = shop()
    shop.ask(.commit(id: "t"))
    #expect(shop.ask(.release(id: "t")).detail == .closed(by: 5, .committed))
    shop.ask(.reserve("u", tea, 1, timeToLive: 5))
    shop.now += 5
    #expect(shop.ask(.commit(id: "u")).detail == .closed(by: 7, .expired))
  }

  @Test("a conflict says what the reservation of that id asked for otherwise, and only that")
  func differences() {
    var shop = shop()
    var differences = Rejection.Differences(first: 4)
    differences.timesToLive = (1_000, 0)
    #expect(shop.ask(.reserve("t", tea, 2, customer: "ann")).detail == .differs(differences))
    differences = Rejection.Differences(first: 4)
    differences.customers = ("ann", "")
    #expect(shop.ask(.reserve("t", tea, 2, timeToLive: 1_000)).detail == .differs(differences))
    differences = Rejection.Differences(first: 4)
    (differences.firstLines, differences.lines) = ([line(tea, 2)], [line(cup, 2)])
    #expect(shop.ask(.reserve("t", cup, 2, customer: "ann", timeToLive: 1_000)).detail == .differs(differences))
    // Of a key nobody knows what it was for.
    shop.ask(.receive(tea, 1), key: "k")
    #expect(shop.ask(.receive(tea, 2), key: "k").detail == nil)
  }

  @Test("a repeat says whether anything is held")
  func holds() {
    var shop = shop()
    let reserve: Tallystick.Operation = .reserve("t", tea, 2, customer: "ann", timeToLive: 1_000)
    #expect(shop.ask(reserve).holds == true)
    shop.ask(.commit(id: "t", [line(tea, 1)]))
    #expect(shop.ask(reserve).holds == true)
    shop.now += 1_000
    #expect(shop.ask(reserve).holds == false)
  }
}
