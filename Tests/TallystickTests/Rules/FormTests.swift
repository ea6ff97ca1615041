import Tallystick
import Testing

@Suite("Form")
struct FormTests {
  private static func text(_ count: Int) -> Name { Name(String(repeating: "n", count: count)) }
  /// 64 bytes that end in a character of two.
  private static let wide = Name(String(repeating: "n", count: 62) + "é")

  // Handed over as bytes: control characters have no place in a test's output.
  private static let badNames: [Name] = [
    "", text(65), Name(bytes: wide.bytes + [0x6E]), Name(bytes: [0xFF]), Name(bytes: [0xC3]),
    Name(bytes: [0xED, 0xA0, 0x80]), Name(bytes: [0xC0, 0x80]), Name(bytes: [0xF4, 0x90, 0x80, 0x80]),
    "a\u{0}", "a\nb", "\u{1F}", "\u{7F}", "\u{80}", "a\u{85}", "\u{9F}b",
  ]
  private static let goodNames: [Name] = [
    "n", " ", text(64), wide, "\u{A0}", "~", "\u{10FFFF}", "@", "=", "😀", "\u{200B}", "e\u{301}",
  ]

  /// Commands that are right if `name` is, with it in every place that a name can have.
  private func commands(with name: Name) -> [Command] {
    let item = ItemName(sku: name)
    let there = ItemName(sku: "tea", location: name)
    let operations: [Operation] = [
      .receive([line(item, 1)]), .receive([line(there, 1)]), .returned([line(tea, 1), line(item, 1)]),
      .reserve(name, tea, 1), .reserve("p", tea, 1, customer: name), .reserve("p", item, 1), .commit(id: name),
      .release(id: name), .commit(id: "o", [line(there, 1)]), .adjust(item, .to(1)), .adjust(there, .to(1)),
      .transfer(sku: name, quantity: 1, from: "main", to: "berlin"),
      .transfer(sku: "tea", quantity: 1, from: name, to: "berlin"),
      .transfer(sku: "tea", quantity: 1, from: "main", to: name), .limit(item, 1), .limit(there, nil),
      .batch([.receive(tea, 1), .receive(item, 1)]),
    ]
    return operations.map { Command($0) } + [Command(.receive(tea, 1), key: name)]
  }

  @Test("names have 1 to 64 bytes of UTF-8 without control characters", arguments: badNames.map(\.bytes))
  func refusesName(_ bytes: [UInt8]) {
    let name = Name(bytes: bytes)
    for command in commands(with: name) {
      var shop = Shop.with(line(tea, 5))
      let (outcome, difference) = shop.compare(command)
      #expect(outcome.isInvalid)
      #expect(difference == nil)
    }
  }

  @Test("and may be anything else", arguments: goodNames.map(\.bytes))
  func takesName(_ bytes: [UInt8]) {
    let name = Name(bytes: bytes)
    for command in commands(with: name) {
      var shop = Shop.with(line(tea, 5))
      let (outcome, difference) = shop.compare(command)
      #expect(!outcome.isInvalid, "\(command)")
      #expect(difference == nil)
    }
  }

  @Test("texts have up to 256 bytes")
  func texts() {
    for (text, isRight) in [("", true), (Self.text(256), true), (Self.text(257), false), ("a\tb", false)] {
      var shop = Shop.with(line(tea, 5))
      #expect(shop.ask(.receive([line(tea, 1)], reference: text)).isInvalid == !isRight)
      #expect(shop.ask(.returned([line(tea, 1)], reference: text)).isInvalid == !isRight)
      #expect(shop.ask(.adjust(tea, .to(1), reason: text)).isInvalid == !isRight)
    }
  }

  @Test("quantities are 1 to 2^53 − 1", arguments: [0, -1, most + 1, .max, .min])
  func quantities(_ quantity: Int64) {
    var shop = Shop.with(line(tea, 5))
    let operations: [Operation] = [
      .receive(tea, quantity), .returned([line(tea, quantity)]), .reserve("o", tea, quantity),
      .commit(id: "o", [line(tea, quantity)]), .release(id: "o", [line(tea, quantity)]), .transferTea(quantity),
      .receive([line(tea, 5), line(tea, quantity)]),
    ]
    for operation in operations { #expect(shop.ask(operation).isInvalid, "\(operation)") }
  }

  @Test("an adjustment is to 0 … 2^53 − 1, or by anything but 0 within ±(2^53 − 1)")
  func adjustments() {
    var shop = Shop.with(line(tea, 5))
    for change: Operation.Adjustment in [.to(-1), .to(most + 1), .by(0), .by(most + 1), .by(-most - 1), .by(.min)] {
      #expect(shop.ask(.adjust(tea, change)).isInvalid, "\(change)")
    }
    for change: Operation.Adjustment in [.to(0), .to(most), .by(-most), .by(most)] {
      #expect(shop.ask(.adjust(tea, change)).isAccepted, "\(change)")
    }
  }

  @Test("a limit is 0 … 2^53 − 1 or none")
  func limits() {
    var shop = Shop.with(line(tea, 5))
    for limit: Int64? in [-1, most + 1] { #expect(shop.ask(.limit(tea, limit)).isInvalid) }
    for limit: Int64? in [0, most, nil] { #expect(shop.ask(.limit(tea, limit)).isAccepted) }
  }

  @Test("a time to live is 1 … 2^53 − 1")
  func timesToLive() {
    var shop = Shop.with(line(tea, 5))
    for time: Int64 in [0, -1, most + 1] { #expect(shop.ask(.reserve("o", tea, 1, timeToLive: time)).isInvalid) }
    #expect(shop.ask(.reserve("o", tea, 1, timeToLive: 1)).isAccepted)
  }

  @Test("a cart has 1 to 4,096 lines")
  func lineCounts() {
    var shop = Shop.with(line(tea, 5000))
    let tooMany = (0..<4097).map { _ in line(tea, 1) }
    let makers: [([Line]) -> Operation] = [
      { .receive($0) }, { .returned($0) }, { .reserve(id: "o", $0) }, { .commit(id: "o", $0) },
      { .release(id: "p", $0) },
    ]
    shop.ask(.reserve("p", tea, 4096))
    shop.ask(.release(id: "p", [line(tea, 1)]))
    for make in makers {
      #expect(shop.ask(make([])).isInvalid)
      #expect(shop.ask(make(tooMany)).isInvalid)
      #expect(!shop.ask(make(Array(tooMany.dropLast()))).isInvalid)
    }
  }

  @Test("a key on a reserve is no command")
  func keyOnReserve() {
    var shop = Shop.with(line(tea, 5))
    #expect(shop.ask(.reserve("o", tea, 1), key: "k").isInvalid)
    #expect(shop.ask(.reserve("o", tea, 1), key: "o").isInvalid)
  }

  @Test("a time lies within 0 … 2^53 − 1")
  func times() {
    var shop = Shop.with(line(tea, 5))
    for time: Int64 in [-1, .min, most + 1, .max] { #expect(shop.ask(.receive(tea, 1), at: time).isInvalid) }
  }

  @Test("what is no command changes nothing and is no rejection")
  func changesNothing() {
    var shop = Shop.with(line(tea, 5))
    #expect(shop.ask(.receive(tea, 0), key: "k").isInvalid)
    #expect(shop.lastSequence == 2)
    #expect(shop.ask(.receive(tea, 1), key: "k").isAccepted)
  }
}
