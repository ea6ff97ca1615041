import Testing

@testable import Tallystick

@Suite("Floors")
struct FloorTests {
  @Test("a floor is taken from what is available, and shows in the stock")
  func shows() {
    var shop = Shop.with(line(tea, 10))
    #expect(shop.ask(.floor(tea, 4)).sequence == 3)
    #expect(shop.level(tea) == StockLevel(item: tea, onHand: 10, held: 0, limit: nil, floor: 4, sequence: 3))
    #expect(shop.available(tea) == 6)
    let rejection = shop.ask(.reserve("a", tea, 7)).rejection
    #expect(rejection == Rejection(.insufficient, at: 3, short: [.init(item: tea, asked: 7, available: 6)]))
    #expect(shop.ask(.reserve("a", tea, 6)).isAccepted)
    shop.ask(.floor(tea, 0))
    #expect(shop.available(tea) == 4)
  }

  @Test("a transfer leaves the floor where it is")
  func transfers() {
    var shop = Shop.with(line(tea, 10))
    shop.ask(.floor(tea, 4))
    #expect(shop.ask(.transferTea(7)).rejection?.short == [.init(item: tea, asked: 7, available: 6)])
    #expect(shop.ask(.transferTea(6)).isAccepted)
    #expect(shop.available(teaInBerlin) == 6)
  }

  @Test("goods that leave with the holds on them may leave less than the floor; others may not")
  func transfersWithHolds() {
    var shop = Shop.with(line(tea, 6))
    shop.ask(.reserve("a", tea, 4))
    shop.ask(.floor(tea, 5))
    func move(_ quantity: Int64) -> Tallystick.Operation {
      .transferWith(sku: "tea", quantity: quantity, from: "main", to: "berlin", .of(["a"]))
    }
    #expect(shop.ask(move(5)).reason == .insufficient)
    #expect(shop.ask(move(4)).isAccepted)
    #expect(shop.level(tea)?.onHand == 2 && shop.level(teaInBerlin)?.held == 4)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("a count goes below the floor, and holds stay: field case safety-stock")
  func counts() {
    var shop = Shop.with(line(tea, 5))
    shop.ask(.floor(tea, 2))
    shop.ask(.reserve("o", tea, 3))
    #expect(shop.ask(.adjust(tea, .to(3), release: .newest)).isAccepted)
    #expect(shop.level(tea)?.held == 3)
    // Never shown below 0.
    #expect(shop.available(tea) == 0)
    #expect(shop.ask(.adjust(tea, .to(2))).rejection?.short == [.init(item: tea, asked: 1, available: 0)])
    #expect(shop.ask(.commit(id: "o")).isAccepted)
  }

  @Test("a floor above what is there takes nothing from holds, and new stock counts against it first")
  func aboveStock() {
    var shop = Shop.with(line(tea, 5))
    shop.ask(.reserve("o", tea, 4))
    shop.ask(.floor(tea, 3))
    #expect(shop.available(tea) == 0)
    shop.ask(.receive(tea, 2))
    #expect(shop.available(tea) == 0)
    shop.ask(.receive(tea, 1))
    #expect(shop.available(tea) == 1)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("with a key it happens once; another floor with that key is a conflict")
  func keys() {
    var shop = Shop.with(line(tea, 5))
    #expect(shop.ask(.floor(tea, 3), key: "k").sequence == 3)
    #expect(shop.ask(.floor(tea, 3), key: "k").repeatedSequence == 3)
    #expect(shop.ask(.floor(tea, 4), key: "k").reason == .conflict)
    #expect(shop.ask(.floor(cup, 1)).reason == .unknownItem)
    #expect(shop.ask(.floor(tea, 1), expecting: 2).reason == .changed)
    #expect(shop.ask(.floor(tea, -1)).isInvalid && shop.ask(.floor(tea, most + 1)).isInvalid)
    #expect(shop.ask(.floor(tea, most)).isAccepted)
    #expect(shop.available(tea) == 0)
  }

  @Test("a batch that is taken back takes its floor back")
  func undone() {
    var shop = Shop.with(line(tea, 5))
    #expect(shop.ask(.batch([.floor(tea, 5), .reserve("o", tea, 1)])).reason == .insufficient)
    #expect(shop.available(tea) == 5)
    #expect(shop.ask(.batch([.floor(tea, 2), .reserve("o", tea, 3)]), key: "b").isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }
}

@Suite("Registering")
struct RegisteringTests {
  @Test("an item exists from then on with nothing on hand; what exists stays")
  func registers() {
    var shop = Shop.with(line(tea, 5))
    let outcome = shop.ask(.register([tea, cup, cup]))
    #expect(outcome == .accepted(Acceptance(sequence: 3, registered: [cup])))
    #expect(shop.level(cup)?.onHand == 0 && shop.level(tea)?.onHand == 5)
    #expect(shop.ask(.register([tea, cup])) == .accepted(Acceptance(sequence: 3)))
    #expect(shop.ask(.reserve("o", cup, 1)).reason == .insufficient)
    #expect(shop.ask(.limit(cup, 2)).isAccepted && shop.ask(.floor(cup, 2)).isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("several are one step, judged against an expectation, without a key and outside batches")
  func form() {
    var shop = Shop.with(line(tea, 5))
    #expect(shop.ask(.register([cup, teaInBerlin])).sequence == 4)
    #expect(shop.model.events.suffix(2).map(\.more) == [true, false])
    #expect(shop.ask(.register([cup]), expecting: 2).reason == .changed)
    #expect(shop.ask(.register([cup]), key: "k").isInvalid)
    #expect(shop.ask(.batch([.register([cup])])).isInvalid)
    #expect(shop.ask(.register([])).isInvalid)
    #expect(shop.ask(.register((0...4096).map { ItemName(sku: Name("s\($0)")) })).isInvalid)
  }

  @Test("a return or a transfer into something new names it; a receipt need not")
  func namesNew() {
    var shop = Shop.with(line(tea, 5))
    #expect(shop.ask(.returned([line(cup, 1), line(tea, 1)])) == .accepted(Acceptance(sequence: 4, registered: [cup])))
    #expect(shop.ask(.returned([line(cup, 1)])) == .accepted(Acceptance(sequence: 5)))
    #expect(shop.ask(.transferTea(1)) == .accepted(Acceptance(sequence: 7, registered: [teaInBerlin])))
  }

  @Test("a log that refuses new items names what is there instead, and takes what was registered")
  func refusesNew() {
    var judge = Judge(log: .random())
    judge.refusesNewItems = true
    var events = EventColumns(firstSequence: 1)
    func ask(_ operation: Operation) -> Outcome { judge.judge(Command(operation), clock: 1, into: &events) }
    #expect(ask(.receive(tea, 5)).isAccepted)
    let refused = ask(.transferTea(1)).rejection
    #expect(
      refused == Rejection(.unknownItem, at: 2, item: teaInBerlin, elsewhere: [.init(item: tea, available: 5)]))
    #expect(ask(.returned([line(tea, 1), line(cup, 1)])).rejection?.unknown == [cup])
    #expect(ask(.register([teaInBerlin, cup])).isAccepted)
    #expect(ask(.transferTea(1)).isAccepted && ask(.returned([line(cup, 1)])).isAccepted)
  }
}

@Suite("Effective times")
struct EffectiveTimeTests {
  @Test("a movement carries the day on which it took place, which changes no order: field case record-late-movement")
  func carries() throws {
    let test = try TestLog()
    let log = try test.open { $0.clock = { 2_000_000 } }
    let july = Operation.receive([line(tea, 5)], reference: "found in July")
    #expect(log.append(Command(.receive([line(tea, 56)]), time: 1_000_000)).isAccepted)
    #expect(log.append(Command(.adjust(tea, .to(1), reason: "count"), time: 1_500_000)).isAccepted)
    #expect(log.append(Command(july, time: 1_200_000)).reason == .time)
    #expect(log.append(Command(.dated(july, effective: 1_200_000), key: "july", time: 1_600_000)).isAccepted)
    #expect(log.append(Command(.dated(july, effective: 1_200_000), key: "july")).repeatedSequence == 4)
    #expect(log.append(Command(july, key: "july")).reason == .conflict)
    log.close()
    var effective = [Int64?]()
    try LogReader(test.path).events(EventFilter()) {
      effective.append($0.effective)
      return true
    }
    #expect(effective == [nil, nil, nil, 1_200_000])
    let stock = try LogReader(test.path).stock()
    #expect(stock.levels.map(\.onHand) == [6] && stock.time == 1_600_000)
  }

  @Test("only movements have one, in a batch, too")
  func form() {
    var shop = Shop.with(line(tea, 5))
    shop.ask(.reserve("o", tea, 1))
    for other in [.commit(id: "o"), .reserve("p", tea, 1), .limit(tea, 1), .floor(tea, 1), .expire] as [Operation] {
      #expect(shop.ask(.dated(other, effective: 1)).isInvalid)
    }
    #expect(shop.ask(.dated(.receive(tea, 1), effective: -1)).isInvalid)
    let batch = Operation.batch([
      .dated(.transferTea(1), effective: 7), .dated(.returned([line(cup, 1)]), effective: 0), .receive(tea, 1),
      .dated(.adjust(tea, .by(1)), effective: most),
    ])
    #expect(shop.ask(batch, key: "b").isAccepted)
    #expect(shop.ask(batch, key: "b").repeatedSequence != nil)
    shop.ask(.commit(id: "o"))
    let back = Tallystick.Operation.returnedOf(order: "o", [line(tea, 1)])
    #expect(shop.ask(.dated(back, effective: 7), key: "rma").isAccepted)
    #expect(shop.ask(.dated(back, effective: 7), key: "rma").repeatedSequence != nil)
    #expect(shop.ask(back, key: "rma").reason == .conflict)
    #expect(shop.ask(.dated(back, effective: 8)).reason == .settled)
    #expect(shop.flawOfReplay() == nil)
  }
}

@Suite("Floors and what changes reservations")
struct FloorOfChangesTests {
  @Test("an amendment upwards and a larger commit leave the floor where it is; downwards it is not asked")
  func amended() {
    var shop = Shop.with(line(tea, 10))
    shop.ask(.reserve("o", tea, 2))
    shop.ask(.floor(tea, 5))
    #expect(shop.ask(.amend(id: "o", [line(tea, 6)])).rejection?.short == [.init(item: tea, asked: 4, available: 3)])
    #expect(shop.ask(.commitMore(id: "o", [line(tea, 6)])).reason == .insufficient)
    #expect(shop.ask(.amend(id: "o", [line(tea, 5)])).isAccepted)
    shop.ask(.floor(tea, 9))
    #expect(shop.ask(.amend(id: "o", [line(tea, 3)])).isAccepted)
    #expect(shop.ask(.commitMore(id: "o", [line(tea, 3)])).isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("goods that move with the holds on them are not asked for the floor; what moves beyond them is")
  func moved() {
    var shop = Shop.with(line(tea, 10))
    shop.ask(.reserve("o", tea, 4))
    shop.ask(.floor(tea, 9))
    let more = Operation.transferWith(sku: "tea", quantity: 5, from: "main", to: "berlin", .all)
    #expect(shop.ask(more).reason == .insufficient)
    let held = Operation.transferWith(sku: "tea", quantity: 4, from: "main", to: "berlin", .all)
    #expect(shop.ask(held) == .accepted(Acceptance(sequence: 6, registered: [teaInBerlin])))
    #expect(shop.level(teaInBerlin)?.held == 4 && shop.level(tea)?.onHand == 6)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("a retry of lines at any location is a repeat of what was taken at first, whatever was amended since")
  func amendedAnywhere() {
    var shop = Shop.with(line(tea, 2), line(teaInBerlin, 5))
    let asked = Operation.reserve("o", ItemName(sku: "tea", location: "*"), 3)
    #expect(shop.ask(asked).sequence == 4)
    #expect(shop.ask(.amend(id: "o", [line(teaInBerlin, 4)])).isAccepted)
    #expect(shop.ask(asked).repeatedSequence == 4)
    #expect(shop.flawOfReplay() == nil)
  }
}
