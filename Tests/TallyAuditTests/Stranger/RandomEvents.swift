import TallyFormat
import TallyTestSupport

/// Random events that nobody judged: some of them keep the rules for a while.
struct RandomEvents {
  private var random: SplitMix64
  /// Reservations that may still be open, and when they expire (0: never).
  private var made: [(sequence: UInt64, expires: Int64)] = []
  private var registered: UInt32 = 2
  private var ids = 0
  private var consumed: [Name: UInt64] = [:]

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  /// Fills a log with some frames of them.
  mutating func fill(_ log: ForgedLog) throws {
    log.stock()
    log.receive([(0, 40), (1, 40)])
    for _ in 0..<random.number(1...16) {
      if !random.one(in: 30) { expireWhatIsDue(log) }
      add(to: log)
      if random.one(in: 25), !log.events.isEmpty { log.goesOn() }
      if random.one(in: 6) { try log.frame(epoch: random.one(in: 20) ? 2 : 1) }
      if random.one(in: 5) { log.time += random.number(Int64(random.one(in: 15) ? -1 : 0)...6) }
    }
    try log.frame()
  }

  private mutating func lines() -> [(UInt32, Int64)] {
    let items = Set((0..<random.number(1...2)).map { _ in UInt32(random.number(0...Int(registered - 1))) })
    var lines = items.sorted().map { ($0, Int64(random.number(1...5))) }
    if random.one(in: 40) { lines.append((random.pick([0, 9]), random.pick([0, 1]))) }
    return lines
  }

  private mutating func expireWhatIsDue(_ log: ForgedLog) {
    let due = made.filter { $0.expires > 0 && $0.expires <= log.time }.sorted {
      ($0.expires, $0.sequence) < ($1.expires, $1.sequence)
    }
    for hold in due {
      log.expire(hold.sequence)
      made.removeAll { $0.sequence == hold.sequence }
    }
  }

  /// A reservation: mostly one that was made.
  ///
  /// - Parameter closes: it is open no longer.
  private mutating func reservation(closes: Bool = false) -> UInt64 {
    guard !random.one(in: 20), let hold = made.randomElement(using: &random) else {
      return UInt64(random.number(1...12))
    }
    if closes, !random.one(in: 10) { made.removeAll { $0.sequence == hold.sequence } }
    return hold.sequence
  }

  private mutating func settle(_ kind: EventKind, _ log: ForgedLog) {
    if made.isEmpty, !random.one(in: 20) { return log.receive(lines()) }
    let isWhole = !random.one(in: 4)
    log.settle(kind, reservation(closes: isWhole), isWhole ? [] : lines().map { ($0.0, 1) }, key: key())
  }

  private mutating func key() -> Name? {
    guard random.one(in: 3) else { return nil }
    ids += random.one(in: 20) ? 0 : 1
    return Name("k-\(ids)")
  }

  private mutating func add(to log: ForgedLog) {
    log.swapsContents = random.one(in: 60)
    switch random.number(0...24) {
    case 22 where random.one(in: 3): prefer(log)
    case 22: recipe(log)
    case 24: consume(log)
    case 23: reserveSet(log)
    case 20: log.floor(UInt32(random.number(0...Int(registered))), Int64(random.number(0...9)), key: key())
    case 21:
      if random.one(in: 2) { return log.receive(lines(), key: key(), effective: Int64(random.number(0...99))) }
      log.item(Name("pan-\(registered)"), more: false)
      registered += 1
    case 0: log.receive(lines(), key: key(), reference: random.one(in: 2) ? "PO" : nil, isReturn: random.one(in: 2))
    case 1 where random.one(in: 2):
      ids += random.one(in: 25) ? 0 : 1
      made.append((log.events.nextSequence, 0))
      log.wait(
        Name("k-\(ids)"), lines().map { ($0.0, $0.1 * random.pick([1, 20])) }, customer: random.one(in: 3) ? "c" : "",
        timeToLive: random.one(in: 3) ? Int64(random.number(1...9)) : 0,
        for: random.one(in: 3) ? Int64(random.number(1...9)) : 0)
      if random.one(in: 3) { log.fill(log.events.nextSequence - 1) }
    case 2 where random.one(in: 3): log.fill(reservation())
    case 1...5:
      let timeToLive = random.one(in: 3) ? Int64(random.number(1...9)) : 0
      made.append((log.events.nextSequence, timeToLive == 0 ? 0 : log.time + timeToLive))
      ids += random.one(in: 25) ? 0 : 1
      log.reserve(
        Name("k-\(ids)"), lines(), customer: random.one(in: 3) ? "c" : "",
        timeToLive: timeToLive)
    case 6...7: settle(.committed, log)
    case 8: settle(.released, log)
    case 9:
      if random.one(in: 6) { log.expire(reservation()) } else { log.adjust(0, by: 1, reason: "found", key: key()) }
    case 10:
      log.limit(UInt32(random.number(0...Int(registered))), random.one(in: 2) ? nil : Int64(random.number(0...9)))
    case 11:
      log.item(random.one(in: 20) ? "tea" : Name("pot-\(registered)"), more: !random.one(in: 8))
      registered += 1
      log.receive([(random.one(in: 8) ? 0 : registered - 1, 3)], key: key())
    case 12: transfer(log)
    case 13...14: adjust(log)
    case 16...18: alter(log)
    default: batch(log)
    }
  }

  /// Mostly of one item; of another SKU's, or with other places, it is no order.
  private mutating func prefer(_ log: ForgedLog) {
    let item = UInt32(random.number(0...1))
    let other = random.one(in: 6) ? registered - 1 : item
    let place = Int64(random.one(in: 8) ? 2 : 1)
    log.prefer(item, random.one(in: 4) ? [] : [(other, place)], key: key())
  }

  /// Item 0 or 1 is made of the other, or of what comes later.
  private mutating func recipe(_ log: ForgedLog) {
    let item = UInt32(random.number(0...1))
    var parts: [(UInt32, Int64)] =
      random.one(in: 4) ? [] : [(random.one(in: 8) ? item : 1 - item, Int64(random.number(1...2)))]
    if random.one(in: 20) { parts.append((registered + 1, 1)) }
    if !parts.isEmpty, random.one(in: 3) {
      log.item(Name("set-\(registered)"))
      registered += 1
      return log.recipe(registered - 1, parts, key: key())
    }
    if !random.one(in: 4) { parts = [] }
    log.recipe(item, parts, key: key())
  }

  /// What was made last, of a few items, with what it may take.
  private mutating func reserveSet(_ log: ForgedLog) {
    let set = registered - 1
    let units = Int64(random.number(1...2))
    var taken: [(UInt32, Int64)] = [(UInt32(random.number(0...1)), units * Int64(random.number(1...2)))]
    if random.one(in: 4) { taken.append((set, units)) }
    made.append((log.events.nextSequence, 0))
    ids += 1
    log.reserve(Name("k-\(ids)"), taken, asked: random.one(in: 8) ? nil : [(set, units)])
  }

  /// Into a location of its own, mostly.
  private mutating func transfer(_ log: ForgedLog) {
    if random.one(in: 8) {
      return log.transfer(UInt32(random.number(0...1)), UInt32(random.number(0...2)), 1, key: key())
    }
    log.item("tea", Name("shelf-\(registered)"))
    log.transfer(0, registered, Int64(random.number(1...3)), key: key())
    registered += 1
  }

  private mutating func adjust(_ log: ForgedLog) {
    let policy = UInt8(random.number(0...4))
    var released = policy == 0 || random.one(in: 2) ? [] : made.map(\.sequence)
    if policy % 2 == 1, !random.one(in: 4) { released.reverse() }
    released = Array(released.prefix(random.number(0...3)))
    made.removeAll { released.contains($0.sequence) }
    for reservation in released {
      log.release(
        reservation, policy > 2 && !random.one(in: 6) || random.one(in: 9) ? lines() : [], byAdjust: true,
        more: !random.one(in: 15))
    }
    let change = released.isEmpty ? Int64(random.number(-6...6)) : Int64(random.number(-40 ... -20))
    log.adjust(UInt32(random.number(0...1)), by: change, policy: policy, key: key())
  }

  /// Another time limit, other quantities, or a commit of more than is held.
  private mutating func alter(_ log: ForgedLog) {
    if made.isEmpty, !random.one(in: 20) { return log.receive(lines()) }
    let reservation = reservation()
    switch random.number(0...8) {
    case 7...8: log.reopen(reservation, lines(), made: random.one(in: 4) ? 1_000 : nil, key: key())
    case 6: log.takeBack(reservation, lines().map { ($0.0, 1) }, key: key())
    case 4...5:
      let holds = Set((0..<random.number(0...2)).map { _ in self.reservation() }).sorted()
      log.transfer(
        0, UInt32(random.number(random.one(in: 4) ? 0...1 : 2...max(2, Int(registered) - 1))),
        Int64(random.number(1...9)),
        with: holds.map { ($0, Int64(random.number(1...4))) }, all: random.one(in: 2), key: key())
    case 0:
      let timeToLive = random.one(in: 3) ? 0 : Int64(random.number(1...9))
      if let index = made.firstIndex(where: { $0.sequence == reservation }), !random.one(in: 20) {
        made[index].expires = timeToLive == 0 ? 0 : log.time + timeToLive
      }
      log.extend(reservation, timeToLive, key: key())
    case 1: log.commitMore(reservation, lines(), key: key())
    default: log.amend(reservation, lines().map { ($0.0, max(0, $0.1 - 1)) }, key: key())
    }
  }

  /// Receipts and a reservation, perhaps a repeat, and the batch's own event.
  private mutating func batch(_ log: ForgedLog) {
    var results: [(UInt64, Bool)] = []
    for _ in 0..<random.number(0...2) {
      results.append((log.events.nextSequence, false))
      log.receive(lines())
      log.goesOn()
    }
    if random.one(in: 2) { results.append((reservation(), true)) }
    if random.one(in: 8) || results.isEmpty { results.append((3, random.one(in: 2))) }
    results = results.filter { $0.0 <= log.events.nextSequence }
    if results.isEmpty { results = [(1, true)] }
    ids += 1
    log.batch(random.one(in: 20) ? "" : Name("k-\(ids)"), results)
  }

  /// How far one of two has read: mostly further than before.
  private mutating func consume(_ log: ForgedLog) {
    let consumer: Name = random.pick(["orders", "search"])
    if random.one(in: 8), consumed[consumer] != nil || random.one(in: 8) {
      consumed[consumer] = nil
      return log.forget(consumer)
    }
    let last = log.events.nextSequence - 1
    let position =
      random.one(in: 12)
      ? UInt64(random.number(0...Int(last + 2)))
      : min(last, (consumed[consumer] ?? 0) + UInt64(random.number(1...3)))
    if !random.one(in: 12), let known = consumed[consumer], position <= known { return log.receive(lines()) }
    consumed[consumer] = position
    log.acknowledge(consumer, position)
    if random.one(in: 20) { log.goesOn() }
  }
}
