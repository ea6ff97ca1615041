import TallyFormat

/// Every cart over several shards must be whole: held, sold or given back in all its shards, with the amounts that its
/// parts' name binds.
struct CartJudge {
  private(set) var findings = CartFindings()
  private(set) var violations: [ShardViolation] = []

  init(_ shards: [ShardEvents]) {
    var carts: [Name: [(shard: Int, record: CartRecord)]] = [:]
    for events in shards {
      for (name, record) in events.parts { carts[name, default: []].append((events.shard, record)) }
    }
    for (name, parts) in carts.sorted(by: { $0.key < $1.key }) {
      guard let part = CartPart(name) else { continue }
      judge(part, parts)
    }
  }

  private mutating func judge(_ part: CartPart, _ parts: [(shard: Int, record: CartRecord)]) {
    let home = parts.first { $0.shard == Int(part.home) }
    func report(_ rule: ShardRule, _ shard: Int, _ sequence: UInt64, _ detail: String) {
      violations.append(
        ShardViolation(
          rule: rule, shard: shard, sequence: sequence, cart: part.cart.description, detail: detail))
    }
    for (shard, record) in parts {
      if let altered = record.altered { report(.cartAltered, shard, altered, "a part was changed by itself") }
    }
    let sold = parts.first { $0.record.committed != nil }
    let lost = parts.first { $0.record.released != nil }
    if let sold, let lost, let committed = sold.record.committed, let released = lost.record.released {
      report(
        .cartSplit, sold.shard, committed,
        "shard \(sold.shard) sold its part, and shard \(lost.shard) gave its own back in event \(released)")
    }
    if let early = parts.first(where: { $0.record.wasCommitted }), let committed = early.record.committed,
      home?.record.committed == nil || home?.record.confirmed == nil
    {
      report(
        .cartUndecided, early.shard, committed,
        "a part was sold, and shard \(part.home), where it is decided, has not \(home == nil ? "held it" : "sold it")")
    }
    if let home, home.record.wasConfirmed, let confirmed = home.record.confirmed, !isAsAsked(part, parts, home) {
      report(
        .cartAmounts, home.shard, confirmed,
        "the parts that are held in \(parts.count) shards are not those of the cart that was confirmed")
    }
    count(home, parts, isSold: sold != nil)
  }

  /// Whether the parts together are what the name binds.
  private func isAsAsked(
    _ part: CartPart, _ parts: [(shard: Int, record: CartRecord)], _ home: (shard: Int, record: CartRecord)
  ) -> Bool {
    let customer = home.record.customer
    let timeToLive = part.isTimed ? home.record.timeToLive : 0
    guard parts.count > 1, parts.allSatisfy({ $0.record.customer == customer }),
      !part.isTimed || parts.allSatisfy({ $0.record.timeToLive == timeToLive }),
      let content = CartContent(
        id: part.cart, customer: customer, timeToLive: timeToLive, lines: parts.flatMap(\.record.lines))
    else { return false }
    return CartPart(home: part.home, attempt: part.attempt, content) == part
  }

  private mutating func count(
    _ home: (shard: Int, record: CartRecord)?, _ parts: [(shard: Int, record: CartRecord)], isSold: Bool
  ) {
    findings.attempts += 1
    let isOpen = parts.contains { $0.record.open > 0 }
    let isWhole = parts.allSatisfy { $0.record.open > 0 && $0.record.released == nil }
    if home?.record.confirmed != nil { findings.confirmed += 1 }
    if isOpen, !(isWhole && home?.record.confirmed != nil) {
      findings.unfinished += 1
    } else if isOpen {
      findings.open += 1
    } else if isSold {
      findings.sold += 1
    } else {
      findings.released += 1
    }
  }
}

/// How many carts over several shards there are, by what became of them.
public struct CartFindings: Sendable, Equatable {
  /// Carts that somebody began to reserve; one that was given up and tried again counts again.
  public var attempts = 0
  /// Of these, those that stood at some time.
  public var confirmed = 0
  /// Whole, and held.
  public var open = 0
  /// Sold in all shards.
  public var sold = 0
  /// Given back, fallen due, or given up in all shards.
  public var released = 0
  /// Open in some shards and not in others, or never confirmed: somebody is at work on them, or was and stopped. Whoever
  /// opens the shop next finishes them.
  public var unfinished = 0

  /// None.
  public init() {}
}
