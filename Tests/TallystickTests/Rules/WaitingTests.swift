import Testing

@testable import Tallystick

@Suite("Waiting in line")
struct WaitingTests {
  /// Ten of tea, all of them held; five cups.
  private var shop: Shop = {
    var shop = Shop.with(line(tea, 10), line(cup, 5))
    shop.ask(.reserve("all", tea, 10))
    return shop
  }()

  /// The events since `sequence`, in words.
  private func story(_ shop: Shop, since sequence: UInt64) -> [String] {
    shop.model.events.filter { $0.sequence > sequence }.map { event in
      switch event.what {
      case .filled(let reservation): "filled \(reservation)"
      case .expired(let reservation, _): "expired \(reservation)"
      default: "\(event.kind.name)"
      }
    }
  }

  @Test("what cannot be held whole now is accepted, waits, and holds nothing")
  func waits() {
    var shop = shop
    let answer = shop.ask(.reserve("w", tea, 3, wait: .forever))
    #expect(answer == .accepted(Acceptance(sequence: 5, state: .waiting)))
    #expect(
      shop.level(tea) == StockLevel(item: tea, onHand: 10, held: 10, waiting: 3, sequence: 5))
    #expect(story(shop, since: 4) == ["waiting"])
  }

  @Test("what can be held at once is held, and no waiting is told of")
  func holdsAtOnce() {
    var shop = shop
    #expect(shop.ask(.reserve("w", cup, 5, wait: .forever)) == .accepted(Acceptance(sequence: 5)))
    #expect(story(shop, since: 4) == ["reserved"])
  }

  @Test("a cart of which one line is short waits as a whole")
  func wholeCart() {
    var shop = shop
    shop.ask(.reserve(id: "w", [line(tea, 1), line(cup, 2)], wait: .forever))
    #expect(shop.level(cup)?.held == 0 && shop.level(cup)?.waiting == 2)
    shop.ask(.receive(tea, 1))
    shop.ask(.expire)
    #expect(shop.level(cup)?.held == 2 && shop.level(tea)?.held == 11)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("each way in which stock becomes available fills who waits, before the next command is judged")
  func waysToBeFilled() {
    let ways: [Operation] = [
      .receive(tea, 3), .returned([line(tea, 3)]), .release(id: "all"), .release(id: "all", [line(tea, 3)]),
      .adjust(tea, .by(3)), .adjust(tea, .to(13)),
    ]
    for way in ways {
      var shop = shop
      shop.ask(.reserve("w", tea, 3, wait: .forever))
      shop.ask(way)
      #expect(shop.ask(.reserve("late", tea, 11)).reason == .insufficient, "\(way)")
      #expect(shop.ask(.commit(id: "w")).isAccepted, "\(way)")
    }
    var moved = shop
    moved.ask(.receive(teaInBerlin, 4))
    moved.ask(.reserve("w", tea, 3, wait: .forever))
    moved.ask(.transferTea(3, from: "berlin", to: "main"))
    #expect(moved.ask(.commit(id: "w")).isAccepted)
    var due = Shop.with(line(tea, 1))
    due.ask(.reserve("o", tea, 1, timeToLive: 100))
    due.ask(.reserve("w", tea, 1, wait: .forever))
    due.now += 100
    #expect(due.ask(.commit(id: "w")).isAccepted)
    #expect(story(due, since: 4) == ["expired 3", "filled 4", "committed"])
  }

  @Test("they are served by their sequence numbers, and nobody overtakes: not with less, not on another item's account")
  func inOrder() {
    var shop = shop
    shop.ask(.reserve("large", tea, 5, wait: .forever))
    shop.ask(.reserve("small", tea, 1, wait: .forever))
    shop.ask(.receive(tea, 4))
    // Four are there, and five are wanted first.
    #expect(
      shop.ask(.reserve("newcomer", tea, 1)).rejection?.short == [
        .init(item: tea, asked: 1, available: 0, waiting: 6)
      ])
    #expect(shop.level(tea)?.waiting == 6)
    shop.ask(.receive(tea, 2))
    shop.ask(.expire)
    #expect(story(shop, since: 7) == ["received", "filled 5", "filled 6"])
    #expect(shop.level(tea)?.waiting == 0)
  }

  @Test("a newcomer gets what is left beside all that others wait for")
  func newcomer() {
    var shop = shop
    shop.ask(.reserve(id: "cart", [line(tea, 1), line(cup, 3)], wait: .forever))
    #expect(
      shop.ask(.reserve("three", cup, 3)).rejection?.short == [
        .init(item: cup, asked: 3, available: 2, waiting: 3)
      ])
    #expect(shop.ask(.reserve("two", cup, 2)).isAccepted)
    #expect(shop.ask(.reserve("one", cup, 1, wait: .forever)).sequence == 7)
    shop.ask(.release(id: "cart"))
    shop.ask(.expire)
    #expect(story(shop, since: 7) == ["released", "filled 7"])
  }

  @Test("a cart that is blocked on one item keeps its place on the others, however often they come and go")
  func blockedElsewhere() {
    var shop = shop
    shop.ask(.reserve(id: "cart", [line(tea, 2), line(cup, 6)], wait: .forever))
    shop.ask(.reserve("behind", tea, 2, wait: .forever))
    shop.ask(.receive(tea, 2))
    shop.ask(.expire)
    #expect(shop.level(tea)?.waiting == 4)
    shop.ask(.adjust(tea, .to(10)))
    shop.ask(.receive(cup, 1))
    shop.ask(.expire)
    #expect(shop.level(tea)?.waiting == 4)
    shop.ask(.receive(tea, 2))
    shop.ask(.expire)
    #expect(shop.level(tea)?.waiting == 2 && shop.level(cup)?.held == 6)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("fillings have the time of the command that made them possible, whenever the next one comes")
  func time() {
    var shop = shop
    shop.ask(.reserve("w", tea, 1, timeToLive: 50, wait: .milliseconds(100)))
    shop.now += 60
    shop.ask(.receive(tea, 1))
    let received = shop.now
    // It would have given up by now, and its hold has expired.
    shop.now += 60
    shop.ask(.expire)
    #expect(story(shop, since: 5) == ["received", "filled 5", "expired 5"])
    #expect(shop.model.events[6].time == received)
  }

  @Test("the hold's time limit begins when it is filled")
  func timeToLive() {
    var shop = shop
    shop.ask(.reserve("w", tea, 1, timeToLive: 50, wait: .forever))
    shop.now += 1_000
    shop.ask(.receive(tea, 1))
    shop.now += 49
    shop.ask(.expire)
    #expect(shop.level(tea)?.held == 11)
    shop.now += 1
    shop.ask(.expire)
    #expect(shop.level(tea)?.held == 10)
    #expect(shop.ask(.commit(id: "w")).reason == .expired)
  }

  @Test("who waits gives up when its time is over, in one order with holds that are due, before anybody is filled")
  func givesUp() {
    var shop = Shop.with(line(tea, 1))
    shop.ask(.reserve("o", tea, 1, timeToLive: 100))
    shop.ask(.reserve("first", tea, 1, wait: .milliseconds(99)))
    shop.ask(.reserve("second", tea, 1, wait: .milliseconds(100)))
    shop.ask(.reserve("third", tea, 1, wait: .milliseconds(101)))
    shop.now += 99
    shop.ask(.expire)
    #expect(story(shop, since: 6) == ["expired 4"])
    shop.now += 1
    #expect(shop.ask(.reserve("late", tea, 1)).reason == .insufficient)
    #expect(story(shop, since: 7) == ["expired 3", "expired 5", "filled 6"])
    #expect(shop.ask(.reserve("first", tea, 1, wait: .milliseconds(99))).repeatedState == .expired)
    #expect(shop.ask(.release(id: "first")).reason == .expired)
  }

  @Test("a release ends the waiting, lets those behind come up, and is repeated like any other")
  func release() {
    var shop = shop
    shop.ask(.reserve("w", tea, 11, wait: .forever))
    shop.ask(.reserve("x", tea, 1, wait: .forever))
    shop.ask(.receive(tea, 1))
    shop.ask(.expire)
    #expect(shop.level(tea)?.waiting == 12)
    #expect(shop.ask(.release(id: "w")).sequence == 8)
    #expect(shop.ask(.release(id: "w")).repeatedSequence == 8)
    #expect(story(shop, since: 7) == ["released", "filled 6"])
    #expect(shop.ask(.reserve("w", tea, 11, wait: .forever)).repeatedState == .released)
  }

  @Test("what waits is neither committed nor released in part, and the refusal says where it stands")
  func holdsNothing() {
    var shop = shop
    shop.ask(.reserve("w", tea, 3, wait: .forever))
    shop.ask(.reserve(id: "x", [line(tea, 2), line(cup, 6)], wait: .forever))
    let refusal = shop.ask(.commit(id: "x")).rejection
    #expect(refusal?.reason == .settled)
    #expect(refusal?.places.map(\.place) == [2, 1] && refusal?.places.map(\.unitsBefore) == [3, 0])
    #expect(refusal?.places.map(\.item) == [tea, cup])
    #expect(shop.ask(.release(id: "x", [line(tea, 1)])).reason == .settled)
    #expect(shop.ask(.adjust(tea, .to(9), release: .newest)).isAccepted)
    #expect(shop.level(tea)?.waiting == 5)
  }

  @Test("counts and transfers are the shop's own, and may take what others wait for")
  func shopsOwn() {
    var shop = shop
    shop.ask(.reserve(id: "w", [line(tea, 1), line(cup, 5)], wait: .forever))
    #expect(shop.ask(.transfer(sku: "cup", quantity: 2, from: "main", to: "berlin")).isAccepted)
    #expect(shop.ask(.adjust(cup, .to(1))).isAccepted)
    shop.ask(.receive(tea, 1))
    shop.ask(.receive(cup, 3))
    shop.ask(.expire)
    #expect(shop.level(cup)?.waiting == 5)
    shop.ask(.receive(cup, 1))
    shop.ask(.expire)
    #expect(shop.level(cup)?.held == 5)
  }

  @Test("a waiting reservation counts against its customer's limit as if it held, and gives back")
  func limit() {
    var shop = Shop.with(line(tea, 1))
    shop.ask(.limit(tea, 3))
    shop.ask(.reserve("a", tea, 2, customer: "ann", wait: .forever))
    #expect(shop.ask(.reserve("b", tea, 2, customer: "ann", wait: .forever)).reason == .limit)
    #expect(shop.ask(.reserve("c", tea, 1, wait: .forever)).reason == .limit)
    shop.ask(.release(id: "a"))
    #expect(shop.ask(.reserve("d", tea, 3, customer: "ann", wait: .milliseconds(10))).isAccepted)
    shop.now += 10
    #expect(shop.ask(.reserve("e", tea, 3, customer: "ann", wait: .forever)).isAccepted)
    shop.ask(.receive(tea, 5))
    shop.ask(.commit(id: "e"))
    #expect(shop.ask(.reserve("f", tea, 1, customer: "ann")).reason == .limit)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("a retry is a repeat that says where the reservation stands, however long it would wait")
  func repeats() {
    var shop = shop
    shop.ask(.reserve("w", tea, 3, customer: "c", timeToLive: 9, wait: .forever))
    for wait in [Operation.Wait.forever, .milliseconds(5), nil] {
      let answer = shop.ask(.reserve("w", tea, 3, customer: "c", timeToLive: 9, wait: wait))
      #expect(answer == .repeated(Acceptance(sequence: 5, state: .waiting, holds: false)))
    }
    #expect(shop.ask(.reserve("w", tea, 3, customer: "c", wait: .forever)).reason == .conflict)
    #expect(shop.ask(.reserve("w", tea, 2, customer: "c", timeToLive: 9, wait: .forever)).reason == .conflict)
    shop.now += 100
    shop.ask(.receive(tea, 3))
    #expect(shop.ask(.reserve("w", tea, 3, customer: "c", timeToLive: 9)).repeatedState == .open)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("a batch sees the line served once, before it, and takes all of it back if it is refused")
  func batch() {
    var shop = shop
    shop.ask(.reserve("w", tea, 2, wait: .forever))
    let batch: [Operation] = [
      .release(id: "all"), .reserve("x", tea, 9, wait: .forever), .release(id: "w"), .receive(tea, 1),
      .reserve("y", tea, 1, wait: .forever),
    ]
    #expect(shop.ask(.batch(batch + [.commit(id: "nothing")])).rejection?.index == 5)
    #expect(shop.level(tea)?.waiting == 2 && shop.level(tea)?.held == 10)
    #expect(shop.ask(.batch(batch), key: "k").isAccepted)
    shop.ask(.expire)
    #expect(story(shop, since: 5) == ["released", "waiting", "released", "received", "reserved", "batch", "filled 7"])
    #expect(
      shop.ask(.batch([.reserve("z", tea, 99, wait: .forever), .reserve("z", tea, 99, wait: .forever)])).results.map(
        \.isRepeat) == [false, true])
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("no more can be waited for than there can be, and no longer")
  func overflow() {
    var shop = shop
    #expect(shop.ask(.reserve("w", tea, most - 1, wait: .forever)).isAccepted)
    #expect(shop.ask(.reserve("x", tea, 2, wait: .forever)).rejection == Rejection(.overflow, at: 5, item: tea))
    #expect(shop.ask(.reserve(id: "x", [line(tea, most), line(tea, most)], wait: .forever)).reason == .overflow)
    #expect(shop.ask(.reserve("x", tea, 1, wait: .milliseconds(most - shop.now + 1))).reason == .overflow)
    #expect(shop.ask(.reserve("x", tea, 1, timeToLive: most, wait: .forever)).reason == .overflow)
    #expect(shop.ask(.reserve("x", tea, 1, wait: .milliseconds(0))).isInvalid)
    #expect(shop.ask(.reserve("x", tea, 1, wait: .milliseconds(most + 1))).isInvalid)
    #expect(shop.ask(.reserve("x", tea, 1, wait: .milliseconds(most - shop.now))).isAccepted)
  }

  @Test("a hold that would end after the last time there is, ends then")
  func lastTime() {
    var shop = shop
    shop.ask(.reserve("w", tea, 1, timeToLive: most - shop.now, wait: .forever))
    shop.now += 1
    shop.ask(.receive(tea, 1))
    shop.ask(.expire)
    #expect(shop.level(tea)?.held == 11)
    #expect(shop.ask(.reserve("w", tea, 1, timeToLive: most - shop.now + 1)).repeatedState == .open)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("an unknown item cannot be waited for, and an expectation is asked first")
  func order() {
    var shop = shop
    #expect(shop.ask(.reserve("w", teaInBerlin, 1, wait: .forever)).reason == .unknownItem)
    #expect(shop.ask(.reserve("w", tea, 1, wait: .forever), expecting: 3).reason == .changed)
    #expect(shop.ask(.reserve("w", tea, 1, wait: .forever), expecting: 4).isAccepted)
    #expect(shop.ask(.reserve("x", tea, 1, wait: .forever), expecting: 4).reason == .changed)
  }
}
