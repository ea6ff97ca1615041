import Testing

@testable import Tallystick

@Suite("Expiring")
struct ExpiringTests {
  private var shop: Shop = {
    var shop = Shop.with(line(tea, 1))
    shop.ask(.reserve("o", tea, 1, timeToLive: 100))
    return shop
  }()

  @Test("a hold past its time never blocks stock")
  func freesStock() {
    var shop = shop
    shop.now += 100
    #expect(shop.ask(.reserve("p", tea, 1)).sequence == 5)
    #expect(shop.model.events.map(\.kind) == [.itemRegistered, .received, .reserved, .expired, .reserved])
  }

  @Test("a hold is due at its time, not a millisecond earlier")
  func boundary() {
    var shop = shop
    shop.now += 99
    #expect(shop.ask(.reserve("p", tea, 1)).reason == .insufficient)
    shop.now += 1
    #expect(shop.ask(.reserve("p", tea, 1)).isAccepted)
  }

  @Test("it expires at the command's time even if the command is then rejected")
  func evenIfRejected() {
    var shop = shop
    shop.now += 500
    #expect(shop.ask(.commit(id: "o")).rejection == Rejection(.expired, at: 4))
    #expect(shop.model.events.last?.time == shop.now)
    #expect(shop.available(tea) == 1)
  }

  @Test("a command with a wrong time or form expires nothing")
  func notBeforeFormAndTime() {
    var shop = shop
    shop.now += 500
    #expect(shop.ask(.receive([])).isInvalid)
    #expect(shop.ask(.receive(tea, 1), at: shop.now + 60_001).reason == .time)
    #expect(shop.lastSequence == 3)
  }

  @Test("an explicit time makes holds due, whatever the clock says")
  func explicitTime() {
    var shop = shop
    #expect(shop.ask(.receive(tea, 1), at: shop.now + 100).sequence == 5)
  }

  @Test("holds expire by their time, then by sequence number")
  func order() {
    var shop = Shop.with(line(tea, 9))
    shop.ask(.reserve("late", tea, 1, timeToLive: 300))
    shop.ask(.reserve("second", tea, 1, timeToLive: 200))
    shop.ask(.reserve("third", tea, 1, timeToLive: 200))
    shop.now += 100
    shop.ask(.reserve("first", tea, 1, timeToLive: 99))
    shop.ask(.reserve("never", tea, 1))
    shop.now += 500
    shop.ask(.receive(tea, 1))
    let expired = shop.model.events.compactMap { event -> UInt64? in
      if case .expired(let reservation, _) = event.what { return reservation }
      return nil
    }
    #expect(expired == [6, 4, 5, 3])
    #expect(shop.level(tea)?.held == 1)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("only what is still open expires, and the reservation is closed then")
  func partlySettled() {
    var shop = Shop.with(line(tea, 5))
    shop.ask(.reserve("o", tea, 3, timeToLive: 100))
    shop.ask(.commit(id: "o", [line(tea, 1)]))
    shop.now += 100
    #expect(shop.ask(.commit(id: "o", [line(tea, 1)])).reason == .expired)
    #expect(shop.ask(.release(id: "o")).reason == .expired)
    #expect(shop.ask(.commit(id: "o", [line(cup, 1)])).reason == .expired)
    #expect(shop.level(tea)?.onHand == 4)
    #expect(shop.ask(.reserve("o", tea, 3, timeToLive: 100)).repeatedState == .mixed)
  }

  @Test("an expire does nothing else, and answers with the last event, whether or not something was due")
  func onlyExpiring() {
    var shop = shop
    #expect(shop.ask(.expire).sequence == 3)
    shop.now += 100
    #expect(shop.ask(.expire, at: shop.now - 1).sequence == 3)
    #expect(shop.ask(.expire).sequence == 4)
    #expect(shop.available(tea) == 1 && shop.lastSequence == 4)
    #expect(shop.ask(.expire, at: shop.now - 1).reason == .time)
    #expect(shop.ask(.expire, key: "k").isInvalid)
    #expect(shop.ask(.expire, expecting: 4).isInvalid)
    #expect(shop.ask(.batch([.expire])).isInvalid)
    var empty = Shop()
    #expect(empty.ask(.expire).sequence == 0)
  }

  @Test("a settled reservation never expires")
  func settled() {
    var shop = shop
    shop.ask(.commit(id: "o"))
    shop.now += 1_000
    #expect(shop.ask(.receive(tea, 1)).sequence == 5)
  }

  @Test("a hold stays due however many are settled before they are due")
  func manySettled() {
    var judge = Judge(log: JudgeUnderTest.log)
    var events = EventColumns(firstSequence: 1)
    _ = judge.judge(Command(.receive(tea, 3)), clock: 1, into: &events)
    _ = judge.judge(Command(.reserve("first", tea, 1, timeToLive: 1_000)), clock: 1, into: &events)
    for number in 0..<2_000 {
      let id = Name("order-\(number)")
      _ = judge.judge(Command(.reserve(id, tea, 1, timeToLive: 10_000)), clock: 1, into: &events)
      _ = judge.judge(Command(.release(id: id)), clock: 1, into: &events)
    }
    _ = judge.judge(Command(.reserve("last", tea, 1, timeToLive: 1_000)), clock: 1, into: &events)
    // Entries of settled holds go once they are the most.
    #expect(judge.state.due.count < 1_500)
    #expect(judge.judge(Command(.reserve("next", tea, 3)), clock: 1_000, into: &events).reason == .insufficient)
    #expect(judge.judge(Command(.reserve("next", tea, 3)), clock: 1_001, into: &events).isAccepted)
    #expect(judge.state.openCount == 1)
  }

  @Test("time and time to live may reach 2^53 − 1, and beyond is an overflow")
  func overflow() {
    var shop = Shop.with(line(tea, 2))
    #expect(shop.ask(.reserve("o", tea, 1, timeToLive: most - shop.now)).isAccepted)
    #expect(shop.ask(.reserve("p", tea, 1, timeToLive: most - shop.now + 1)).rejection == Rejection(.overflow, at: 3))
    #expect(shop.ask(.reserve("p", tea, 2, timeToLive: most)).reason == .insufficient)
  }
}
