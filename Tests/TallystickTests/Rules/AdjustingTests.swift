import Testing

@testable import Tallystick

@Suite("Adjusting")
struct AdjustingTests {
  /// 10 of tea, of which a holds 2, b 3, c 4 and a cup: 1 available.
  private var shop: Shop = {
    var shop = Shop.with(line(tea, 10), line(cup, 1))
    shop.ask(.reserve("a", tea, 2))
    shop.ask(.reserve("b", tea, 3))
    shop.ask(.reserve(id: "c", [line(tea, 4), line(cup, 1)]))
    return shop
  }()
  private func state(of id: Name, in shop: Shop) -> ReservationState? {
    shop.model.books.reservation(id)?.state
  }

  @Test("on hand becomes what was counted, or changes by the difference")
  func plain() {
    var shop = shop
    #expect(shop.ask(.adjust(tea, .to(9))).sequence == 7)
    #expect(shop.ask(.adjust(tea, .by(5))).sequence == 8)
    #expect(shop.level(tea) == StockLevel(item: tea, onHand: 14, held: 9, limit: nil, sequence: 8))
  }

  @Test("to what is there already is an event of change 0")
  func noChange() {
    var shop = shop
    #expect(shop.ask(.adjust(tea, .to(10))).sequence == 7)
    #expect(shop.level(tea)?.sequence == 7)
  }

  @Test("below what is held it is insufficient")
  func insufficient() {
    var shop = shop
    let short = [Rejection.Shortage(item: tea, asked: 2, available: 1)]
    #expect(shop.ask(.adjust(tea, .to(8))).rejection == Rejection(.insufficient, at: 6, short: short))
    #expect(shop.ask(.adjust(tea, .by(-2))).rejection == Rejection(.insufficient, at: 6, short: short))
    #expect(shop.ask(.adjust(tea, .by(-most))).rejection?.short.first?.asked == most)
  }

  @Test("newest: whole reservations are released from the last one made, only as many as needed, in one step")
  func newest() {
    var shop = shop
    #expect(shop.ask(.adjust(tea, .to(8), release: .newest)).sequence == 8)
    #expect(shop.model.events.suffix(2).map(\.kind) == [.released, .adjusted])
    #expect(shop.model.events.suffix(2).map(\.more) == [true, false])
    #expect(shop.level(tea)?.held == 5)
    #expect(shop.available(cup) == 1)
    #expect(state(of: "c", in: shop) == .released)
    #expect(state(of: "b", in: shop) == .open)
  }

  @Test("oldest: from the first one made")
  func oldest() {
    var shop = shop
    #expect(shop.ask(.adjust(tea, .by(-4), release: .oldest)).sequence == 9)
    #expect(state(of: "a", in: shop) == .released)
    #expect(state(of: "b", in: shop) == .released)
    #expect(shop.level(tea)?.held == 4)
  }

  @Test("to nothing releases every hold of the item and no other")
  func toNothing() {
    var shop = shop
    shop.ask(.receive(cup, 1))
    shop.ask(.reserve("d", cup, 1))
    #expect(shop.ask(.adjust(tea, .to(0), release: .oldest)).sequence == 12)
    #expect(shop.level(tea)?.held == 0)
    #expect(shop.level(cup)?.held == 1)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("a reservation that no longer holds the item is left alone")
  func settledLine() {
    var shop = shop
    shop.ask(.release(id: "c", [line(tea, 4)]))
    shop.ask(.adjust(tea, .to(0), release: .newest))
    #expect(state(of: "c", in: shop) == .partlySettled)
    #expect(shop.level(cup)?.held == 1)
  }

  @Test("what even releasing all does not allow is insufficient, with nothing done")
  func neverEnough() {
    var shop = shop
    let rejection = shop.ask(.adjust(tea, .by(-11), release: .newest)).rejection
    #expect(rejection == Rejection(.insufficient, at: 6, short: [.init(item: tea, asked: 11, available: 1)]))
    #expect(shop.level(tea)?.held == 9)
  }

  @Test("nothing is released when it is not needed")
  func notNeeded() {
    var shop = shop
    #expect(shop.ask(.adjust(tea, .to(9), release: .newest)).sequence == 7)
    #expect(shop.level(tea)?.held == 9)
  }

  @Test("a release by an adjustment is no target of a repeat")
  func noRepeatTarget() {
    var shop = shop
    shop.ask(.adjust(tea, .to(5), release: .newest))
    #expect(shop.ask(.release(id: "c")).reason == .settled)
    #expect(shop.ask(.commit(id: "c")).reason == .settled)
    #expect(shop.ask(.reserve(id: "c", [line(cup, 1), line(tea, 4)])).repeatedState == .released)
  }

  @Test("beyond 2^53 − 1 is an overflow; up to it is not")
  func overflow() {
    var shop = shop
    #expect(shop.ask(.adjust(tea, .by(most - 9))).rejection == Rejection(.overflow, at: 6, item: tea))
    #expect(shop.ask(.adjust(tea, .to(most))).isAccepted)
    #expect(shop.ask(.adjust(tea, .by(1))).reason == .overflow)
  }

  @Test("more releases than one step may hold are refused, with nothing done; as many as it may are made")
  func releasesBeyondAStep() {
    var judge = Judge(log: JudgeUnderTest.log)
    var events = EventColumns(firstSequence: 1)
    let most = Judge.maxStepEvents / 2
    #expect(judge.judge(Command(.receive(tea, Int64(most) + 1)), clock: 1, into: &events).isAccepted)
    for number in 0...most {
      let line = LineEntry(item: ItemNumber(0), quantity: 1)
      judge.state.hold(id: CompactName(Name("order-\(number)")), line, expires: 0, time: 1)
    }
    events = EventColumns(firstSequence: judge.state.lastSequence + 1)
    let outcome = judge.judge(Command(.adjust(tea, .to(0), release: .newest)), clock: 1, into: &events)
    guard case .invalid(let flaw) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(flaw.contains("would release \(most + 1) reservations"))
    #expect(events.isEmpty)
    #expect(judge.judge(Command(.adjust(tea, .to(1), release: .newest)), clock: 1, into: &events).isAccepted)
    #expect(events.count == most + 1)
  }

  @Test("an item that does not exist is unknown")
  func unknown() {
    var shop = shop
    let there = [Rejection.Place(item: tea, available: 1)]
    let rejection = shop.ask(.adjust(teaInBerlin, .to(0))).rejection
    #expect(rejection == Rejection(.unknownItem, at: 6, item: teaInBerlin, elsewhere: there))
  }
}
