import Testing

@testable import Tallystick

@Suite("Consumers")
struct ConsumerTests {
  private let tea = ItemName(sku: "tea")

  @Test("go forward, and what is known is a repeat that changes nothing")
  func forward() throws {
    var shop = Shop.with(Line(tea, 5))
    #expect(shop.ask(.acknowledge(consumer: "orders", through: 1)).sequence == 3)
    #expect(shop.ask(.acknowledge(consumer: "orders", through: 1)).repeatedSequence == 3)
    #expect(shop.ask(.acknowledge(consumer: "orders", through: 0)).repeatedSequence == 3)
    #expect(shop.ask(.acknowledge(consumer: "orders", through: 2)).sequence == 4)
    // Its own acknowledgement, if it insists.
    #expect(shop.ask(.acknowledge(consumer: "orders", through: 4)).sequence == 5)
    #expect(shop.ask(.acknowledge(consumer: "orders", through: 6)).isInvalid)
    #expect(try shop.flush() == nil)
  }

  @Test("begin where they say, before the first event, too")
  func beginning() throws {
    var shop = Shop()
    #expect(shop.ask(.acknowledge(consumer: "orders", through: 1)).isInvalid)
    #expect(shop.ask(.acknowledge(consumer: "orders", through: 0)).sequence == 1)
    #expect(shop.ask(.acknowledge(consumer: "orders", through: 0)).repeatedSequence == 1)
    #expect(try shop.flush(restoring: true) == nil)
  }

  @Test("are forgotten, after which the name begins anew, and to forget nobody is a repeat")
  func forgetting() throws {
    var shop = Shop.with(Line(tea, 5))
    #expect(shop.ask(.forgetConsumer("orders")).repeatedSequence == 2)
    shop.ask(.acknowledge(consumer: "orders", through: 2))
    shop.ask(.acknowledge(consumer: "search", through: 1))
    #expect(shop.ask(.forgetConsumer("orders")).sequence == 5)
    #expect(shop.ask(.acknowledge(consumer: "orders", through: 1)).sequence == 6)
    shop.ask(.forgetConsumer("orders"))
    shop.ask(.forgetConsumer("search"))
    #expect(try shop.flush(restoring: true) == nil)
  }

  @Test("stand alone: without a key, an expected sequence number or a batch, and with a name that is one")
  func form() {
    var shop = Shop.with(Line(tea, 5))
    for operation in [.acknowledge(consumer: "orders", through: 1), .forgetConsumer("orders")] as [Operation] {
      #expect(shop.ask(operation, key: "k").isInvalid)
      #expect(shop.ask(operation, expecting: 2).isInvalid)
      #expect(shop.ask(.batch([operation])).isInvalid)
    }
    #expect(shop.ask(.acknowledge(consumer: "", through: 1)).isInvalid)
    #expect(shop.ask(.forgetConsumer("a\u{7}")).isInvalid)
    #expect(shop.ask(.acknowledge(consumer: "orders", through: 1 << 53)).isInvalid)
  }

  @Test("are 1,024 at most")
  func most() throws {
    var judge = JudgeUnderTest()
    _ = judge.judge(Command(.receive([Line(tea, 5)])), clock: 0)
    for number in 0..<Limits.maxConsumers {
      #expect(judge.judge(Command(.acknowledge(consumer: Name("c-\(number)"), through: 1)), clock: 0).0.isAccepted)
    }
    #expect(
      judge.judge(Command(.acknowledge(consumer: "one more", through: 1)), clock: 0).0.isInvalid)
    #expect(judge.judge(Command(.acknowledge(consumer: "c-7", through: 2)), clock: 0).0.isAccepted)
    _ = judge.judge(Command(.forgetConsumer("c-8")), clock: 0)
    #expect(judge.judge(Command(.acknowledge(consumer: "one more", through: 1)), clock: 0).0.isAccepted)
    #expect(try judge.flush(restoring: true) == nil)
  }

  @Test("lag behind what they are told of, which acknowledgements are not")
  func lag() {
    var state = State()
    var events = EventColumns(firstSequence: 1)
    func fold() {
      guard let row = events.last else { return }
      #expect(state.fold(&events, row) == nil)
    }
    func lags() -> [UInt64] { state.consumerPositions.map(\.lag) }
    events.appendRegistration(sku: "tea", location: "main", time: 1, more: false)
    fold()
    events.appendAcknowledgement(consumer: "a", position: 0, time: 1)
    fold()
    #expect(lags() == [1])
    events.appendAcknowledgement(consumer: "b", position: 1, time: 1)
    fold()
    events.appendAcknowledgement(consumer: "a", position: 1, time: 1)
    fold()
    #expect(lags() == [0, 0])
    events.appendRegistration(sku: "cup", location: "main", time: 1, more: false)
    fold()
    // What stands between is counted, told or not.
    #expect(lags() == [4, 4])
    events.appendAcknowledgement(consumer: "a", position: 5, time: 1)
    fold()
    #expect(lags() == [0, 4])
    events.appendForgottenConsumer("a", time: 1)
    fold()
    #expect(state.consumerPositions == [ConsumerPosition(name: "b", position: 1, sequence: 3, lag: 4)])
  }

  @Test("of a snapshot that no events make are refused")
  func snapshots() throws {
    var state = State()
    var events = EventColumns(firstSequence: 1)
    for (name, position) in [("a", UInt64(0)), ("b", 1)] {
      events.appendAcknowledgement(consumer: Name(name), position: position, time: 1)
      #expect(state.fold(&events, try #require(events.last)) == nil)
    }
    let bytes = state.canonicalForm()
    #expect(try State(canonicalForm: bytes).consumerPositions == state.consumerPositions)
    // The part's end: last, one before, count, and for each a name, a position and an event.
    let part = bytes.count - 12
    #expect(Array(bytes[part...]) == [27, 2, 0, 2, 1, 97, 0, 1, 1, 98, 1, 2])
    for (place, value) in [(1, 3), (2, 2), (3, 0), (3, 1), (5, 99), (6, 1), (7, 3), (9, 97)] as [(Int, UInt8)] {
      var forged = bytes
      forged[part + place] = value
      #expect(throws: MalformedBytes.self, "\(place) \(value)") { try State(canonicalForm: forged) }
    }
    // Of none nothing is said.
    #expect(throws: MalformedBytes.self) { try State(canonicalForm: Array(bytes[..<part]) + [27, 2, 0, 0]) }
  }

  @Test("that were all forgotten leave nothing behind: who comes directly after them is the first")
  func allForgotten() throws {
    var state = State()
    var events = EventColumns(firstSequence: 1)
    func fold() throws { #expect(state.fold(&events, try #require(events.last)) == nil) }
    events.appendAcknowledgement(consumer: "a", position: 0, time: 1)
    try fold()
    events.appendForgottenConsumer("a", time: 1)
    try fold()
    let empty = try State(canonicalForm: state.canonicalForm())
    events.appendAcknowledgement(consumer: "b", position: 1, time: 1)
    try fold()
    // As a fold from a snapshot that was taken in between.
    var again = empty
    #expect(again.fold(&events, try #require(events.last)) == nil)
    #expect(again.canonicalForm() == state.canonicalForm())
    #expect(state.consumerPositions == [ConsumerPosition(name: "b", position: 1, sequence: 3, lag: 1)])
  }
}
