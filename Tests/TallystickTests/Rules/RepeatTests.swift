import Tallystick
import Testing

@Suite("Repeats and conflicts")
struct RepeatTests {
  private let cart = Operation.reserve(id: "o", [line(tea, 2), line(cup, 1)], customer: "ann", timeToLive: 1_000)
  private var shop: Shop {
    var shop = Shop.with(line(tea, 9), line(cup, 9))
    shop.ask(cart)
    return shop
  }

  @Test("a reservation made again answers the first sequence number and its present state, whatever has happened since")
  func reserve() {
    var shop = shop
    #expect(shop.ask(cart).repeatedSequence == 4)
    #expect(shop.ask(cart).repeatedState == .open)
    shop.ask(.commit(id: "o", [line(tea, 1)]))
    #expect(shop.ask(cart).repeatedState == .partlySettled)
    shop.ask(.adjust(cup, .to(1)))
    shop.ask(.limit(tea, 0))
    shop.ask(.commit(id: "o"))
    #expect(shop.ask(cart).repeatedState == .committed)
    #expect(shop.ask(cart, expecting: 1).repeatedSequence == 4)
    #expect(shop.ask(cart, expecting: 1_000).repeatedSequence == 4)
  }

  @Test("the states of a closed reservation")
  func states() {
    var shop = Shop.with(line(tea, 9))
    for id: Name in ["released", "expired", "mixed"] { shop.ask(.reserve(id, tea, 2, timeToLive: 10)) }
    shop.ask(.release(id: "released"))
    shop.ask(.release(id: "mixed", [line(tea, 1)]))
    shop.ask(.commit(id: "mixed"))
    shop.now += 10
    #expect(shop.ask(.reserve("released", tea, 2, timeToLive: 10)).repeatedState == .released)
    #expect(shop.ask(.reserve("expired", tea, 2, timeToLive: 10)).repeatedState == .expired)
    #expect(shop.ask(.reserve("mixed", tea, 2, timeToLive: 10)).repeatedState == .mixed)
  }

  @Test("the order and the splitting of lines are not part of a command's content; time and expectation neither")
  func mergedContent() {
    var shop = shop
    let split = Operation.reserve(
      id: "o", [line(tea, 1), line(cup, 1), line(tea, 1)], customer: "ann", timeToLive: 1_000)
    #expect(shop.ask(split, at: shop.now + 5, expecting: 4).repeatedSequence == 4)
  }

  @Test("other lines, another customer or another time to live under the same id are a conflict")
  func conflicts() {
    var shop = shop
    let others: [Operation] = [
      .reserve(id: "o", [line(tea, 3), line(cup, 1)], customer: "ann", timeToLive: 1_000),
      .reserve(id: "o", [line(tea, 2)], customer: "ann", timeToLive: 1_000),
      .reserve(id: "o", [line(tea, 2), line(teaInBerlin, 1)], customer: "ann", timeToLive: 1_000),
      .reserve(id: "o", [line(tea, 2), line(cup, 1)], customer: "bob", timeToLive: 1_000),
      .reserve(id: "o", [line(tea, 2), line(cup, 1)], timeToLive: 1_000),
      .reserve(id: "o", [line(tea, 2), line(cup, 1)], customer: "ann", timeToLive: 1_001),
      .reserve(id: "o", [line(tea, 2), line(cup, 1)], customer: "ann"),
    ]
    for other in others { #expect(shop.ask(other).rejection == Rejection(.conflict, at: 4)) }
    shop.ask(.commit(id: "o"))
    for other in others { #expect(shop.ask(other).reason == .conflict) }
    for other in others { #expect(shop.ask(other, at: shop.now + 2_000).reason == .conflict) }
  }

  @Test(
    "a key makes every other command happen once",
    arguments: [
      Operation.receive([line(tea, 1)], reference: "PO-7"), .returned([line(tea, 1)], reference: "RMA-3"),
      .commit(id: "o", [line(tea, 1)]), .release(id: "o", [line(tea, 1)]), .commit(id: "o"), .release(id: "o"),
      .adjust(tea, .by(-1)), .adjust(tea, .to(5)), .transferTea(1), .limit(tea, 7), .limit(tea, nil),
      .batch([.receive(tea, 1), .adjust(tea, .by(1))]),
    ])
  func keys(_ operation: Operation) throws {
    var shop = shop
    let first = try #require(shop.ask(operation, key: "k").sequence)
    let level = shop.level(tea)
    #expect(shop.ask(operation, key: "k").repeatedSequence == first)
    #expect(shop.ask(operation, key: "k", at: shop.now + 1, expecting: 0).repeatedSequence == first)
    #expect(shop.level(tea) == level)
    #expect(shop.ask(.receive(cup, 1), key: "k").reason == .conflict)
  }

  @Test("each field is part of the content")
  func fields() {
    let pairs: [(Operation, Operation)] = [
      (.receive(tea, 1), .receive(tea, 2)), (.receive(tea, 1), .returned([line(tea, 1)])),
      (.receive([line(tea, 1)], reference: "a"), .receive([line(tea, 1)], reference: "b")),
      (.receive(tea, 1), .receive(cup, 1)), (.receive(tea, 1), .receive(teaInBerlin, 1)),
      (.commit(id: "o"), .release(id: "o")), (.commit(id: "o"), .commit(id: "o", [line(tea, 2), line(cup, 1)])),
      (.adjust(tea, .to(5)), .adjust(tea, .by(5))), (.adjust(tea, .to(5)), .adjust(tea, .to(5), release: .oldest)),
      (.adjust(tea, .to(8), release: .newest), .adjust(tea, .to(8), release: .oldest)),
      (.adjust(tea, .to(5), reason: "a", release: nil), .adjust(tea, .to(5), reason: "b", release: nil)),
      (.transferTea(1), .transferTea(2)), (.transferTea(1), .transferTea(1, from: "berlin", to: "main")),
      (.limit(tea, 1), .limit(tea, nil)), (.limit(tea, 0), .limit(tea, nil)), (.limit(tea, 1), .limit(cup, 1)),
      (.batch([.receive(tea, 1)]), .receive(tea, 1)),
      (.batch([.receive(tea, 1), .receive(cup, 1)]), .batch([.receive(cup, 1), .receive(tea, 1)])),
    ]
    for (first, second) in pairs {
      var shop = shop
      #expect(shop.ask(first, key: "k").isAccepted)
      #expect(shop.ask(second, key: "k").reason == .conflict, "\(first), \(second)")
    }
  }

  @Test("ids and keys share one name space")
  func nameSpace() {
    var shop = shop
    #expect(shop.ask(.receive(tea, 1), key: "o").reason == .conflict)
    shop.ask(.receive(tea, 1), key: "k")
    #expect(shop.ask(.reserve("k", tea, 1)).reason == .conflict)
  }

  @Test("a rejected command does not use up its key")
  func rejectedKey() {
    var shop = shop
    #expect(shop.ask(.adjust(tea, .by(-9)), key: "k").reason == .insufficient)
    #expect(shop.ask(.receive(tea, 1), key: "k").isAccepted)
  }

  @Test("a repeated key answers with the reservation's present state")
  func keyedSettling() {
    var shop = shop
    shop.ask(.commit(id: "o", [line(tea, 1)]), key: "k")
    #expect(shop.ask(.commit(id: "o", [line(tea, 1)]), key: "k").repeatedState == .partlySettled)
    shop.ask(.release(id: "o"))
    #expect(shop.ask(.commit(id: "o", [line(tea, 1)]), key: "k").repeatedState == .mixed)
  }

  @Test("a commit or release of all, made again without a key, is a repeat of the one that closed the reservation")
  func settlingAgain() {
    var shop = shop
    shop.ask(.commit(id: "o", [line(tea, 1)]))
    let closing = shop.ask(.commit(id: "o")).sequence
    #expect(shop.ask(.commit(id: "o")).repeatedSequence == closing)
    #expect(shop.ask(.commit(id: "o")).repeatedState == .committed)
    #expect(shop.ask(.commit(id: "o"), key: "k").reason == .settled)
    #expect(shop.ask(.commit(id: "o", [line(cup, 1)])).reason == .settled)
    #expect(shop.ask(.release(id: "o")).reason == .settled)
    shop.ask(.reserve("p", tea, 1))
    let released = shop.ask(.release(id: "p")).sequence
    #expect(shop.ask(.release(id: "p")).repeatedSequence == released)
    #expect(shop.ask(.release(id: "p"), key: "k").reason == .settled)
  }
}
