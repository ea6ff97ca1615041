import Testing

@testable import Tallystick

@Suite("Amending a reservation")
struct AmendingTests {
  /// Ten of each; `w` holds one tea.
  private func shop(customer: Name? = nil) -> Shop {
    var shop = Shop.with(line(tea, 10), line(cup, 10), line(teaInBerlin, 10))
    shop.ask(.reserve("w", tea, 1, customer: customer))
    return shop
  }

  @Test("holds more of what it has, if that is there, and keeps its place")
  func upwards() {
    var shop = shop()
    shop.ask(.reserve("later", tea, 4))
    #expect(shop.ask(.amend(id: "w", [line(tea, 5)])).isAccepted)
    #expect(shop.available(tea) == 1)
    let refusal = shop.ask(.amend(id: "w", [line(tea, 7)]))
    #expect(refusal.rejection?.short == [.init(item: tea, asked: 2, available: 1)])
    // The oldest place is its own still.
    #expect(shop.ask(.adjust(tea, .by(-2), release: .oldest)).released.map(\.id) == ["w"])
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("adds items, drops items and leaves the others, all of it or nothing")
  func lines() {
    var shop = shop()
    #expect(shop.ask(.amend(id: "w", [line(cup, 2), line(teaInBerlin, 3)])).isAccepted)
    #expect(shop.ask(.amend(id: "w", [line(cup, 11), line(tea, 0)])).reason == .insufficient)
    #expect(shop.level(tea)?.held == 1 && shop.level(cup)?.held == 2)
    #expect(shop.ask(.amend(id: "w", [line(tea, 0), line(cup, 1)])).isAccepted)
    #expect(shop.level(tea)?.held == 0 && shop.level(cup)?.held == 1 && shop.level(teaInBerlin)?.held == 3)
    #expect(shop.ask(.commit(id: "w", [line(tea, 1)])).reason == .settled)
    #expect(shop.ask(.commit(id: "w")).isAccepted)
    #expect(shop.ask(.reserve("w", tea, 1)).repeatedState == .committed)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("to nothing at all is a release, after which it is closed")
  func toNothing() {
    var shop = shop()
    shop.ask(.amend(id: "w", [line(cup, 2)]))
    shop.ask(.commit(id: "w", [line(cup, 1)]))
    #expect(shop.ask(.amend(id: "w", [line(cup, 0), line(tea, 0)])).isAccepted)
    #expect(shop.level(tea)?.held == 0 && shop.level(cup)?.held == 0)
    let again = shop.ask(.reserve("w", tea, 1))
    #expect(again.repeatedState == .mixed && again.holds == false)
    #expect(shop.ask(.amend(id: "w", [line(tea, 1)])).detail == .closed(by: shop.lastSequence, .released))
    // Nobody asked for that release by itself.
    #expect(shop.ask(.release(id: "w")).reason == .settled)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("says what is held, whatever was settled before: the same quantity again is accepted and changes nothing")
  func settled() {
    var shop = shop()
    shop.ask(.amend(id: "w", [line(tea, 6)]))
    shop.ask(.commit(id: "w", [line(tea, 2)]))
    shop.ask(.release(id: "w", [line(tea, 1)]))
    #expect(shop.ask(.amend(id: "w", [line(tea, 3)])).isAccepted)
    #expect(shop.level(tea)?.held == 3)
    #expect(shop.ask(.amend(id: "w", [line(tea, 2), line(tea, 2)])).isAccepted)
    #expect(shop.level(tea)?.held == 4 && shop.level(tea)?.onHand == 8)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("counts against the customer's limit as it takes and gives back")
  func limit() {
    var shop = shop()
    shop.ask(.limit(tea, 4))
    shop.ask(.reserve("ann-1", tea, 2, customer: "ann"))
    #expect(shop.ask(.amend(id: "ann-1", [line(tea, 5)])).reason == .limit)
    #expect(shop.ask(.amend(id: "ann-1", [line(tea, 4)])).isAccepted)
    #expect(shop.ask(.reserve("ann-2", tea, 1, customer: "ann")).reason == .limit)
    #expect(shop.ask(.amend(id: "ann-1", [line(tea, 1)])).isAccepted)
    #expect(shop.ask(.reserve("ann-3", tea, 3, customer: "ann")).isAccepted)
    // Nobody's reservation cannot take more, but less.
    #expect(shop.ask(.amend(id: "w", [line(tea, 2)])).reason == .limit)
    #expect(shop.ask(.amend(id: "w", [line(tea, 1), line(cup, 1)])).isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("of a reservation that is older than the limit asks the limit for all that it would hold")
  func olderThanLimit() {
    var shop = shop(customer: "ann")
    shop.ask(.limit(tea, 3))
    #expect(shop.ask(.amend(id: "w", [line(tea, 4)])).reason == .limit)
    #expect(shop.ask(.amend(id: "w", [line(tea, 3)])).isAccepted)
    // It counts for nothing, and gives nothing back.
    #expect(shop.ask(.reserve("ann-2", tea, 3, customer: "ann")).isAccepted)
    #expect(shop.ask(.amend(id: "w", [line(tea, 1)])).isAccepted)
    #expect(shop.ask(.amend(id: "w", [line(tea, 2)])).reason == .limit)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("is judged in the order of the contract")
  func order() {
    var shop = shop()
    #expect(shop.ask(.amend(id: "nobody", [line(ItemName(sku: "pot"), 1)])).reason == .unknownReservation)
    #expect(shop.ask(.amend(id: "w", [line(ItemName(sku: "pot"), 0)]), expecting: 1).reason == .unknownItem)
    #expect(shop.ask(.amend(id: "w", [line(cup, 11)]), expecting: 4).reason == .changed)
    #expect(shop.ask(.amend(id: "w", [line(cup, 1)]), expecting: shop.lastSequence).isAccepted)
    shop.ask(.adjust(teaInBerlin, .to(9)))
    // Its own items, and those that are named.
    #expect(shop.ask(.amend(id: "w", [line(teaInBerlin, 1)]), expecting: shop.lastSequence - 1).reason == .changed)
    #expect(shop.ask(.amend(id: "w", [])).isInvalid)
    #expect(shop.ask(.amend(id: "w", [line(cup, -1)])).isInvalid)
    shop.ask(.release(id: "w"))
    #expect(shop.ask(.amend(id: "w", [line(ItemName(sku: "pot"), 1)])).reason == .settled)
  }

  @Test("happens once with a key; a retry of its reserve is told by what was asked first")
  func retries() {
    var shop = shop()
    let first = shop.ask(.amend(id: "w", [line(tea, 3)]), key: "call").sequence
    #expect(shop.ask(.amend(id: "w", [line(tea, 2), line(tea, 1)]), key: "call").repeatedSequence == first)
    #expect(shop.ask(.amend(id: "w", [line(tea, 4)]), key: "call").reason == .conflict)
    #expect(shop.ask(.reserve("w", tea, 1)).holds == true)
    let conflict = shop.ask(.reserve("w", tea, 3))
    var differences = Rejection.Differences(first: 5)
    differences.firstLines = [line(tea, 1)]
    differences.lines = [line(tea, 3)]
    #expect(conflict.reason == .conflict && conflict.detail == .differs(differences))
  }

  @Test("in a batch that fails is taken back")
  func batch() {
    var shop = shop(customer: "ann")
    shop.ask(.limit(cup, 5))
    let before = shop.judge.canonicalForm
    let batch: Tallystick.Operation = .batch([
      .amend(id: "w", [line(cup, 3), line(tea, 0)]), .amend(id: "w", [line(cup, 2), line(teaInBerlin, 4)]),
      .amend(id: "w", [line(teaInBerlin, 99)]),
    ])
    #expect(shop.ask(batch).rejection?.index == 2)
    #expect(shop.judge.canonicalForm == before)
    #expect(shop.ask(.reserve("w", tea, 1, customer: "ann")).holds == true)
    #expect(shop.ask(.amend(id: "w", [line(cup, 5)])).isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("may come to as many lines as a cart may have, and not to more")
  func manyLines() throws {
    let items = (0...Limits.maxLinesPerEvent).map { ItemName(sku: Name("sku-\($0)")) }
    var judge = JudgeUnderTest()
    func ask(_ operation: Tallystick.Operation) -> Outcome { judge.judge(Command(operation), clock: 1_000).0 }
    #expect(ask(.receive(items.dropFirst().map { line($0, 5) })).isAccepted)
    #expect(ask(.receive(items[0], 5)).isAccepted)
    #expect(ask(.reserve("w", items[0], 1)).isAccepted)
    let last = items.count - 1
    #expect(ask(.amend(id: "w", items[1..<last].map { line($0, 1) })).isAccepted)
    #expect(ask(.amend(id: "w", [line(items[last], 1)])).isInvalid)
    #expect(ask(.amend(id: "w", [line(items[0], 0), line(items[last], 1)])).isAccepted)
    #expect(try judge.flush() == nil)
  }
}
