import Tallystick
import Testing

/// Each test makes a command that breaks two rules, and expects the one that is judged first.
@Suite("Order of judgement")
struct OrderOfJudgementTests {
  /// 5 of tea with a limit of 1, a keyed receipt "k", a settled and an expired reservation.
  private var shop: Shop = {
    var shop = Shop.with(line(tea, 5), line(cup, most))
    shop.ask(.receive(tea, 1), key: "k")
    shop.ask(.reserve("settled", tea, 1))
    shop.ask(.commit(id: "settled", [line(tea, 1)]))
    shop.ask(.reserve("expired", tea, 1, timeToLive: 1))
    shop.now += 1
    shop.ask(.limit(tea, 1))
    return shop
  }()
  private let nothing = ItemName(sku: "nothing")

  @Test("form before time")
  func form() {
    var shop = shop
    #expect(shop.ask(.receive(tea, 0), at: 0).isInvalid)
  }

  @Test("time before a repeat and a conflict")
  func time() {
    var shop = shop
    #expect(shop.ask(.receive(tea, 1), key: "k", at: 0).reason == .time)
    #expect(shop.ask(.receive(tea, 2), key: "k", at: 0).reason == .time)
  }

  @Test("expiry before a repeat")
  func expiry() {
    var shop = shop
    shop.ask(.reserve("hold", cup, 1, timeToLive: 5))
    shop.now += 5
    let outcome = shop.ask(.reserve("hold", cup, 1, timeToLive: 5))
    #expect(outcome.repeatedState == .expired)
    #expect(shop.model.events.last?.kind == .expired)
  }

  @Test("conflict before an unknown reservation, settled, an unknown item and changed")
  func conflict() {
    var shop = shop
    #expect(shop.ask(.commit(id: "never"), key: "k").reason == .conflict)
    #expect(shop.ask(.commit(id: "settled"), key: "k").reason == .conflict)
    #expect(shop.ask(.reserve("settled", nothing, 1)).reason == .conflict)
    #expect(shop.ask(.receive(tea, 2), key: "k", expecting: 0).reason == .conflict)
  }

  @Test("an unknown reservation before changed")
  func unknownReservation() {
    var shop = shop
    #expect(shop.ask(.commit(id: "never", [line(nothing, 1)]), expecting: 99).reason == .unknownReservation)
  }

  @Test("settled and expired before an unknown item and changed")
  func settled() {
    var shop = shop
    #expect(shop.ask(.commit(id: "settled", [line(nothing, 1)]), expecting: 0).reason == .settled)
    #expect(shop.ask(.commit(id: "expired", [line(nothing, 1)]), expecting: 0).reason == .expired)
    #expect(shop.ask(.release(id: "settled"), expecting: 99).reason == .settled)
  }

  @Test("an unknown item before changed, limit and insufficient")
  func unknownItem() {
    var shop = shop
    #expect(shop.ask(.reserve(id: "o", [line(tea, 99), line(nothing, 1)]), expecting: 0).reason == .unknownItem)
    #expect(shop.ask(.adjust(nothing, .by(-1)), expecting: 99).reason == .unknownItem)
    #expect(shop.ask(.limit(nothing, 1), expecting: 99).reason == .unknownItem)
    #expect(shop.ask(.transfer(sku: "nothing", quantity: 1, from: "a", to: "b"), expecting: 99).reason == .unknownItem)
  }

  @Test("changed before limit, insufficient and overflow")
  func changed() {
    var shop = shop
    #expect(shop.ask(.reserve("o", tea, 99), expecting: 0).reason == .changed)
    #expect(shop.ask(.adjust(tea, .to(0)), expecting: 0).reason == .changed)
    #expect(shop.ask(.receive(cup, 1), expecting: 0).reason == .changed)
  }

  @Test("limit before insufficient, whichever line breaks it, and before overflow")
  func limit() {
    var shop = shop
    #expect(shop.ask(.reserve("o", tea, 99, customer: "ann")).reason == .limit)
    shop.ask(.reserve("all", cup, most))
    #expect(shop.ask(.reserve(id: "o", [line(cup, 1), line(tea, 2)], customer: "ann")).reason == .limit)
    #expect(shop.ask(.reserve("o", tea, 2, customer: "ann", timeToLive: most)).reason == .limit)
  }

  @Test("insufficient before overflow")
  func insufficient() {
    var shop = shop
    #expect(shop.ask(.reserve(id: "o", [line(cup, most), line(cup, 1)], timeToLive: most)).reason == .insufficient)
    shop.ask(.receive(ItemName(sku: "cup", location: "berlin"), 1))
    shop.ask(.reserve("all", cup, most))
    let back = Operation.transfer(sku: "cup", quantity: 2, from: "berlin", to: "main")
    #expect(shop.ask(back).reason == .insufficient)
    #expect(shop.ask(.transfer(sku: "cup", quantity: 1, from: "berlin", to: "main")).reason == .overflow)
  }
}
