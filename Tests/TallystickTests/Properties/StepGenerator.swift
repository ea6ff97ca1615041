import TallyTestSupport
import Tallystick

/// Random steps in a universe so small that repeats, conflicts, shortages, limits and expiries meet all the time.
struct StepGenerator {
  private var random: SplitMix64
  private var past: [Step] = []
  private var reservations = 0
  private var carts: [Name: [Line]] = [:]

  private static let composed = Name(bytes: [0xC3, 0xA9])
  private static let decomposed = Name(bytes: [0x65, 0xCC, 0x81])
  private static let skus: [Name] = ["tea", "cup", composed, decomposed]
  private static let locations: [Name] = ["main", "main", "berlin"]
  private static let customers: [Name?] = [nil, "ann", "bob"]
  private static let keys: [Name] = (1...9).map { Name("key-\($0)") }

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  mutating func history(_ count: Int) -> [Step] {
    while past.count < count { past.append(step()) }
    return past
  }

  private mutating func step() -> Step {
    var step: Step
    if !past.isEmpty, random.one(in: 7) {
      // The same command once more, or one with the same key.
      step = random.one(in: 2) ? random.pick(past) : random.pick(Array(past.suffix(12)))
      if random.one(in: 4) { step.operation = operation() }
    } else if random.one(in: 8) {
      step = Step(operation: .batch((0..<random.number(1...5)).map { _ in operation() }))
    } else {
      step = Step(operation: operation())
    }
    step.key = random.one(in: 4) ? random.pick(Self.keys) : step.key
    if step.operation.reservationID != nil, !random.one(in: 40) { step.key = nil }
    step.time = time()
    step.expectedBack = random.one(in: 6) ? random.number(-2...12) : nil
    step.tick = random.one(in: 10) ? random.number(-40...120) : random.number(0...8)
    step.asRow = random.one(in: 3)
    step.endsFrame = random.one(in: 9)
    return step
  }

  private mutating func time() -> Step.Time {
    switch random.number(0...24) {
    case 0: .afterLast(random.number(-3...30))
    case 1: .afterClock(random.pick([60_000, 60_001, 59_999, 0, -1, 20]))
    case 2: .afterLast(0)
    default: .clock
    }
  }

  private mutating func operation() -> Operation {
    switch random.number(0...30) {
    case 25...26: random.one(in: 3) ? recipe() : .floor(item(), random.pick([0, 1, 2, 3, 9]))
    case 27 where random.one(in: 3): prefer()
    case 27: random.one(in: 2) ? .register((0..<random.number(1...3)).map { _ in item() }) : dated()
    case 28...29: dated()
    case 30: consumption()
    case 0...2: .receive(lines(12), reference: text())
    case 3 where random.one(in: 2):
      .returnedOf(order: oldID(), random.one(in: 3) ? lines(2) : [line(item(), 1)], reference: text())
    case 3: .returned(lines(3), reference: text())
    case 4...9: reserve()
    case 10...13: settle()
    case 14...15: .adjust(item(), adjustment(), reason: "count", release: policy())
    case 16 where random.one(in: 2):
      .transferWith(
        sku: random.pick(Self.skus), quantity: quantity(9), from: random.pick(Self.locations),
        to: random.pick(Self.locations),
        random.one(in: 2) ? .all : .of((0..<random.number(1...2)).map { _ in oldID() }))
    case 16...17:
      .transfer(
        sku: random.pick(Self.skus), quantity: quantity(4), from: random.pick(Self.locations),
        to: random.pick(Self.locations))
    case 18: random.one(in: 3) ? .expire : .limit(item(), random.one(in: 3) ? nil : random.number(0...9))
    case 19: rareOperation()
    default: random.one(in: 3) ? settle() : alter()
    }
  }

  /// Mostly what can be; a recipe of what has one, or of itself, cannot.
  private mutating func recipe() -> Operation {
    let made = random.one(in: 2) ? ItemName(sku: "set", location: random.pick(Self.locations)) : item()
    return .recipe(made, random.one(in: 4) ? [] : lines(3))
  }

  /// Some of the SKU's locations, or one that it does not have, or has been named already.
  private mutating func prefer() -> Operation {
    let count = Int(random.number(0...2))
    return .prefer(random.pick(Self.skus), (0..<count).map { _ in random.pick(["main", "berlin", "berlin"]) })
  }

  /// How far somebody has read: mostly a little further.
  private mutating func consumption() -> Operation {
    let consumer: Name = random.one(in: 30) ? "" : random.pick(["orders", "search", "orders"])
    if random.one(in: 6) { return .forgetConsumer(consumer) }
    return .acknowledge(
      consumer: consumer,
      through: random.one(in: 20) ? random.pick([0, 1_000_000, 1 << 53]) : UInt64(random.number(0...Int64(past.count))))
  }

  /// A movement of another day.
  private mutating func dated() -> Operation {
    let movement: Operation =
      switch random.number(0...4) {
      case 0: .receive(lines(4), reference: text())
      case 1: .returned(lines(2), reference: text())
      case 2: .adjust(item(), adjustment(), reason: "late", release: random.pick([nil, .newest]))
      case 3: .returnedOf(order: oldID(), [line(item(), 1)], reference: text())
      default: .transfer(sku: random.pick(Self.skus), quantity: quantity(2), from: "main", to: "berlin")
      }
    return .dated(movement, effective: random.pick([0, 7, most, 1_000_000]))
  }

  private mutating func reserve() -> Operation {
    let id = newOrOldID()
    var lines = lines(4)
    if random.one(in: 6) {
      let place = Int(random.number(0...Int64(lines.count - 1)))
      lines[place].item.location = "*"
      if random.one(in: 3) { lines.append(line(item(), quantity(3))) }
    }
    carts[id] = carts[id] ?? lines
    return .reserve(
      id: id, lines, customer: random.pick(Self.customers), timeToLive: timeToLive(), wait: wait())
  }

  /// All that is open, one of an item of the cart, or something that the cart may not have.
  private mutating func settle() -> Operation {
    let id = oldID()
    var part: [Line]?
    switch random.number(0...3) {
    case 0: part = lines(1)
    case 1: part = carts[id].map { [Line(random.pick($0).item, 1)] }
    default: part = nil
    }
    return random.one(in: 2) ? .commit(id: id, part) : .release(id: id, part)
  }

  private mutating func policy() -> ReleasePolicy? {
    random.pick([nil, .newest, .oldest, .newestTrimmed, .oldestTrimmed])
  }

  /// Another time limit, other quantities of what is in the cart or not, or a commit of more than that.
  private mutating func alter() -> Operation {
    let id = oldID()
    switch random.number(0...6) {
    case 6: return .reopen(id: id, timeToLive: timeToLive())
    case 0...1: return .extend(id: id, timeToLive: timeToLive())
    case 2: return .commitMore(id: id, carts[id].map { [line(random.pick($0).item, quantity(5))] } ?? lines(2))
    case 3: return .amend(id: id, (carts[id] ?? lines(1)).map { line($0.item, random.number(0...3)) })
    default: return .amend(id: id, lines(6).map { line($0.item, $0.quantity - 1) })
    }
  }

  /// What is not a command at all, or at the very edge.
  private mutating func rareOperation() -> Operation {
    switch random.number(0...9) {
    case 6: .floor(item(), random.pick([-1, most, most + 1]))
    case 7: .dated(random.one(in: 2) ? .commit(id: oldID()) : .dated(.receive(lines(1)), effective: 1), effective: 1)
    case 8: .dated(.receive(lines(1)), effective: random.pick([-1, most + 1]))
    case 9: .register(random.one(in: 2) ? [] : [ItemName(sku: "")])
    case 0: .receive([])
    case 1: .reserve(id: Name(String(repeating: "x", count: random.number(64...65))), lines(1))
    case 2: .batch([.batch([.receive(lines(1))])])
    case 3: .receive([line(item(), most), line(item(), random.number(0...2))])
    case 4: .adjust(item(), .to(most), reason: "", release: nil)
    default: .commit(id: random.pick(Self.keys))
    }
  }

  private mutating func newOrOldID() -> Name {
    if random.one(in: 5) { return oldID() }
    if random.one(in: 30) { return random.pick(Self.keys) }
    reservations += 1
    return Name("order-\(reservations)")
  }
  /// Most often one of the last few.
  private mutating func oldID() -> Name {
    let back = random.one(in: 3) ? random.number(0...max(1, reservations)) : random.number(0...6)
    return Name("order-\(max(0, reservations - back))")
  }

  private mutating func item() -> ItemName {
    ItemName(
      sku: random.one(in: 8) ? "set" : random.pick(Self.skus), location: random.pick(Self.locations))
  }
  private mutating func lines(_ largest: Int64) -> [Line] {
    (0..<random.pick([1, 1, 1, 2, 3])).map { _ in line(item(), quantity(largest)) }
  }
  private mutating func quantity(_ largest: Int64) -> Int64 {
    random.one(in: 60) ? random.pick([0, -1, most, most + 1, most - 5]) : random.number(1...largest)
  }
  private mutating func adjustment() -> Operation.Adjustment {
    random.one(in: 2) ? .to(random.number(0...10)) : .by(random.number(-6...4))
  }
  private mutating func timeToLive() -> Int64? {
    random.one(in: 3) ? nil : random.one(in: 40) ? random.pick([0, most, most - 1_000_000]) : random.number(1...60)
  }
  private mutating func wait() -> Operation.Wait? {
    guard random.one(in: 2) else { return nil }
    if random.one(in: 3) { return .forever }
    return .milliseconds(random.one(in: 40) ? random.pick([0, most, most - 1_000_000]) : random.number(1...90))
  }
  private mutating func text() -> Name? { random.pick([nil, nil, "", "PO-7"]) }
}
