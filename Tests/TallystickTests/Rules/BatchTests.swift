import Testing

@testable import Tallystick

@Suite("Batches")
struct BatchTests {
  private var shop: Shop = .with(line(tea, 5))

  @Test("commands are judged in order, each seeing those before it, as one step")
  func inOrder() {
    var shop = shop
    let outcome = shop.ask(.batch([.receive(cup, 1), .reserve("o", cup, 1), .commit(id: "o")]))
    #expect(
      outcome == .accepted(Acceptance(sequence: 6, results: [4, 5, 6].map { .init(sequence: $0, isRepeat: false) })))
    #expect(shop.model.events.suffix(4).map(\.more) == [true, true, true, false])
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("all or none: a rejection names the command and takes everything back")
  func allOrNone() {
    var shop = shop
    let before = shop.judge.canonicalForm
    let batch: [Operation] = [
      .receive(cup, 1), .limit(tea, 2), .reserve("o", tea, 2, customer: "ann"), .commit(id: "o", [line(tea, 1)]),
      .transferTea(1), .adjust(tea, .to(0), release: .oldest), .reserve("p", cup, 2),
    ]
    let rejection = shop.ask(.batch(batch)).rejection
    #expect(rejection?.reason == .insufficient)
    #expect(rejection?.index == 6)
    #expect(rejection?.atSequence == 2)
    #expect(rejection?.short == [.init(item: cup, asked: 2, available: 1)])
    #expect(shop.judge.canonicalForm == before)
    #expect(shop.ask(.reserve("o", tea, 1)).isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("a repeat within it counts as accepted")
  func repeatWithin() {
    var shop = shop
    shop.ask(.reserve("o", tea, 1))
    let outcome = shop.ask(
      .batch([.receive(tea, 1), .reserve("o", tea, 1), .reserve("p", tea, 1), .reserve("p", tea, 1)]))
    #expect(outcome.sequence == 5)
    #expect(outcome.results.map(\.sequence) == [4, 3, 5, 5])
    #expect(outcome.results.map(\.isRepeat) == [false, true, false, true])
  }

  @Test("of repeats only, it makes no events and answers the largest sequence number")
  func repeatsOnly() {
    var shop = shop
    shop.ask(.reserve("a", tea, 1))
    shop.ask(.reserve("b", tea, 1))
    let outcome = shop.ask(.batch([.reserve("b", tea, 1), .reserve("a", tea, 1)]))
    #expect(outcome.sequence == 4)
    #expect(shop.lastSequence == 4)
  }

  @Test("with a key it ends with an event of its own, and a repeat answers the first results")
  func keyed() {
    var shop = shop
    let batch = Operation.batch([.reserve("a", tea, 1), .receive(tea, 1)])
    let first = shop.ask(batch, key: "k")
    #expect(first.sequence == 5)
    #expect(shop.model.events.suffix(3).map(\.kind) == [.reserved, .received, .batch])
    shop.ask(.commit(id: "a"))
    let again = shop.ask(batch, key: "k")
    #expect(again.repeatedSequence == 5)
    #expect(again.results == first.results)
    #expect(shop.lastSequence == 6)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("what an answer says beyond its number is said within a batch, too")
  func details() {
    var shop = shop
    shop.ask(.reserve("held", tea, 3))
    shop.ask(.reserve("gone", tea, 1))
    shop.ask(.release(id: "gone"))
    let batch = Operation.batch([
      .reserve("new", tea, 1), .reserve("waits", tea, 9, wait: .forever), .reserve("gone", tea, 1),
      .reserve("held", tea, 3), .adjust(tea, .to(1), release: .oldest),
    ])
    guard case .accepted(let first) = shop.ask(batch, key: "k") else { return #expect(Bool(false), "not accepted") }
    #expect(first.details.keys.sorted() == [1, 2, 3, 4])
    #expect(first.details[1]?.state == .waiting && first.details[1]?.holds == nil)
    #expect(first.details[2]?.state == .released && first.details[2]?.holds == false)
    #expect(first.details[3]?.state == .open && first.details[3]?.holds == true)
    #expect(first.details[4]?.released.map(\.id) == ["held"])
    guard case .repeated(let again) = shop.ask(batch, key: "k") else { return #expect(Bool(false), "not repeated") }
    #expect(again.results == first.results && again.details[4] == nil)
    #expect(again.details[0]?.state == .open && again.details[0]?.holds == true)
    #expect(again.details[1]?.state == .waiting && again.details[1]?.holds == false)
    #expect(again.details[3]?.state == .released && again.details[3]?.holds == false, "what it was has changed since")
  }

  @Test("with a key its event exists even if all commands are repeats")
  func keyedRepeatsOnly() {
    var shop = shop
    shop.ask(.reserve("a", tea, 1))
    #expect(shop.ask(.batch([.reserve("a", tea, 1)]), key: "k").sequence == 4)
    #expect(shop.model.events.last?.more == false)
  }

  @Test("the batch's key is taken while it is judged")
  func ownKey() {
    var shop = shop
    let rejection = shop.ask(.batch([.receive(tea, 1), .reserve("k", tea, 1)]), key: "k").rejection
    #expect(rejection == Rejection(.conflict, at: 2, index: 1))
    #expect(shop.ask(.receive(tea, 1), key: "k").isAccepted)
  }

  @Test("expiry runs once before it, and stands if it fails")
  func expiry() {
    var shop = shop
    shop.ask(.reserve("o", tea, 5, timeToLive: 10))
    shop.now += 10
    let rejection = shop.ask(.batch([.reserve("p", tea, 5), .reserve("q", tea, 1)])).rejection
    #expect(rejection?.index == 1)
    #expect(rejection?.atSequence == 4)
    #expect(shop.model.events.last?.kind == .expired)
    #expect(shop.model.events.last?.more == false)
    #expect(shop.available(tea) == 5)
  }

  @Test("a hold made within it is not due before the batch is over")
  func holdWithin() {
    var shop = shop
    #expect(shop.ask(.batch([.reserve("o", tea, 5, timeToLive: 1), .reserve("p", tea, 1)])).reason == .insufficient)
    #expect(shop.ask(.batch([.reserve("o", tea, 5, timeToLive: 1), .release(id: "o")])).isAccepted)
  }

  @Test("what an undone batch has settled is open again, and expires in its time")
  func undoneSettling() {
    var shop = shop
    shop.ask(.reserve("o", tea, 2, timeToLive: 10))
    #expect(shop.ask(.batch([.release(id: "o"), .commit(id: "nothing")])).rejection?.index == 1)
    #expect(shop.ask(.batch([.commit(id: "o", [line(tea, 1)]), .commit(id: "nothing")])).rejection?.index == 1)
    #expect(shop.level(tea)?.held == 2)
    shop.now += 10
    #expect(shop.ask(.commit(id: "o")).reason == .expired)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("a batch in a batch is no command, nor is an empty one")
  func form() {
    var shop = shop
    #expect(shop.ask(.batch([.batch([.receive(tea, 1)])])).isInvalid)
    #expect(shop.ask(.batch([])).isInvalid)
    #expect(shop.ask(.batch([.receive(tea, 1), .receive(tea, 0)])).isInvalid)
    #expect(shop.lastSequence == 2)
  }

  @Test("a rejected one leaves no name behind")
  func namesTakenBack() {
    var shop = shop
    let before = shop.judge.judge.names.unsealedCount
    #expect(shop.ask(.batch([.reserve("a", tea, 1), .reserve("b", tea, 5)])).reason == .insufficient)
    #expect(shop.judge.judge.names.unsealedCount == before)
    // The sequence number that the rejected reservation had is another's now.
    shop.ask(.reserve("c", tea, 1))
    #expect(shop.ask(.commit(id: "a")).reason == .unknownReservation)
    #expect(shop.ask(.reserve("a", tea, 1)).isAccepted)
  }

  @Test("a step that would not fit into a frame is refused, from the command on that is too much, with nothing done")
  func largerThanAFrame() {
    var judge = Judge(log: JudgeUnderTest.log)
    var events = EventColumns(firstSequence: 1)
    let before = judge.state.canonicalForm()
    // Some 600 KB of names each: 14 of them are more than 8 MiB.
    let receipts = (0..<16).map { receipt in
      Operation.receive(
        (0..<4_096).map { number in
          var sku = [UInt8](repeating: 0x61, count: 64)
          for digit in 0..<5 { sku[digit] += UInt8((receipt << 12 | number) >> (4 * digit) & 15) }
          return Line(sku: Name(bytes: sku), location: Name(bytes: [UInt8](repeating: 0x62, count: 64)), 1)
        })
    }
    guard case .invalid(let flaw) = judge.judge(Command(.batch(receipts)), clock: 1, into: &events) else {
      Issue.record("more than a frame holds was accepted")
      return
    }
    #expect(flaw.contains("too large for one atomic step from command 1"))
    #expect(events.isEmpty)
    #expect(judge.state.canonicalForm() == before)
    #expect(judge.judge(Command(.batch(Array(receipts.prefix(2)))), clock: 1, into: &events).isAccepted)
  }

  @Test("a step of more than 200,000 events is refused, with nothing done")
  func moreEventsThanAStep() {
    var judge = Judge(log: JudgeUnderTest.log)
    var events = EventColumns(firstSequence: 1)
    let holds = Judge.maxStepEvents / 2
    let stock = [line(tea, Int64(holds)), line(cup, Int64(holds))]
    #expect(judge.judge(Command(.receive(stock)), clock: 1, into: &events).isAccepted)
    for number in 0..<2 * holds {
      let line = LineEntry(item: ItemNumber(UInt32(number % 2)), quantity: 1)
      judge.state.hold(id: CompactName(Name("order-\(number)")), line, expires: 0, time: 1)
    }
    events = EventColumns(firstSequence: judge.state.lastSequence + 1)
    let batch = Operation.batch([.adjust(tea, .to(0), release: .newest), .adjust(cup, .to(0), release: .oldest)])
    guard case .invalid(let flaw) = judge.judge(Command(batch), clock: 1, into: &events) else {
      Issue.record("more than a step holds was accepted")
      return
    }
    #expect(flaw.contains("too large for one atomic step from command 1"))
    #expect(events.isEmpty)
    #expect(judge.state.openCount == 2 * holds)
    #expect(judge.state.checkInvariants() == nil)
  }

  @Test("8,192 commands are one step; one more is no command")
  func largest() throws {
    var judge = JudgeUnderTest()
    let commands = [Operation](repeating: .receive(tea, 1), count: 8192)
    let (outcome, traces) = judge.judge(Command(.batch(commands)), clock: 1)
    #expect(outcome.sequence == 8193)
    #expect(outcome.results.count == 8192)
    #expect(!traces.dropLast().contains { !$0.more })
    #expect(judge.judge(Command(.batch(commands + [.receive(tea, 1)])), clock: 1).0.isInvalid)
    #expect(judge.judge(Command(.batch(commands), key: "k"), clock: 1).0.sequence == 16_386)
    let flaw = try judge.flush()
    #expect(flaw == nil)
  }

  /// The model knows no such bound: it is the writer's own.
  @Test("100,000 lines are the most, however many commands they stand in")
  func mostLines() {
    var judge = Judge(log: JudgeUnderTest.log)
    var events = EventColumns(firstSequence: 1)
    let cart = (0..<4_000).map { line(ItemName(sku: Name("sku-\($0)")), 1) }
    func answer(_ commands: Int, and last: [Line]) -> Outcome {
      let batch = (0..<commands).map { _ in Tallystick.Operation.receive(cart) } + [.receive(last)]
      return judge.judge(Command(.batch(batch)), clock: 1_000, into: &events)
    }
    #expect(answer(25, and: [line(tea, 1)]).isInvalid)
    #expect(answer(24, and: cart).isAccepted)
  }
}
