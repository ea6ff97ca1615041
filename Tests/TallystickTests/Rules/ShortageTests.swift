import TallyTestSupport
import Testing

@testable import Tallystick

@Suite("Refusals that help")
struct ShortageTests {
  @Test("a cart's refusal names every unknown line, and every short one beside them")
  func everyLine() {
    var shop = Shop.with(line(tea, 1))
    let pot = ItemName(sku: "pot")
    let rejection = shop.ask(.reserve(id: "o", [line(cup, 1), line(tea, 2), line(pot, 1)])).rejection
    #expect(rejection?.reason == .unknownItem)
    #expect(rejection?.unknown == [cup, pot])
    #expect(rejection?.short == [.init(item: tea, asked: 2, available: 1)])
  }

  @Test("what is short says where else there is some, in the order of registration")
  func elsewhere() {
    let teaInParis = ItemName(sku: "tea", location: "paris")
    let teaInRome = ItemName(sku: "tea", location: "rome")
    var shop = Shop.with(line(teaInParis, 1), line(tea, 1), line(teaInRome, 2), line(teaInBerlin, 3), line(cup, 9))
    shop.ask(.reserve("all of Rome", teaInRome, 2))
    let rejection = shop.ask(.reserve("o", tea, 2)).rejection
    #expect(
      rejection?.elsewhere == [.init(item: teaInParis, available: 1), .init(item: teaInBerlin, available: 3)])
  }

  @Test("an item that exists elsewhere only is named with its places, sold out or not")
  func unknownHere() {
    var shop = Shop.with(line(teaInBerlin, 1))
    shop.ask(.reserve("o", teaInBerlin, 1))
    let places = [Rejection.Place(item: teaInBerlin, available: 0)]
    #expect(shop.ask(.reserve("p", tea, 1)).rejection?.elsewhere == places)
    #expect(shop.ask(.adjust(tea, .by(1))).rejection?.elsewhere == places)
    #expect(shop.ask(.transferTea(1)).rejection?.elsewhere == places)
  }

  @Test("a refusal names so many places and no more")
  func manyPlaces() {
    let places = (0..<100).map { ItemName(sku: "tea", location: Name("place-\($0)")) }
    var judge = Judge(log: .random())
    var events = EventColumns(firstSequence: 1)
    _ = judge.judge(Command(.receive(places.map { line($0, 1) })), clock: 1, into: &events)
    let rejection = judge.judge(Command(.reserve("o", places[0], 2)), clock: 1, into: &events).rejection
    #expect(rejection?.elsewhere.map(\.item) == Array(places[1...Rejection.mostPlaces]))
  }

  @Test("the items of a SKU are found however many are registered and taken back", arguments: Seeds.few(4))
  func chains(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var state = State()
    var registered = [ItemName]()
    func check(_ sku: Name) -> Bool {
      let expected = registered.indices.filter { registered[$0].sku == sku }.map { ItemNumber(UInt32($0)) }
      return state.numbers(of: sku) == expected
    }
    for step in 0..<3_000 {
      if random.one(in: 3), !registered.isEmpty {
        state.skuChains.removeLast(state.itemNames)
        state.itemNames.removeLast()
        registered.removeLast()
      } else {
        let item = ItemName(sku: Name("sku-\(random.number(0...200))"), location: Name("\(step)"))
        let isNew = item.sku.bytes.withUnsafeBufferPointer { sku in
          item.location.bytes.withUnsafeBufferPointer { state.itemNames.append(sku: sku, location: $0) }
        }
        #expect(isNew)
        registered.append(item)
      }
      guard random.one(in: 4) else { continue }
      let sku = Name("sku-\(random.number(0...200))")
      #expect(check(sku), "\(sku) after step \(step); \(Seeds.replay(seed, of: "ShortageTests"))")
    }
  }
}
