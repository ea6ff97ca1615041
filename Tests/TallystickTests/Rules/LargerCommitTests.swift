import Testing

@testable import Tallystick

@Suite("Committing more than is held")
struct LargerCommitTests {
  @Test("takes the rest from what is available, in the same event")
  func takesMore() {
    var shop = Shop.with(line(tea, 10_000))
    shop.ask(.reserve("o", tea, 1_000))
    #expect(shop.ask(.commit(id: "o", [line(tea, 1_040)])).reason == .settled)
    #expect(shop.ask(.commitMore(id: "o", [line(tea, 1_040)])).sequence == 4)
    #expect(shop.level(tea)?.onHand == 8_960 && shop.level(tea)?.held == 0)
    #expect(shop.ask(.commitMore(id: "o", [line(tea, 1)])).detail == .closed(by: 4, .committed))
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("is refused if the rest is not there, and then nothing happens")
  func insufficient() {
    var shop = Shop.with(line(tea, 10), line(cup, 5))
    shop.ask(.reserve(id: "o", [line(tea, 4), line(cup, 1)]))
    shop.ask(.reserve("other", tea, 5))
    let refusal = shop.ask(.commitMore(id: "o", [line(tea, 6), line(cup, 2)]))
    #expect(refusal.rejection?.short == [.init(item: tea, asked: 2, available: 1)])
    #expect(shop.ask(.commitMore(id: "o", [line(tea, 5), line(cup, 3)])).isAccepted)
    #expect(shop.level(cup)?.onHand == 2)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("settles less or as much like any commit, and what has been settled may be sold more of")
  func parts() {
    var shop = Shop.with(line(tea, 10), line(cup, 10))
    shop.ask(.reserve(id: "o", [line(tea, 4), line(cup, 1)]))
    shop.ask(.commitMore(id: "o", [line(tea, 1)]))
    #expect(shop.level(tea)?.held == 3)
    shop.ask(.commitMore(id: "o", [line(tea, 3)]))
    #expect(shop.ask(.commitMore(id: "o", [line(tea, 2)])).isAccepted)
    #expect(shop.level(tea)?.onHand == 4)
    #expect(shop.ask(.commitMore(id: "o", [line(teaInBerlin, 1)])).reason == .settled)
    #expect(shop.ask(.commit(id: "o")).isAccepted)
    #expect(shop.ask(.reserve(id: "o", [line(tea, 4), line(cup, 1)])).repeatedState == .committed)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("counts what it takes beyond against the customer's limit, and happens once with a key")
  func limit() {
    var shop = Shop.with(line(tea, 10))
    shop.ask(.limit(tea, 3))
    shop.ask(.reserve("o", tea, 2, customer: "ann"))
    #expect(shop.ask(.commitMore(id: "o", [line(tea, 4)])).reason == .limit)
    let first = shop.ask(.commitMore(id: "o", [line(tea, 3)]), key: "weighed").sequence
    #expect(shop.ask(.reserve("p", tea, 1, customer: "ann")).reason == .limit)
    #expect(shop.ask(.commitMore(id: "o", [line(tea, 3)]), key: "weighed").repeatedSequence == first)
    #expect(shop.ask(.commit(id: "o", [line(tea, 3)]), key: "weighed").reason == .conflict)
    #expect(shop.flawOfReplay() == nil)
  }
}
