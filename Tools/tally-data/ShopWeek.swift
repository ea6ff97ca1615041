/// A week of a small shop as CSV: deliveries (`IN-…`), orders (`SO-…`), returns (`RT-…`), write-offs (`WO-…`), at two
/// locations, with the small dirt of a real export: postage that is no stock, an empty line, a quantity of nothing.
struct ShopWeek {
  private static let goods: [(sku: String, name: String, cents: Int)] = [
    ("TEA-ASSAM", "Assam, 250 g", 790), ("TEA-SENCHA", "Sencha, 100 g", 1290), ("TEA-EARL", "Earl Grey, 250 g", 890),
    ("TEA-MINT", "Peppermint, 100 g", 490), ("CUP-WHITE", "Cup, white", 650), ("CUP-BLUE", "Cup, \"Delft\" blue", 890),
    ("POT-1L", "Tea pot, 1 l", 3490), ("POT-HALF", "Tea pot, 0.5 l", 2790), ("SIEVE", "Sieve, steel", 990),
    ("TIN-RED", "Tin, red, 250 g", 590), ("TIN-GREEN", "Tin, green, 250 g", 590), ("SPOON", "Measuring spoon", 390),
    ("HONEY", "Honey, 500 g", 750), ("BISCUIT", "Shortbread, 200 g", 420), ("GIFT-BOX", "Gift box, three teas", 2490),
  ]
  private static let hours = 9...18

  private var random: SplitMix64
  private var text = "document,at,sku,description,quantity,price,customer,location\n"
  private var numbers: [String: Int] = [:]
  /// Sold, and may come back.
  private var sold: [(sku: Int, customer: String, location: String)] = []

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  /// The whole file.
  static func text(seed: UInt64) -> String {
    var week = ShopWeek(seed: seed)
    // Monday, 1 December 2025, to Saturday.
    for day in 1...6 { week.run(day: day) }
    return week.text
  }

  private mutating func run(day: Int) {
    if day == 1 || day == 4 { deliver(day: day) }
    for hour in ShopWeek.hours {
      let documents = random.number(2...6)
      for position in 0..<documents {
        let at = time(day, hour, (60 * position + random.number(0...59)) / documents)
        switch random.number(1...100) {
        case ...88: order(at)
        case ...95: giveBack(at)
        default: writeOff(at)
        }
      }
    }
    if day == 3 { text += "\n" }
  }

  private mutating func deliver(day: Int) {
    for location in ["shop", "store"] {
      let document = number("IN")
      for item in ShopWeek.goods.indices {
        let quantity = random.number(day == 1 ? 24...60 : 10...24)
        row(document, time(day, 8, 0), item, quantity, "", location)
      }
    }
  }

  private mutating func order(_ at: String) {
    let document = number("SO")
    let customer = random.chance(65) ? "k-\(random.number(100...260))" : ""
    let location = random.chance(70) ? "shop" : "store"
    for _ in 0..<random.number(1...4) {
      // The first goods are the popular ones.
      let item = min(random.number(0...(ShopWeek.goods.count - 1)), random.number(0...(ShopWeek.goods.count - 1)))
      let quantity = random.chance(80) ? random.number(1...2) : random.number(3...6)
      row(document, at, item, quantity, customer, location)
      sold.append((item, customer, location))
    }
    if location == "store" { text += "\(document),\(at),POST,Postage,1,4.90,\(customer),store\n" }
    if random.chance(1) { row(document, at, 0, 0, customer, location) }
  }

  private mutating func giveBack(_ at: String) {
    guard !sold.isEmpty else { return }
    let piece = sold.remove(at: random.number(0...(sold.count - 1)))
    row(number("RT"), at, piece.sku, -1, piece.customer, piece.location)
  }

  private mutating func writeOff(_ at: String) {
    row(number("WO"), at, random.number(4...7), -random.number(1...2), "", random.chance(50) ? "shop" : "store")
  }

  private mutating func number(_ kind: String) -> String {
    numbers[kind, default: 0] += 1
    return "\(kind)-\(String(1000 + numbers[kind, default: 0]))"
  }

  private func time(_ day: Int, _ hour: Int, _ minute: Int) -> String {
    "2025-12-0\(day) \(padded(hour)):\(padded(minute))"
  }

  private func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  private mutating func row(
    _ document: String, _ at: String, _ item: Int, _ quantity: Int, _ customer: String, _ location: String
  ) {
    let (sku, name, cents) = ShopWeek.goods[item]
    let quoted =
      name.contains(where: { $0 == "," || $0 == "\"" })
      ? "\"\(name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\"" : name
    text +=
      "\(document),\(at),\(sku),\(quoted),\(quantity),\(cents / 100).\(padded(cents % 100)),\(customer),\(location)\n"
  }
}
