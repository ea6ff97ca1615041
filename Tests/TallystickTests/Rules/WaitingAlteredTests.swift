import Testing

@testable import Tallystick

/// What else changes reservations and stock, where somebody waits in line.
@Suite("Waiting in line, and what changes reservations")
struct WaitingAlteredTests {
  /// Ten of tea, all of them held; five cups.
  private var shop: Shop = {
    var shop = Shop.with(line(tea, 10), line(cup, 5))
    shop.ask(.reserve("all", tea, 10))
    return shop
  }()

  @Test("what waits can be made to wait for less, and keeps its place")
  func less() {
    var shop = shop
    shop.ask(.reserve("w", tea, 5, wait: .forever))
    shop.ask(.reserve("behind", tea, 1, wait: .forever))
    #expect(shop.ask(.amend(id: "w", [line(tea, 3)])).isAccepted)
    #expect(shop.level(tea)?.waiting == 4)
    shop.ask(.receive(tea, 2))
    shop.ask(.expire)
    // Two are there, and three are wanted first.
    #expect(shop.level(tea)?.held == 10)
    shop.ask(.receive(tea, 1))
    shop.ask(.expire)
    #expect(shop.level(tea)?.held == 13 && shop.level(tea)?.waiting == 1)
    #expect(shop.ask(.reserve("w", tea, 5)).repeatedState == .open)
    #expect(shop.ask(.commit(id: "w", [line(tea, 4)])).reason == .settled)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("what waits for little enough is filled at once, and so are those behind it")
  func lessIsFilled() {
    var shop = shop
    shop.ask(.reserve("w", tea, 5, wait: .forever))
    shop.ask(.reserve("behind", tea, 1, wait: .forever))
    shop.ask(.receive(tea, 3))
    shop.ask(.amend(id: "w", [line(tea, 2)]))
    #expect(shop.ask(.commit(id: "w")).isAccepted && shop.ask(.commit(id: "behind")).isAccepted)
    #expect(shop.level(tea)?.onHand == 10)
  }

  @Test("a line that is dropped keeps nobody from its item, and the rest of the cart waits on")
  func dropped() {
    var shop = shop
    shop.ask(.reserve(id: "cart", [line(tea, 2), line(cup, 5)], wait: .forever))
    shop.ask(.reserve("cups", cup, 4, wait: .forever))
    #expect(shop.ask(.amend(id: "cart", [line(cup, 0), line(teaInBerlin, 0)])).reason == .unknownItem)
    #expect(shop.ask(.amend(id: "cart", [line(cup, 0)])).isAccepted)
    #expect(shop.ask(.commit(id: "cups")).isAccepted)
    shop.ask(.receive(tea, 2))
    #expect(shop.ask(.commit(id: "cart", [line(tea, 2)])).isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("what is left with nothing to wait for is released")
  func nothingLeft() {
    var shop = shop
    shop.ask(.reserve("w", tea, 11, customer: "ann", wait: .forever))
    shop.ask(.reserve("behind", tea, 1, wait: .forever))
    shop.ask(.receive(tea, 1))
    #expect(shop.ask(.amend(id: "w", [line(tea, 0)])).isAccepted)
    #expect(shop.ask(.commit(id: "behind")).isAccepted)
    #expect(shop.ask(.reserve("w", tea, 11, customer: "ann")).repeatedState == .released)
    #expect(shop.ask(.amend(id: "w", [line(tea, 1)])).reason == .settled)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("what waits cannot be made to wait for more, nor for something else: the refusal says where it stands")
  func more() {
    var shop = shop
    shop.ask(.reserve("w", tea, 2, wait: .forever))
    shop.ask(.receive(tea, 1))
    for lines in [[line(tea, 3)], [line(tea, 1), line(cup, 1)], [line(teaInBerlin, 1)]] {
      let refusal = shop.ask(.amend(id: "w", lines)).rejection
      #expect(refusal?.reason == .settled && refusal?.places.map(\.place) == [1], "\(lines)")
    }
    #expect(shop.level(tea)?.waiting == 2)
  }

  @Test("what waits for less gives its customer's limit back as much")
  func limit() {
    var shop = shop
    shop.ask(.limit(tea, 4))
    shop.ask(.reserve("w", tea, 4, customer: "ann", wait: .forever))
    #expect(shop.ask(.reserve("x", tea, 1, customer: "ann", wait: .forever)).reason == .limit)
    shop.ask(.amend(id: "w", [line(tea, 1)]))
    #expect(shop.ask(.reserve("x", tea, 3, customer: "ann", wait: .forever)).isAccepted)
    shop.ask(.amend(id: "w", [line(tea, 0)]))
    #expect(shop.ask(.reserve("y", tea, 1, customer: "ann", wait: .forever)).isAccepted)
  }

  @Test("a refused batch takes back that somebody waits for less, in part or not at all")
  func takenBack() {
    var shop = shop
    shop.ask(.reserve(id: "w", [line(tea, 3), line(cup, 6)], wait: .forever))
    shop.ask(.reserve("behind", tea, 1, wait: .forever))
    let batch: [Operation] = [
      .amend(id: "w", [line(tea, 1)]), .amend(id: "w", [line(cup, 0)]), .receive(tea, 1),
      .amend(id: "w", [line(tea, 0)]),
    ]
    #expect(shop.ask(.batch(batch + [.commit(id: "nothing")])).rejection?.index == 4)
    #expect(shop.level(tea)?.waiting == 4 && shop.level(cup)?.waiting == 6)
    shop.ask(.receive(tea, 3))
    #expect(shop.ask(.commit(id: "behind")).reason == .settled)
    shop.ask(.receive(cup, 1))
    #expect(shop.ask(.commit(id: "w")).isAccepted)
    #expect(shop.ask(.batch(batch)).rejection?.index == 0)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("what waits has no hold that could be extended, committed with more, or moved")
  func noHold() {
    var shop = shop
    shop.ask(.reserve("w", tea, 1, timeToLive: 50, wait: .milliseconds(50)))
    #expect(shop.ask(.extend(id: "w", timeToLive: 100)).reason == .settled)
    #expect(shop.ask(.commitMore(id: "w", [line(tea, 1)])).reason == .settled)
    #expect(
      shop.ask(.transferWith(sku: "tea", quantity: 1, from: "main", to: "berlin", .of(["w"]))).reason == .settled)
    // With all goes who holds something.
    #expect(shop.ask(.transferWith(sku: "tea", quantity: 10, from: "main", to: "berlin", .all)).isAccepted)
    #expect(shop.level(tea)?.waiting == 1 && shop.level(teaInBerlin)?.held == 10)
  }

  @Test("an amendment upwards and a commit of more are newcomers for what they take beyond what they hold")
  func newcomers() {
    var shop = shop
    shop.ask(.reserve("cups", cup, 2))
    shop.ask(.reserve(id: "cart", [line(tea, 1), line(cup, 2)], wait: .forever))
    #expect(
      shop.ask(.amend(id: "cups", [line(cup, 4)])).rejection?.short == [
        .init(item: cup, asked: 2, available: 1, waiting: 2)
      ])
    #expect(shop.ask(.commitMore(id: "cups", [line(cup, 4)])).reason == .insufficient)
    #expect(shop.ask(.amend(id: "cups", [line(cup, 3)])).isAccepted)
    #expect(shop.ask(.commitMore(id: "cups", [line(cup, 4)])).reason == .insufficient)
    // What it gives, the line gets.
    #expect(shop.ask(.amend(id: "all", [line(tea, 9)])).isAccepted)
    #expect(shop.ask(.commit(id: "cart")).isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("a filled reservation is extended, amended, moved and returned like any other")
  func filledIsAHold() {
    var shop = shop
    shop.ask(.reserve("w", tea, 3, customer: "ann", timeToLive: 50, wait: .forever))
    shop.ask(.receive(tea, 4))
    #expect(shop.ask(.extend(id: "w", timeToLive: 1_000)).isAccepted)
    #expect(shop.ask(.amend(id: "w", [line(tea, 4)])).isAccepted)
    #expect(shop.ask(.transferWith(sku: "tea", quantity: 4, from: "main", to: "berlin", .of(["w"]))).isAccepted)
    shop.now += 999
    #expect(shop.ask(.commit(id: "w")).isAccepted)
    #expect(shop.ask(.returnedOf(order: "w", [line(teaInBerlin, 4)])).isAccepted)
    #expect(shop.ask(.reserve("w", tea, 3, customer: "ann", timeToLive: 50)).repeatedState == .committed)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("of what waits nothing has been sold that could come back")
  func nothingSold() {
    var shop = shop
    shop.ask(.reserve("w", tea, 3, wait: .forever))
    #expect(shop.ask(.returnedOf(order: "w", [line(tea, 1)])).reason == .settled)
  }

  @Test("goods that come back of an order, or that an adjustment frees of others' lines, go to the line")
  func freed() {
    var shop = shop
    shop.ask(.commit(id: "all", [line(tea, 10)]))
    shop.ask(.reserve("w", tea, 2, wait: .forever))
    shop.ask(.returnedOf(order: "all", [line(tea, 2)]))
    #expect(shop.ask(.commit(id: "w")).isAccepted)
    shop.ask(.receive(tea, 1))
    shop.ask(.reserve(id: "cart", [line(tea, 1), line(cup, 5)]))
    shop.ask(.reserve("x", cup, 1, wait: .forever))
    #expect(shop.ask(.adjust(tea, .to(0), release: .newestTrimmed)).isAccepted)
    #expect(shop.level(cup)?.waiting == 1)
    shop.ask(.receive(tea, 1))
    shop.ask(.reserve("y", tea, 1))
    shop.ask(.amend(id: "cart", [line(cup, 4)]))
    #expect(shop.ask(.commit(id: "x")).isAccepted)
  }

  @Test("a lowered floor fills who waits; a raised one may take what others wait for")
  func floors() {
    var shop = shop
    shop.ask(.floor(cup, 3))
    shop.ask(.reserve("w", cup, 3, wait: .forever))
    #expect(shop.level(cup)?.waiting == 3)
    shop.ask(.floor(cup, 4))
    shop.ask(.receive(cup, 1))
    #expect(shop.ask(.commit(id: "w")).reason == .settled)
    shop.ask(.floor(cup, 3))
    #expect(shop.ask(.commit(id: "w")).isAccepted)
    #expect(shop.ask(.reserve("x", cup, 1)).reason == .insufficient)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("a line at any location does not wait, and takes nothing that others wait for")
  func anywhere() {
    let anywhere = ItemName(sku: "tea", location: "*")
    var shop = Shop.with(line(tea, 2), line(teaInBerlin, 2))
    shop.ask(.reserve("w", tea, 3, wait: .forever))
    #expect(
      shop.ask(.reserve("a", anywhere, 3, wait: .forever)).rejection?.short == [
        .init(item: anywhere, asked: 3, available: 2)
      ])
    #expect(shop.ask(.reserve(id: "a", [line(anywhere, 1), line(tea, 1)], wait: .forever)).reason == .insufficient)
    #expect(shop.ask(.reserve("a", anywhere, 2, wait: .forever)) == .accepted(Acceptance(sequence: 5)))
    #expect(shop.level(teaInBerlin)?.held == 2 && shop.level(tea)?.held == 0)
  }

  @Test("a refusal names what of it a newcomer could have elsewhere")
  func elsewhere() {
    var shop = Shop.with(line(tea, 1), line(teaInBerlin, 3))
    shop.ask(.reserve("w", teaInBerlin, 4, wait: .forever))
    #expect(shop.ask(.reserve("a", tea, 2)).rejection?.elsewhere == [])
  }

  @Test("what is made of parts waits for its parts, which the recipe gave it when it came")
  func parts() {
    var shop = shop
    let set = ItemName(sku: "set")
    shop.ask(.recipe(set, [line(tea, 2), line(cup, 1)]))
    #expect(
      shop.ask(.reserve("w", set, 2, timeToLive: 50, wait: .forever))
        == .accepted(Acceptance(sequence: 7, state: .waiting)))
    #expect(shop.level(tea)?.waiting == 4 && shop.level(cup)?.waiting == 2)
    shop.ask(.recipe(set, [line(cup, 1)]))
    // Three cups are left beside those that it waits for, and no tea.
    #expect(shop.ask(.reserve("x", set, 4)).reason == .insufficient)
    #expect(shop.ask(.reserve("x", set, 3)).isAccepted)
    #expect(shop.ask(.amend(id: "w", [line(tea, 3)])).isAccepted)
    shop.ask(.receive(tea, 3))
    #expect(shop.ask(.commit(id: "w", [line(tea, 3), line(cup, 2)])).isAccepted)
    #expect(shop.ask(.reserve("w", set, 2, timeToLive: 50)).repeatedState == .committed)
    #expect(shop.ask(.reserve("w", set, 2)).reason == .conflict)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("what gave up waiting can be reopened if it is there, as a newcomer")
  func reopened() {
    var shop = shop
    shop.ask(.reserve("w", tea, 3, wait: .milliseconds(10)))
    shop.ask(.reserve("x", tea, 2, wait: .forever))
    #expect(shop.ask(.reopen(id: "w", timeToLive: nil)).reason == .conflict)
    shop.now += 10
    #expect(shop.ask(.reopen(id: "w", timeToLive: nil)).reason == .insufficient)
    shop.ask(.receive(tea, 4))
    shop.ask(.expire)
    // Two are left beside those of the one who waited.
    #expect(shop.ask(.reopen(id: "w", timeToLive: nil)).reason == .insufficient)
    shop.ask(.receive(tea, 1))
    shop.ask(.reserve(id: "y", [line(tea, 1), line(cup, 6)], wait: .forever))
    #expect(shop.ask(.reopen(id: "w", timeToLive: 20)).reason == .insufficient)
    shop.ask(.release(id: "y"))
    #expect(shop.ask(.reopen(id: "w", timeToLive: 20)).isAccepted)
    #expect(shop.ask(.amend(id: "w", [line(tea, 2)])).isAccepted)
    shop.now += 20
    #expect(shop.ask(.commit(id: "w")).reason == .expired)
    #expect(shop.flawOfReplay() == nil)
  }
}
