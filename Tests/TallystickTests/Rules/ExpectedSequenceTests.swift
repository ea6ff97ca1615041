import Tallystick
import Testing

@Suite("Expected sequence numbers")
struct ExpectedSequenceTests {
  private var shop: Shop = .with(line(tea, 9), line(cup, 9))  // tea and cup changed at 3

  @Test("a command is judged if its items have not changed after the expected number")
  func unchanged() {
    var shop = shop
    shop.ask(.receive(cup, 1))
    #expect(shop.ask(.reserve("a", tea, 1), expecting: 3).isAccepted)
    #expect(shop.ask(.reserve("b", tea, 1), expecting: 4).rejection == Rejection(.changed, at: 5))
    #expect(shop.ask(.reserve("b", tea, 1), expecting: 5).isAccepted)
  }

  @Test("registrations, holds, settlements, adjustments, transfers and limits are all changes")
  func changes() {
    let changes: [Operation] = [
      .receive(tea, 1), .returned([line(tea, 1)]), .reserve("p", tea, 1), .commit(id: "o"), .release(id: "o"),
      .adjust(tea, .by(1)), .adjust(tea, .to(9)), .transferTea(1), .limit(tea, 5), .limit(tea, nil),
    ]
    for change in changes {
      var shop = shop
      shop.ask(.reserve("o", tea, 1))
      #expect(shop.ask(change).isAccepted)
      #expect(shop.ask(.adjust(tea, .by(1)), expecting: 4).reason == .changed, "\(change)")
      #expect(shop.ask(.adjust(cup, .by(1)), expecting: 4).isAccepted, "\(change)")
    }
  }

  @Test("an expiry just before the command is a change")
  func expiry() {
    var shop = shop
    shop.ask(.reserve("o", tea, 1, timeToLive: 10))
    shop.now += 10
    #expect(shop.ask(.adjust(tea, .by(1)), expecting: 4).rejection == Rejection(.changed, at: 5))
    #expect(shop.ask(.adjust(tea, .by(1)), expecting: 5).isAccepted)
  }

  @Test("commit and release name all items of the reservation, even with lines")
  func reservationItems() {
    var shop = shop
    shop.ask(.reserve(id: "o", [line(tea, 1), line(cup, 1)]))
    shop.ask(.receive(cup, 1))
    #expect(shop.ask(.commit(id: "o", [line(tea, 1)]), expecting: 4).reason == .changed)
    #expect(shop.ask(.release(id: "o"), expecting: 4).reason == .changed)
    #expect(shop.ask(.commit(id: "o", [line(tea, 1)]), expecting: 5).isAccepted)
  }

  @Test("a transfer names both ends")
  func transfer() {
    var shop = shop
    shop.ask(.receive(teaInBerlin, 1))
    #expect(shop.ask(.transferTea(1), expecting: 3).reason == .changed)
    #expect(shop.ask(.transferTea(1), expecting: 5).isAccepted)
  }

  @Test("an item that does not exist has not changed")
  func notExisting() {
    var shop = shop
    #expect(shop.ask(.receive(teaInBerlin, 1), expecting: 0).isAccepted)
    #expect(shop.ask(.receive(teaInBerlin, 1), expecting: 4).reason == .changed)
  }

  @Test("beyond the last event is changed, for an item that does not exist too")
  func beyond() {
    var shop = shop
    #expect(shop.ask(.receive(tea, 1), expecting: 4).rejection == Rejection(.changed, at: 3))
    #expect(shop.ask(.receive(teaInBerlin, 1), expecting: .max).reason == .changed)
    #expect(shop.ask(.receive(tea, 1), expecting: 3).isAccepted)
  }

  @Test("of a batch it is judged against the log before the batch")
  func batch() {
    var shop = shop
    let twice = Operation.batch([.reserve("a", tea, 1), .commit(id: "a"), .receive(tea, 1)])
    #expect(shop.ask(twice, expecting: 2).rejection == Rejection(.changed, at: 3, index: 0))
    #expect(shop.ask(twice, expecting: 3).isAccepted)
    #expect(shop.ask(.batch([.receive(cup, 1), .receive(tea, 1)]), expecting: 3).rejection?.index == 1)
    #expect(shop.ask(.batch([.receive(cup, 1)]), expecting: 99).reason == .changed)
  }
}
