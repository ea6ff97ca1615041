import TallyFormat
import Testing

@Suite("The name of a cart's parts")
struct CartPartTests {
  private func content(_ id: Name = "order-1", customer: Name = "c-9", ttl: Int64 = 900_000, tea: Int64 = 2) throws
    -> CartContent
  {
    try #require(
      CartContent(
        id: id, customer: customer, timeToLive: ttl,
        lines: [
          .init(sku: "tea", location: "main", quantity: tea), .init(sku: "cup", location: "berlin", quantity: 1),
        ]))
  }

  @Test("is what the format document says")
  func vectors() throws {
    #expect(CartPart(home: 1, attempt: 1, try content()).name == "&tAAEBLr2iXzsZ5EeMTpnhorder-1")
    #expect(
      CartPart(home: 0, attempt: 2, try content(customer: Name(bytes: []), ttl: 0)).name
        == "&nAAAC_MwRt_xKHQDfAnKAorder-1")
  }

  @Test("reads back, with the longest id, too")
  func roundTrip() throws {
    for id in ["x", Name(bytes: Array(repeating: 0x41, count: CartPart.maxCartBytes))] {
      for (home, attempt) in [(UInt16(0), UInt8(1)), (1023, 255)] {
        let part = CartPart(home: home, attempt: attempt, try content(id))
        #expect(CartPart(part.name) == part)
        #expect(part.name.flaw() == nil)
      }
    }
  }

  @Test("binds every amount, the customer, the time limit, the home and the attempt")
  func binding() throws {
    let parts = [
      CartPart(home: 0, attempt: 1, try content()), CartPart(home: 0, attempt: 1, try content(tea: 3)),
      CartPart(home: 0, attempt: 1, try content(customer: "c-8")), CartPart(home: 0, attempt: 1, try content(ttl: 1)),
      CartPart(home: 1, attempt: 1, try content()), CartPart(home: 0, attempt: 2, try content()),
    ]
    #expect(Set(parts.map(\.digest)).count == parts.count)
  }

  @Test("does not depend on the order of lines, nor on an item being named twice")
  func merging() throws {
    let lines: [CartContent.Line] = [
      .init(sku: "cup", location: "berlin", quantity: 1), .init(sku: "tea", location: "main", quantity: 1),
      .init(sku: "tea", location: "main", quantity: 1),
    ]
    let other = try #require(CartContent(id: "order-1", customer: "c-9", timeToLive: 900_000, lines: lines))
    #expect(CartPart(home: 0, attempt: 1, other) == CartPart(home: 0, attempt: 1, try content()))
    let line = CartContent.Line(sku: "tea", location: "main", quantity: Limits.maxQuantity)
    #expect(CartContent(id: "x", customer: "", timeToLive: 0, lines: [line, line]) == nil)
    // As only a forged log has them.
    for (one, other) in [(Int64.max, Int64.max), (.min, .min), (.max, 1)] {
      let lines = [one, other].map { CartContent.Line(sku: "tea", location: "main", quantity: $0) }
      #expect(CartContent(id: "x", customer: "", timeToLive: 0, lines: lines) == nil)
    }
    let below = [Int64.min, 5].map { CartContent.Line(sku: "tea", location: "main", quantity: $0) }
    #expect(CartContent(id: "x", customer: "", timeToLive: 0, lines: below)?.lines.first?.quantity == .min + 5)
  }

  @Test(
    "is told from other names",
    arguments: [
      "", "&", "order-1", "&tAAEBLr2iXzsZ5EeMTpnh", "&xAAEBLr2iXzsZ5EeMTpnhorder-1", "&tAAEALr2iXzsZ5EeMTpnhx",
      "&tAAEBLr2iXzsZ5EeMT!nhorder-1",
    ])
  func otherNames(name: String) { #expect(CartPart(Name(name)) == nil) }
}
