import Tallystick

/// A cart over several shards: who holds what of it.
package struct CartPlan: Sendable {
  /// The name of its parts, and what it binds.
  package let part: CartPart
  /// What each shard is to hold, by shard.
  let lines: [Int: [Line]]
  let customer: Name?
  let timeToLive: Int64?

  var home: Int { Int(part.home) }
  var others: [Int] { lines.keys.filter { $0 != home }.sorted() }

  /// - Parameters:
  ///   - command: a `reserve` without a flaw, of items of several shards.
  ///   - home: the shard that decides: one of them.
  ///   - attempt: counts the attempts to reserve it.
  /// - Returns: `nil` if merged lines pass 2^53 − 1, or it is no such command.
  package init?(_ command: Command, home: Int, attempt: UInt8, _ map: ShardMap) {
    guard case .reserve(_, let all, let customer, let timeToLive, nil) = command.operation,
      let content = CartPlan.content(of: command), let number = UInt16(exactly: home)
    else { return nil }
    part = CartPart(home: number, attempt: attempt, content)
    let lines = Dictionary(grouping: all) { map.shard(of: $0.item.sku) }
    guard lines[home] != nil else { return nil }
    self.lines = lines
    self.customer = customer
    self.timeToLive = timeToLive
  }

  /// What a `reserve` asks for, in the form that its parts' name binds.
  static func content(of command: Command) -> CartContent? {
    guard case .reserve(let id, let lines, let customer, let timeToLive, _) = command.operation else { return nil }
    return CartContent(
      id: id, customer: customer ?? Name(bytes: []), timeToLive: timeToLive ?? 0,
      lines: lines.map { .init(sku: $0.item.sku, location: $0.item.location, quantity: $0.quantity) })
  }

  /// The hold of a shard's part. Without a time limit of its own it has one until all parts stand.
  func hold(_ shard: Int) -> CartRequest {
    .command(
      Command(
        .reserve(
          id: part.name, lines[shard] ?? [], customer: customer, timeToLive: timeToLive ?? CartPart.patience)))
  }

  /// The decision: an event of the home shard that carries the cart's id.
  var confirmation: CartRequest {
    .command(Command(.extend(id: part.name, timeToLive: timeToLive), key: part.cart))
  }
}

extension CartRequest {
  /// Takes the time limit off a part: from then on only a settlement ends it.
  static func lock(_ part: Name) -> CartRequest { .command(Command(.extend(id: part, timeToLive: nil))) }

  static func release(_ part: Name, key: Name? = nil) -> CartRequest { .command(Command(.release(id: part), key: key)) }

  static func commit(_ part: Name, key: Name? = nil) -> CartRequest { .command(Command(.commit(id: part), key: key)) }
}
