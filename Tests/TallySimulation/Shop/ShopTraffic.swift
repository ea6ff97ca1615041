import TallyTestSupport
import Tallystick

/// Random commands of a small shop: few items, so that shortages, limits, repeats and expiries meet, and every name
/// only once, so that each event can be traced to its sender.
struct ShopTraffic: Sendable {
  private(set) var random: SplitMix64
  private var count = 0
  private var carts: [(id: Name, lines: [Line])] = []

  private static let items = [
    ItemName(sku: "tea"), ItemName(sku: "cup"), ItemName(sku: "tea", location: "berlin"),
  ]
  private static let customers: [Name?] = [nil, nil, "ann", "bob"]

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  /// The stock that a shop opens with.
  static let opening = Command(.receive(items.map { Line($0, 40) }, reference: "opening"), key: "opening")

  mutating func command() -> Command {
    count += 1
    // Not drawn: the other commands of a seed stay what they are.
    if count % 19 == 0 { return Command(.expire) }
    if count % 23 == 0 {
      return Command(.floor(Self.items[count / 23 % 3], Int64(count / 23 % 4)), key: Name("floor-\(count)"))
    }
    if count % 37 == 4 { return recipe() }
    if count % 41 == 6 {
      let order: [Name] = [["berlin", "main"], ["main"], []][count / 41 % 3]
      return Command(.prefer("tea", order), key: Name("prefer-\(count)"))
    }
    if count % 11 == 6 { return consumption() }
    if count % 13 == 9, carts.count > 4 {
      let reopening = Operation.reopen(
        id: carts[carts.count - 1 - count % 5].id, timeToLive: count % 3 == 0 ? nil : Int64(400 + count))
      return Command(reopening, key: count % 2 == 0 ? Name("again-\(count)") : nil)
    }
    if count % 17 == 8 {
      let id = Name("set-\(count)")
      return Command(.reserve(id: id, [Line(Self.set, Int64(1 + count % 2)), Line(Self.items[1], 1)], customer: "ann"))
    }
    if count % 17 == 12 { return Command(.commit(id: Name("set-\(count - 4)"))) }
    if count % 29 == 0 {
      return Command(.register([ItemName(sku: "new", location: Name("\(count % 5)")), Self.items[0]]))
    }
    if count % 31 == 0 {
      let late = Operation.receive([Line(Self.items[1], 1)], reference: Name("late-\(count)"))
      return Command(.dated(late, effective: Int64(count)), key: count % 2 == 0 ? nil : Name("late-key-\(count)"))
    }
    if count % 7 == 3, let operation = alteration() {
      return Command(operation, key: count % 2 == 0 ? Name("key-\(count)") : nil)
    }
    let key: Name? = random.one(in: 2) ? Name("key-\(count)") : nil
    if random.one(in: 8) {
      let operations = (0..<random.number(1...4)).map { part in self.operation("\(count).\(part)") }
      return Command(.batch(operations), key: key)
    }
    let operation = self.operation("\(count)")
    if operation.reservationID != nil { return Command(operation) }
    return Command(operation, key: key)
  }

  /// How far one of three has read; now and then one is forgotten. Not drawn.
  private func consumption() -> Command {
    let consumer: Name = ["orders", "search", "mail"][count % 3]
    return Command(
      count % 7 == 0 ? .forgetConsumer(consumer) : .acknowledge(consumer: consumer, through: UInt64(count / 2)))
  }

  private static let set = ItemName(sku: "set")

  private func recipe() -> Command {
    let parts = Self.items.prefix(1 + count % 3).map { Line($0, Int64(1 + count % 2)) }
    return Command(.recipe(Self.set, count % 5 == 1 ? [] : parts), key: count % 2 == 0 ? Name("recipe-\(count)") : nil)
  }

  /// A change of one of the last carts. Not drawn either.
  private func alteration() -> Operation? {
    guard carts.count > count % 5 else { return nil }
    let cart = carts[carts.count - 1 - count % 5]
    let item = Self.items[count % Self.items.count]
    switch count / 7 % 8 {
    case 6:
      return .returnedOf(
        order: cart.id, cart.lines.prefix(1).map { Line($0.item, 1) }, reference: Name("rma-of-\(count)"))
    case 0: return .extend(id: cart.id, timeToLive: Int64(500 + count))
    case 1: return .extend(id: cart.id, timeToLive: nil)
    case 2: return .amend(id: cart.id, cart.lines.prefix(1).map { Line($0.item, Int64(count % 4)) })
    case 3: return .amend(id: cart.id, [Line(item, Int64(1 + count % 3))])
    case 4: return .commitMore(id: cart.id, cart.lines.prefix(1).map { Line($0.item, Int64(2 + count % 5)) })
    case 5:
      return .transferWith(
        sku: "tea", quantity: Int64(1 + count % 9), from: "main", to: "berlin",
        count % 2 == 0 ? .all : .of([cart.id]))
    default:
      return .adjust(item, .by(-Int64(1 + count % 9)), reason: Name("trim-\(count)"), release: .newestTrimmed)
    }
  }

  private mutating func operation(_ tag: String) -> Operation {
    switch random.number(0...15) {
    case 0...2: return .receive(lines(9), reference: Name("po-\(tag)"))
    case 3: return .returned(lines(2), reference: Name("rma-\(tag)"))
    case 4...8:
      let id = Name("order-\(tag)")
      let lines = self.lines(4)
      carts.append((id, lines))
      let timeToLive: Int64? = random.one(in: 3) ? Int64(random.number(1...3_000)) : nil
      // Not drawn either.
      let wait: Operation.Wait? =
        count % 3 == 0 ? .milliseconds(Int64(count % 7 * 400 + 1)) : count % 3 == 1 ? .forever : nil
      return .reserve(id: id, lines, customer: random.pick(Self.customers), timeToLive: timeToLive, wait: wait)
    case 9...12: return settlement()
    case 13:
      let adjustment: Operation.Adjustment =
        random.one(in: 2) ? .to(Int64(random.number(0...30))) : .by(random.pick([-3, -2, -1, 1, 2, 3]))
      return .adjust(
        random.pick(Self.items), adjustment, reason: Name("count-\(tag)"),
        release: random.pick([nil, .newest, .oldest]))
    case 14: return .transfer(sku: "tea", quantity: Int64(random.number(1...5)), from: "main", to: "berlin")
    default: return .limit(random.pick(Self.items), random.one(in: 2) ? nil : Int64(random.number(1...12)))
    }
  }

  private mutating func settlement() -> Operation {
    guard !carts.isEmpty else { return .receive(lines(3), reference: Name("po-first-\(count)")) }
    let cart = carts[max(0, carts.count - random.number(1...6))]
    let part: [Line]? = random.one(in: 4) ? [Line(random.pick(cart.lines).item, 1)] : nil
    return random.one(in: 3) ? .release(id: cart.id, part) : .commit(id: cart.id, part)
  }

  private mutating func lines(_ largest: Int) -> [Line] {
    (0..<random.pick([1, 1, 1, 2])).map { _ in Line(random.pick(Self.items), Int64(random.number(1...largest))) }
  }
}
