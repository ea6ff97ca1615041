import Tallystick
import Testing

@Suite("Names are byte strings")
struct ByteStringTests {
  private let composed = Name(bytes: [0xC3, 0xA9])
  private let decomposed = Name(bytes: [0x65, 0xCC, 0x81])

  @Test("a composed and a decomposed é are two SKUs, two locations")
  func skus() {
    #expect(String(describing: composed) == String(describing: decomposed), "equal to Swift's String")
    var shop = Shop()
    shop.ask(.receive([line(ItemName(sku: composed), 1), line(ItemName(sku: decomposed), 2)]))
    #expect(shop.level(ItemName(sku: composed))?.onHand == 1)
    #expect(shop.level(ItemName(sku: decomposed))?.onHand == 2)
    #expect(shop.ask(.transfer(sku: composed, quantity: 1, from: "main", to: decomposed)).isAccepted)
    #expect(shop.level(ItemName(sku: composed, location: composed)) == nil)
    #expect(shop.ask(.transfer(sku: composed, quantity: 1, from: decomposed, to: composed)).isAccepted)
    #expect(shop.flawOfReplay() == nil)
  }

  @Test("two reservation ids, two keys, two customers")
  func ids() {
    var shop = Shop.with(line(tea, 9))
    shop.ask(.limit(tea, 1))
    #expect(shop.ask(.reserve(composed, tea, 1, customer: composed)).isAccepted)
    #expect(shop.ask(.reserve("o", tea, 1, customer: composed)).reason == .limit)
    #expect(shop.ask(.reserve(decomposed, tea, 1, customer: decomposed)).isAccepted)
    #expect(shop.ask(.commit(id: decomposed)).isAccepted)
    #expect(shop.ask(.release(id: composed)).isAccepted)
    let long = Name(bytes: composed.bytes + [0x6B])
    #expect(shop.ask(.receive(tea, 1), key: long).isAccepted)
    #expect(shop.ask(.receive(tea, 1), key: Name(bytes: decomposed.bytes + [0x6B])).isAccepted)
  }

  @Test("references and reasons in another normal form are another content")
  func contents() {
    var shop = Shop.with(line(tea, 9))
    shop.ask(.receive([line(tea, 1)], reference: composed), key: "k")
    #expect(shop.ask(.receive([line(tea, 1)], reference: decomposed), key: "k").reason == .conflict)
    shop.ask(.adjust(tea, .to(1), reason: composed), key: "l")
    #expect(shop.ask(.adjust(tea, .to(1), reason: decomposed), key: "l").reason == .conflict)
  }

  @Test("upper and lower case, and a space more, are different names")
  func similar() {
    var shop = Shop.with(line(tea, 9))
    #expect(shop.ask(.reserve("o", ItemName(sku: "Tea"), 1)).reason == .unknownItem)
    #expect(shop.ask(.reserve("o", ItemName(sku: "tea "), 1)).reason == .unknownItem)
  }

  @Test("items are sorted by their bytes: SKU, then location")
  func order() {
    let items = [ItemName(sku: "a", location: "z"), .init(sku: "a!"), .init(sku: "z"), .init(sku: composed)]
    #expect(items.shuffled().sorted() == items)
    #expect(decomposed < "z" && "z" < composed)
  }
}
