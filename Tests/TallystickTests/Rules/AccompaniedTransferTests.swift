import Testing

@testable import Tallystick

@Suite("Moving goods with the holds on them")
struct AccompaniedTransferTests {
  /// Ten tea, of which `pre-1` holds 6 and `pre-2` 3.
  private func shop() -> Shop {
    var shop = Shop.with(line(tea, 10), line(cup, 5))
    shop.ask(.reserve(id: "pre-1", [line(tea, 6), line(cup, 1)], customer: "ann"))
    shop.ask(.reserve("pre-2", tea, 3, timeToLive: 1_000))
    return shop
  }

  private func move(_ quantity: Int64, _ holds: HoldSelection) -> Tallystick.Operation {
    .transferWith(sku: "tea", quantity: quantity, from: "main", to: "berlin", holds)
  }

  @Test("takes the holds along, and they keep their ids, places and time limits")
  func all() {
    var shop = shop()
    #expect(shop.ask(move(10, .all)).isAccepted)
    #expect(shop.level(tea)?.onHand == 0 && shop.level(tea)?.held == 0)
    #expect(shop.level(teaInBerlin)?.onHand == 10 && shop.level(teaInBerlin)?.held == 9)
    #expect(shop.ask(.commit(id: "pre-1", [line(teaInBerlin, 6)])).isAccepted)
    #expect(shop.ask(.reserve("pre-2", tea, 3, timeToLive: 1_000)).holds == true)
    shop.now += 1_000
    #expect(shop.ask(.expire).isAccepted)
    #expect(shop.available(teaInBerlin) == 4 && shop.level(cup)?.held == 1)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("of all meets the oldest claims first, the last of them in part, and available goods go last")
  func oldestFirst() {
    var shop = shop()
    #expect(shop.ask(move(7, .all)).isAccepted)
    #expect(shop.level(tea)?.held == 2 && shop.level(teaInBerlin)?.held == 7)
    #expect(shop.ask(.commit(id: "pre-2", [line(tea, 2), line(teaInBerlin, 1)])).isAccepted)
    #expect(shop.ask(move(2, .all)).rejection?.short == [.init(item: tea, asked: 2, available: 1)])
    #expect(shop.ask(move(1, .all)).isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("of those that are named takes all that each holds there, or nothing")
  func named() {
    var shop = shop()
    #expect(shop.ask(move(5, .of(["pre-1"]))).rejection?.short == [.init(item: tea, asked: 6, available: 5)])
    #expect(shop.ask(move(8, .of(["pre-1"]))).rejection?.short == [.init(item: tea, asked: 2, available: 1)])
    #expect(shop.ask(move(7, .of(["pre-1", "pre-1"])), key: "arrival").isAccepted)
    #expect(shop.ask(move(7, .of(["pre-1"])), key: "arrival").repeatedSequence == shop.lastSequence)
    #expect(shop.ask(move(7, .all), key: "arrival").reason == .conflict)
    #expect(shop.ask(move(3, .of(["pre-2", "pre-1"]))).reason == .settled)
    #expect(shop.ask(move(3, .of(["nobody"]))).reason == .unknownReservation)
    shop.ask(.release(id: "pre-2"))
    #expect(shop.ask(move(1, .of(["pre-2"]))).detail == .closed(by: shop.lastSequence, .released))
    #expect(shop.ask(move(1, .of([]))).isInvalid)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("asks no limit, and the customer's counts move along")
  func limits() {
    var shop = Shop.with(line(tea, 10), line(teaInBerlin, 1))
    shop.ask(.limit(tea, 6))
    shop.ask(.limit(teaInBerlin, 2))
    shop.ask(.reserve("a", tea, 6, customer: "ann"))
    #expect(shop.ask(move(4, .all)).isAccepted)
    #expect(shop.ask(.reserve("b", tea, 4, customer: "ann")).isAccepted)
    #expect(shop.ask(.reserve("c", teaInBerlin, 1, customer: "ann")).reason == .limit)
    shop.ask(.release(id: "a"))
    #expect(shop.ask(.reserve("c", teaInBerlin, 2, customer: "ann")).isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("leaves what was settled before where it was, and joins what is held there already")
  func joined() {
    var shop = shop()
    shop.ask(.receive(teaInBerlin, 4))
    shop.ask(.amend(id: "pre-1", [line(teaInBerlin, 2)]))
    shop.ask(.commit(id: "pre-1", [line(tea, 2)]))
    #expect(shop.ask(move(4, .of(["pre-1"]))).isAccepted)
    #expect(shop.level(teaInBerlin)?.held == 6 && shop.level(tea)?.held == 3)
    #expect(shop.ask(.commit(id: "pre-1")).isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("of what one of several ids does not hold says which id that is")
  func whichOne() {
    var shop = shop()
    let unknown = shop.ask(move(6, .of(["pre-1", "nobody"]))).rejection
    #expect(unknown?.reason == .unknownReservation && unknown?.reservation == "nobody")
    shop.ask(.reserve("cups", cup, 1))
    let other = shop.ask(move(6, .of(["pre-1", "cups"]))).rejection
    #expect(other?.reason == .settled && other?.reservation == "cups")
    shop.ask(.release(id: "pre-1"))
    let closed = shop.ask(move(6, .of(["pre-1"]))).rejection
    #expect(closed?.reason == .settled && closed?.reservation == "pre-1")
  }

  @Test("in a batch that fails is taken back, with the new location")
  func batch() {
    var shop = shop()
    let before = shop.judge.canonicalForm
    #expect(shop.ask(.batch([move(9, .all), .commit(id: "nobody")])).reason == .unknownReservation)
    #expect(shop.judge.canonicalForm == before)
    #expect(shop.ask(.reserve(id: "pre-1", [line(tea, 6), line(cup, 1)], customer: "ann")).holds == true)
    #expect(shop.flawOfReplay() == nil)
  }
}
