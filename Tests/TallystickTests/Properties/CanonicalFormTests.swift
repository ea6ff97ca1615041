import TallyFormat
import TallyTestSupport
import Testing

@testable import Tallystick

@Suite("The canonical form of a state")
struct CanonicalFormTests {
  /// A state with every part that a form can have: UUIDs, long ids, customers, expiries, carts, parts settled, limits.
  private func form(seed: UInt64) -> [UInt8] {
    var random = SplitMix64(seed: seed)
    var shop = Shop()
    shop.ask(.receive([Line(sku: "tea", 500), Line(sku: "cup", location: "berlin", 90), Line(sku: "pot", 1 << 40)]))
    shop.ask(.limit(ItemName(sku: "tea"), 20))
    shop.ask(.reserve(id: "ended", [Line(sku: "pot", 1)]))
    shop.ask(.commit(id: "ended"))
    for number in 0..<12 {
      shop.now += Int64(random.number(0...300))
      let ids: [Name] = [
        Name("o-\(number)"), Name("018f3a1e-aaaa-7bbb-8ccc-0123456789\(10 + number)"),
        Name("an order with a long name, number \(number)"),
      ]
      let id = random.pick(ids)
      let cart = [Line(sku: "tea", 2), Line(sku: "pot", 1 << Int64(random.number(1...30)))]
      shop.ask(
        .reserve(
          id: id, random.one(in: 2) ? cart : [Line(sku: "tea", 1)], customer: Name("c-\(random.number(0...3))"),
          timeToLive: random.one(in: 2) ? 900_000 : nil))
      if random.one(in: 3) { shop.ask(.release(id: id, [Line(sku: "tea", 1)])) }
      shop.ask(.reserve(id: Name("plain-\(number)"), [Line(sku: "cup", location: "berlin", 1)]))
    }
    return shop.judge.canonicalForm
  }

  @Test("is the only one of its state: what is read from other bytes is written as those bytes, or refused")
  func onlyOne() throws {
    var accepted = 0
    for seed in Seeds.few(4) {
      var random = SplitMix64(seed: seed)
      let form = form(seed: seed)
      #expect(try State(canonicalForm: form).canonicalForm() == form, "seed \(seed)")
      for index in form.indices {
        for _ in 0..<4 {
          var changed = form
          switch random.number(0...3) {
          case 0: changed[index] ^= 1 << UInt8(random.number(0...7))
          case 1: changed[index] = UInt8(random.number(0...255))
          case 2: changed.insert(UInt8(random.pick([0, 1, 0x80, random.number(0...255)])), at: index)
          default: changed.remove(at: index)
          }
          guard let state = try? State(canonicalForm: changed) else { continue }
          accepted += 1
          #expect(state.canonicalForm() == changed, "seed \(seed), byte \(index)")
        }
      }
    }
    // Of a name or a time, for instance.
    #expect(accepted > 100)
  }

  @Test("takes two dozen bytes for a hold of a UUID")
  func size() {
    var shop = Shop()
    shop.ask(.receive([Line(sku: "tea", 500)]))
    let before = shop.judge.canonicalForm.count
    for number in 100..<200 {
      shop.ask(.reserve(id: Name("018f3a1e-aaaa-7bbb-8ccc-012345678\(number)"), [Line(sku: "tea", 1)]))
    }
    #expect(shop.judge.canonicalForm.count - before < 100 * 24)
  }
}
