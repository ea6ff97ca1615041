import Testing

@testable import Tallystick

@Suite("Recipes")
struct RecipeTests {
  private let set = ItemName(sku: "set")
  private let child = ItemName(sku: "child")
  private let adult = ItemName(sku: "adult")
  private let seats = ItemName(sku: "seats")

  /// A theatre of three seats, sold by two kinds of tickets that have no stock of their own.
  private func theatre() -> Shop {
    var shop = Shop.with(line(seats, 3))
    shop.ask(.recipe(adult, [line(seats, 1)]))
    shop.ask(.recipe(child, [line(seats, 1)]))
    return shop
  }

  @Test("one pool behind several kinds of tickets is kept by the log")
  func pool() {
    var shop = theatre()
    #expect(shop.ask(.reserve("o1", adult, 2)).isAccepted)
    #expect(shop.available(child) == 1 && shop.available(adult) == 1)
    #expect(shop.ask(.reserve("o2", child, 1)).isAccepted)
    let refused = shop.ask(.reserve("o3", child, 1)).rejection
    #expect(refused?.reason == .insufficient)
    #expect(refused?.short == [.init(item: seats, asked: 1, available: 0)])
    #expect(shop.available(child) == 0)
    // Back comes what was held, and with it what can be sold.
    #expect(shop.ask(.release(id: "o1", [line(seats, 1)])).isAccepted)
    #expect(shop.available(adult) == 1)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("what was asked is what a retry is compared with, also when the recipe has changed and the hold is closed")
  func retries() {
    var shop = theatre()
    let first = shop.ask(.reserve("o1", adult, 2)).sequence
    #expect(first != nil && shop.ask(.reserve("o1", adult, 2)).repeatedSequence == first)
    // The parts are not what was asked.
    #expect(shop.ask(.reserve("o1", seats, 2)).reason == .conflict)
    shop.ask(.recipe(adult, [line(seats, 2)]))
    #expect(shop.ask(.reserve("o1", adult, 2)).repeatedSequence == first)
    #expect(shop.level(seats)?.held == 2)
    shop.ask(.recipe(adult, []))
    #expect(shop.ask(.commit(id: "o1")).isAccepted)
    #expect(shop.ask(.reserve("o1", adult, 2)).repeatedState == .committed)
    #expect(shop.ask(.reserve("o1", adult, 1)).reason == .conflict)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("a change of a recipe binds later reservations only")
  func changes() {
    var shop = theatre()
    shop.ask(.reserve("o1", adult, 1))
    shop.ask(.recipe(adult, [line(seats, 2)]))
    #expect(shop.level(seats)?.held == 1 && shop.available(adult) == 1)
    #expect(shop.ask(.reserve("o2", adult, 1)).isAccepted)
    #expect(shop.level(seats)?.held == 3)
    // Without its recipe it is an item with nothing on hand.
    shop.ask(.recipe(adult, []))
    #expect(shop.ask(.reserve("o3", adult, 1)).reason == .insufficient)
  }

  @Test("stock of its own is taken as well, from the day it has some, and also when that is sold out")
  func ownStock() {
    var shop = Shop.with(line(seats, 9), line(adult, 2))
    shop.ask(.recipe(adult, [line(seats, 1)]))
    shop.ask(.recipe(child, [line(seats, 1)]))
    #expect(shop.available(adult) == 2 && shop.level(adult)?.hasOwnStock == true)
    shop.ask(.reserve("o1", adult, 2))
    #expect(shop.level(adult)?.held == 2 && shop.level(seats)?.held == 2)
    shop.ask(.commit(id: "o1"))
    #expect(shop.ask(.reserve("o2", adult, 1)).reason == .insufficient)
    #expect(shop.available(child) == 7 && shop.level(child)?.hasOwnStock == false)
    shop.ask(.receive(child, 1))
    #expect(shop.available(child) == 1)
    #expect(shop.ask(.reserve("o3", child, 2)).rejection?.short == [.init(item: child, asked: 2, available: 1)])
    // Said anew when nothing is on hand, it is made of its parts only.
    shop.ask(.adjust(child, .to(0)))
    #expect(shop.available(child) == 0)
    shop.ask(.recipe(child, [line(seats, 1)]))
    #expect(shop.available(child) == 7)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("stock that comes from another location is its own, with holds on it or without")
  func ownStockMoved() {
    for withHolds in [false, true] {
      var shop = Shop.with(line(seats, 9), line(adult, 2))
      let inBerlin = ItemName(sku: "adult", location: "berlin")
      shop.ask(.register([inBerlin]))
      shop.ask(.recipe(inBerlin, [line(seats, 1)]))
      #expect(shop.level(inBerlin)?.hasOwnStock == false && shop.available(inBerlin) == 9)
      shop.ask(.reserve("o1", adult, 1))
      let move: Tallystick.Operation =
        withHolds
        ? .transferWith(sku: "adult", quantity: 2, from: "main", to: "berlin", .of(["o1"]))
        : .transfer(sku: "adult", quantity: 1, from: "main", to: "berlin")
      #expect(shop.ask(move).isAccepted)
      #expect(shop.level(inBerlin)?.hasOwnStock == true && shop.available(inBerlin) == 1)
      #expect(shop.ask(.reserve("o2", inBerlin, 1)).isAccepted)
      #expect(shop.level(inBerlin)?.held == (withHolds ? 2 : 1) && shop.level(seats)?.held == 1)
      #expect(shop.flawOfReplay() == nil)
    }
  }

  @Test("a cart may hold a set and its parts: all of it or nothing")
  func carts() {
    var shop = Shop.with(line(tea, 5), line(cup, 5))
    shop.ask(.recipe(set, [line(tea, 2), line(cup, 1)]))
    #expect(shop.available(set) == 2)
    #expect(shop.ask(.reserve(id: "a", [line(set, 2), line(tea, 2)])).rejection?.short.map(\.asked) == [6])
    #expect(shop.ask(.reserve(id: "a", [line(tea, 1), line(set, 2)])).isAccepted)
    #expect(shop.level(tea)?.held == 5 && shop.level(cup)?.held == 2)
    #expect(shop.ask(.reserve(id: "a", [line(set, 2), line(tea, 1)])).repeatedSequence != nil)
    #expect(shop.ask(.reserve(id: "b", [line(set, most)])).reason == .insufficient)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("commits, releases, amendments and returns name what is held: the parts")
  func settling() {
    var shop = Shop.with(line(tea, 9), line(cup, 9))
    shop.ask(.recipe(set, [line(tea, 2), line(cup, 1)]))
    shop.ask(.reserve("a", set, 2))
    #expect(shop.ask(.commit(id: "a", [line(set, 1)])).reason == .settled)
    #expect(shop.ask(.commit(id: "a", [line(tea, 2), line(cup, 1)])).isAccepted)
    #expect(shop.ask(.amend(id: "a", [line(tea, 1)])).isAccepted)
    // Nothing can be made to hold more of a set without its parts.
    #expect(shop.ask(.amend(id: "a", [line(set, 1)])).isInvalid)
    #expect(shop.ask(.commit(id: "a")).isAccepted)
    #expect(shop.ask(.returned([line(set, 1)])).isInvalid)
    #expect(shop.ask(.returnedOf(order: "a", [line(set, 1)])).reason == .settled)
    #expect(shop.ask(.returnedOf(order: "a", [line(tea, 3), line(cup, 2)])).isAccepted)
    #expect(shop.level(tea)?.onHand == 9 && shop.level(cup)?.onHand == 9)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("with stock of its own, too, an amendment cannot take more of it and leave the pool")
  func amendments() {
    var shop = Shop.with(line(seats, 3), line(adult, 3))
    shop.ask(.recipe(adult, [line(seats, 1)]))
    shop.ask(.reserve("a", adult, 1))
    #expect(shop.ask(.amend(id: "a", [line(adult, 2)])).isInvalid)
    #expect(shop.ask(.commitMore(id: "a", [line(adult, 2)])).isInvalid)
    #expect(shop.ask(.amend(id: "a", [line(seats, 2)])).isAccepted)
    #expect(shop.ask(.amend(id: "a", [line(adult, 0)])).isAccepted)
  }

  @Test("limits count the parts by whatever they are sold, and a set that has stock of its own")
  func limits() {
    var shop = Shop.with(line(tea, 9), line(cup, 9))
    shop.ask(.recipe(set, [line(tea, 2)]))
    #expect(shop.ask(.limit(set, 1)).isInvalid)
    #expect(shop.ask(.floor(set, 1)).isInvalid)
    #expect(shop.ask(.limit(set, nil)).isAccepted)
    shop.ask(.limit(tea, 3))
    #expect(shop.ask(.reserve("a", set, 1)).reason == .limit)
    #expect(shop.ask(.reserve("a", set, 1, customer: "ann")).isAccepted)
    #expect(shop.ask(.reserve("b", tea, 2, customer: "ann")).reason == .limit)
    #expect(shop.ask(.reserve("b", set, 1, customer: "ann")).rejection?.passedLimit?.asked == 2)
    shop.ask(.receive(set, 5))
    #expect(shop.ask(.limit(set, 1)).isAccepted)
    #expect(shop.ask(.reserve("c", set, 1, customer: "bob")).isAccepted)
    // What has a limit and nothing on hand does not become one that a limit cannot count.
    shop.ask(.register([cup, ItemName(sku: "pot")]))
    shop.ask(.limit(ItemName(sku: "pot"), 1))
    #expect(shop.ask(.recipe(ItemName(sku: "pot"), [line(cup, 1)])).isInvalid)
  }

  @Test("what cannot be a recipe is refused in words, and changes nothing")
  func refusals() {
    var shop = Shop.with(line(tea, 9), line(cup, 9))
    let unknown = shop.ask(.recipe(set, [line(tea, 1), line(seats, 1)])).rejection
    #expect(unknown?.reason == .unknownItem && unknown?.unknown == [seats])
    #expect(shop.level(set) == nil)
    #expect(shop.ask(.recipe(set, [])).reason == .unknownItem)
    #expect(shop.ask(.recipe(set, [line(set, 1)])).isInvalid)
    #expect(shop.ask(.recipe(set, [line(ItemName(sku: "tea", location: "*"), 1)])).isInvalid)
    #expect(shop.ask(.recipe(set, [line(tea, most), line(tea, 1)])).isInvalid)
    #expect(shop.ask(.recipe(set, [line(tea, 1)])).isAccepted)
    // One step deep, and neither end becomes the other.
    #expect(shop.ask(.recipe(child, [line(set, 1)])).isInvalid)
    #expect(shop.ask(.recipe(tea, [line(cup, 1)])).isInvalid)
    #expect(shop.ask(.recipe(set, [line(cup, 1)]), expecting: 0).reason == .changed)
    #expect(shop.ask(.recipe(set, []), key: "none").isAccepted)
    #expect(shop.ask(.recipe(set, []), key: "none").repeatedSequence != nil)
    #expect(shop.ask(.recipe(tea, [line(cup, 1)])).isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("parts are at a location, and a set at any location is made where it can be")
  func locations() {
    let setInBerlin = ItemName(sku: "set", location: "berlin")
    var shop = Shop.with(line(tea, 4), line(teaInBerlin, 3))
    shop.ask(.recipe(set, [line(tea, 2)]))
    shop.ask(.recipe(setInBerlin, [line(teaInBerlin, 2)]))
    let anywhere = line(ItemName(sku: "set", location: "*"), 3)
    #expect(shop.ask(.reserve(id: "a", [anywhere])).isAccepted)
    #expect(shop.level(tea)?.held == 4 && shop.level(teaInBerlin)?.held == 2)
    #expect(shop.ask(.reserve(id: "a", [anywhere])).repeatedSequence != nil)
    let refused = shop.ask(.reserve(id: "b", [anywhere])).rejection
    #expect(refused?.short == [.init(item: anywhere.item, asked: 3, available: 0)])
    #expect(shop.flawOfReplay() == nil)
  }

  @Test(
    "a batch sees the recipe that it sets, and takes it back with everything else", arguments: [nil, "k"] as [Name?])
  func batches(key: Name?) {
    var shop = Shop.with(line(tea, 4))
    shop.ask(.batch([.recipe(set, [line(tea, 2)]), .reserve("a", set, 3)]), key: key)
    #expect(shop.level(set) == nil)
    #expect(shop.ask(.batch([.recipe(set, [line(tea, 2)]), .reserve("a", set, 2)]), key: key).isAccepted)
    #expect(shop.level(tea)?.held == 4)
    #expect(shop.ask(.batch([.reserve("a", set, 2), .receive(tea, 1)])).results.map(\.isRepeat) == [true, false])
    #expect(shop.flawOfReplay() == nil)
  }
}
