import TallyTestSupport
import Tallystick

/// Commands of every kind about a few items; many are refused, and then leave no event.
struct RandomShopper {
  private var random: SplitMix64
  private var orders = 0

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  private mutating func sku() -> Name { random.pick(["tea", "cup", "pot", "jar"]) }

  private mutating func lines() -> [Line] {
    (0..<random.number(1...3)).map { _ in Line(sku: sku(), random.number(Int64(1)...4)) }
  }

  private mutating func order() -> Name { Name("order-\(max(1, orders - random.number(0...40)))") }

  mutating func next() -> Command {
    switch random.number(0...23) {
    case 0...1: return Command(.receive(lines(), reference: random.one(in: 2) ? ("PO" as Name) : nil))
    case 2...9:
      orders += 1
      return Command(
        .reserve(
          id: Name("order-\(orders)"), lines(), customer: random.one(in: 2) ? Name("c-\(orders % 3)") : nil,
          timeToLive: random.one(in: 3) ? random.number(Int64(1)...20) : nil,
          wait: random.pick([nil, .forever, .milliseconds(random.number(Int64(1)...30))])))
    case 10...12: return Command(.commit(id: order()))
    case 13: return Command(.commit(id: order(), [Line(sku: sku(), 1)]))
    case 14: return Command(.release(id: order()))
    case 15: return Command(.release(id: order(), [Line(sku: sku(), 1)]))
    case 16 where random.one(in: 2):
      let back = Operation.returnedOf(order: order(), [Line(sku: sku(), 1)])
      return Command(random.one(in: 3) ? .dated(back, effective: random.number(Int64(0)...20)) : back)
    case 16: return Command(.returned(lines()))
    case 17:
      return Command(
        .adjust(
          ItemName(sku: sku()), .by(random.number(Int64(-6)...6)), reason: "count",
          release: random.pick([.newest, .oldest, .newestTrimmed, .oldestTrimmed])))
    case 18 where random.one(in: 2):
      return Command(
        .transferWith(
          sku: sku(), quantity: random.number(Int64(1)...9), from: "main", to: "berlin",
          random.one(in: 2) ? .all : .of([order()])))
    case 18:
      return Command(.transfer(sku: sku(), quantity: 1, from: "main", to: "berlin"))
    case 19: return Command(.extend(id: order(), timeToLive: random.one(in: 4) ? nil : random.number(Int64(1)...40)))
    case 20...21: return Command(.amend(id: order(), lines().map { Line($0.item, $0.quantity - 1) }))
    case 22: return Command(.commitMore(id: order(), lines()))
    default: return Command(.limit(ItemName(sku: sku()), random.one(in: 3) ? nil : random.number(Int64(1)...30)))
    }
  }
}
