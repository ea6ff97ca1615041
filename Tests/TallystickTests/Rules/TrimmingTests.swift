import Testing

@testable import Tallystick

@Suite("Adjusting what is held, and trimming")
struct TrimmingTests {
  /// Ten tea, of which a, b and c hold 3 each; b holds cups, too.
  private func shop() -> Shop {
    var shop = Shop.with(line(tea, 10), line(cup, 10))
    shop.ask(.reserve("a", tea, 3, customer: "c1"))
    shop.ask(.reserve(id: "b", [line(tea, 3), line(cup, 2)], customer: "c2"))
    shop.ask(.reserve("c", tea, 3))
    return shop
  }

  @Test("a refusal says who holds, and whom a release would let go")
  func whoHolds() {
    var shop = shop()
    let refusal = shop.ask(.adjust(tea, .to(5)))
    #expect(
      refusal.detail
        == .held(
          .init(
            holders: [
              .init(id: "a", customer: "c1", quantity: 3), .init(id: "b", customer: "c2", quantity: 3),
              .init(id: "c", customer: nil, quantity: 3),
            ], others: 0, units: 9, newest: ["c", "b"], newestCount: 2)))
    guard case .held(let holders) = shop.ask(.adjust(tea, .by(-11))).detail else { return #expect(Bool(false)) }
    #expect(holders.newestCount == 0)
  }

  @Test("the answer lists whose holds were released, and what they held")
  func whoseHolds() {
    var shop = shop()
    let answer = shop.ask(.adjust(tea, .to(5), release: .newest))
    #expect(
      answer.released == [
        .init(id: "c", customer: nil, lines: [line(tea, 3)]),
        .init(id: "b", customer: "c2", lines: [line(tea, 3), line(cup, 2)]),
      ])
    #expect(shop.ask(.adjust(tea, .to(4), release: .newest)).released == [])
  }

  @Test("trimmed, only the units that are missing go, newest first, and the rest of the order stays")
  func newest() {
    var shop = shop()
    let answer = shop.ask(.adjust(tea, .to(5), release: .newestTrimmed))
    #expect(
      answer.released == [
        .init(id: "c", customer: nil, lines: [line(tea, 3)]), .init(id: "b", customer: "c2", lines: [line(tea, 1)]),
      ])
    #expect(shop.level(tea)?.held == 5 && shop.level(tea)?.onHand == 5 && shop.level(cup)?.held == 2)
    #expect(shop.ask(.reserve("c", tea, 3)).holds == false)
    #expect(shop.ask(.commit(id: "b", [line(tea, 2), line(cup, 2)])).isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("trimmed, the oldest may come first, and a customer's limit gets its units back")
  func oldest() {
    var shop = Shop.with(line(tea, 10))
    shop.ask(.limit(tea, 6))
    shop.ask(.reserve("a", tea, 6, customer: "c1"))
    #expect(shop.ask(.adjust(tea, .by(-6), release: .oldestTrimmed)).released.map(\.lines) == [[line(tea, 2)]])
    #expect(shop.ask(.adjust(tea, .by(3))).isAccepted)
    #expect(shop.ask(.reserve("b", tea, 3, customer: "c1")).reason == .limit)
    #expect(shop.ask(.reserve("b", tea, 2, customer: "c1")).isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("the same key with another policy, or with whole orders, is a conflict")
  func keyed() {
    var shop = shop()
    let trimmed: Tallystick.Operation = .adjust(tea, .to(5), release: .newestTrimmed)
    let first = shop.ask(trimmed, key: "count").sequence
    #expect(shop.ask(trimmed, key: "count").repeatedSequence == first)
    #expect(shop.ask(.adjust(tea, .to(5), release: .newest), key: "count").reason == .conflict)
  }
}
