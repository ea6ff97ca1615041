import Testing

@testable import Tallystick

@Suite("Receiving and returning")
struct ReceivingTests {
  @Test("an item exists once something was received into it, registered by an event just before")
  func registration() {
    var shop = Shop()
    #expect(shop.level(tea) == nil)
    #expect(shop.ask(.receive(tea, 100)).sequence == 2)
    #expect(shop.level(tea) == StockLevel(item: tea, onHand: 100, held: 0, limit: nil, sequence: 2))
    #expect(shop.model.events.map(\.kind) == [.itemRegistered, .received])
    #expect(shop.ask(.receive(tea, 1)).sequence == 3)
  }

  @Test("an item exists once something was returned or transferred into it")
  func otherWaysIn() {
    var shop = Shop()
    #expect(shop.ask(.returned([line(tea, 3)], reference: "RMA-3")).sequence == 2)
    #expect(shop.ask(.transferTea(1)).sequence == 4)
    #expect(shop.level(teaInBerlin)?.onHand == 1)
    #expect(shop.level(tea)?.onHand == 2)
  }

  @Test("the sequence number of an answer is not that of the registrations before it")
  func ownSequence() {
    var shop = Shop()
    #expect(shop.ask(.receive([line(tea, 1), line(cup, 1), line(teaInBerlin, 1)])).sequence == 4)
    #expect(shop.model.events.map(\.more) == [true, true, true, false])
  }

  @Test("lines of one item are added up")
  func merging() {
    var shop = Shop()
    #expect(shop.ask(.receive([line(tea, 1), line(cup, 5), line(tea, 2)])).sequence == 3)
    #expect(shop.level(tea)?.onHand == 3)
    #expect(shop.level(cup)?.onHand == 5)
  }

  @Test("on hand reaches 2^53 − 1 and not one more")
  func overflow() {
    var shop = Shop.with(line(tea, most - 1), line(cup, 1))
    #expect(shop.ask(.receive(tea, 1)).isAccepted)
    let rejection = shop.ask(.receive([line(cup, 1), line(tea, 1)])).rejection
    #expect(rejection == Rejection(.overflow, at: 4, item: tea))
    #expect(shop.ask(.returned([line(tea, 1)])).reason == .overflow)
    #expect(shop.level(tea)?.onHand == most)
    #expect(shop.level(cup)?.onHand == 1)
  }

  @Test("lines that add up beyond 2^53 − 1 are an overflow, and register nothing")
  func mergedOverflow() {
    var shop = Shop()
    #expect(shop.ask(.receive([line(tea, most), line(tea, 1)])).reason == .overflow)
    #expect(shop.ask(.receive((0..<4096).map { _ in line(tea, most) })).reason == .overflow)
    #expect(shop.lastSequence == 0)
  }

  @Test("two locations of one SKU are two items")
  func locations() {
    var shop = Shop.with(line(tea, 1), line(teaInBerlin, 2))
    #expect(shop.ask(.reserve("o", tea, 2)).reason == .insufficient)
    #expect(shop.ask(.reserve("o", teaInBerlin, 2)).isAccepted)
  }
}
