import Testing

@testable import Tallystick

@Suite("Extending a hold")
struct ExtendingTests {
  /// One lamp, which order-9 holds for 1,000 ms.
  private func shop() -> Shop {
    var shop = Shop.with(line(cup, 1))
    shop.ask(.reserve("order-9", cup, 1, customer: "c1", timeToLive: 1_000))
    return shop
  }

  @Test("moves its expiry, from the command's time on; it expires then and not before")
  func moves() {
    var shop = shop()
    shop.now += 600
    #expect(shop.ask(.extend(id: "order-9", timeToLive: 2_000)).isAccepted)
    shop.now += 1_999
    #expect(shop.ask(.reserve("other", cup, 1)).reason == .insufficient)
    shop.now += 1
    #expect(shop.ask(.reserve("other", cup, 1)).isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("to an earlier time expires it earlier, and to none never")
  func otherWays() {
    var shop = shop()
    shop.ask(.extend(id: "order-9", timeToLive: 10))
    shop.now += 10
    #expect(shop.ask(.extend(id: "order-9", timeToLive: 10)).reason == .expired)
    shop.ask(.reserve("second", cup, 1, timeToLive: 5))
    #expect(shop.ask(.extend(id: "second", timeToLive: nil)).isAccepted)
    shop.now += 1_000_000
    #expect(shop.ask(.commit(id: "second")).isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("of what never expired gives it a limit; and the same may be said again")
  func withoutLimit() {
    var shop = Shop.with(line(cup, 1))
    shop.ask(.reserve("a", cup, 1))
    #expect(shop.ask(.extend(id: "a", timeToLive: 50)).sequence == 4)
    #expect(shop.ask(.extend(id: "a", timeToLive: 50)).sequence == 5)
    shop.now += 50
    #expect(shop.ask(.expire).sequence == 6)
    #expect(shop.available(cup) == 1)
  }

  @Test("happens once with a key, whatever has happened since; the same key for another time is a conflict")
  func keyed() {
    var shop = shop()
    let first = shop.ask(.extend(id: "order-9", timeToLive: 2_000), key: "longer").sequence
    shop.ask(.commit(id: "order-9"))
    let again = shop.ask(.extend(id: "order-9", timeToLive: 2_000), key: "longer")
    #expect(again.repeatedSequence == first && again.repeatedState == .committed && again.holds == nil)
    #expect(shop.ask(.extend(id: "order-9", timeToLive: 2_001), key: "longer").reason == .conflict)
    #expect(shop.ask(.extend(id: "order-9", timeToLive: nil), key: "longer").reason == .conflict)
  }

  @Test("of what is not there, is settled, or would expire beyond all time is refused, and leaves nothing behind")
  func refused() {
    var shop = shop()
    #expect(shop.ask(.extend(id: "nobody", timeToLive: 1)).reason == .unknownReservation)
    #expect(shop.ask(.extend(id: "order-9", timeToLive: most)).reason == .overflow)
    #expect(shop.ask(.extend(id: "order-9", timeToLive: 0)).isInvalid)
    #expect(shop.ask(.extend(id: "order-9", timeToLive: 5), expecting: 3).reason == nil)
    shop.ask(.adjust(cup, .to(2)))
    #expect(shop.ask(.extend(id: "order-9", timeToLive: 5), expecting: 3).reason == .changed)
    shop.ask(.release(id: "order-9"))
    let refusal = shop.ask(.extend(id: "order-9", timeToLive: 5))
    #expect(refusal.reason == .settled && refusal.detail == .closed(by: shop.lastSequence, .released))
  }

  @Test("leaves a retry of its reserve what it was: the first time to live is its content")
  func retries() {
    var shop = shop()
    shop.ask(.extend(id: "order-9", timeToLive: 5_000))
    let again = shop.ask(.reserve("order-9", cup, 1, customer: "c1", timeToLive: 1_000))
    #expect(again.repeatedSequence == 3 && again.holds == true)
    #expect(shop.ask(.reserve("order-9", cup, 1, customer: "c1", timeToLive: 5_000)).reason == .conflict)
  }

  @Test("in a batch that fails is taken back, with its expiry")
  func batch() {
    var shop = shop()
    let batch: Tallystick.Operation = .batch([.extend(id: "order-9", timeToLive: nil), .reserve("x", cup, 9)])
    #expect(shop.ask(batch).reason == .insufficient)
    shop.now += 1_000
    #expect(shop.ask(.commit(id: "order-9")).reason == .expired)
    #expect(shop.flawOfReplay() == nil)
  }
}
