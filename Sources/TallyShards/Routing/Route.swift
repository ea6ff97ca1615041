import Tallystick

/// Where a command belongs, as far as it says so itself.
enum Route: Equatable {
  /// One shard has all items that it names.
  case shard(Int)
  /// Wherever a reservation is. `items`: the shards of the items that the command names beside it.
  case reservation(Name, items: Set<Int>)
  /// A hold on each of several shards.
  case cart(Set<Int>)
  /// Each shard does its share, with nothing that ties them together.
  case spread([Int: Operation])
  /// It cannot be done over shards. In words for people.
  case refused(String)

  /// - Parameter command: one without a flaw.
  init(_ command: Command, _ map: ShardMap) {
    self = Route(command.operation, map)
    guard command.expectedSequence != nil else { return }
    switch self {
    case .cart, .spread:
      self = .refused("a sequence number to expect is one shard's; the command names items of several")
    case .shard, .reservation, .refused: break
    }
  }

  private init(_ operation: Operation, _ map: ShardMap) {
    switch operation {
    case .receive(let lines, _): self = Route.one(lines.map(\.item.sku), map, "receive")
    case .returned(let lines, _): self = Route.one(lines.map(\.item.sku), map, "return")
    case .reserve(let id, let lines, _, _, let wait): self = Route.cart(id, lines, waits: wait != nil, map)
    case .commit(let id, let lines), .release(let id, let lines):
      self = .reservation(id, items: Route.shards(of: lines ?? [], map))
    case .commitMore(let id, let lines), .amend(let id, let lines), .returnedOf(let id, let lines, _):
      self = .reservation(id, items: Route.shards(of: lines, map))
    case .extend(let id, _), .reopen(let id, _): self = .reservation(id, items: [])
    case .adjust(let item, _, _, _), .limit(let item, _), .floor(let item, _): self = .shard(map.shard(of: item.sku))
    case .transfer(let sku, _, _, _), .transferWith(let sku, _, _, _, _), .prefer(let sku, _):
      self = .shard(map.shard(of: sku))
    case .recipe(let item, let parts): self = Route.recipe(item, parts, map)
    case .register(let items):
      let shares = Dictionary(grouping: items) { map.shard(of: $0.sku) }
      self = .spread(shares.mapValues { .register($0) })
    case .expire: self = .spread(Dictionary(uniqueKeysWithValues: (0..<map.count).map { ($0, .expire) }))
    case .acknowledge, .forgetConsumer:
      self = .refused("a consumer reads the events of one log: name the shard's log, as in --log shop.tally/shard-0000")
    case .dated(let operation, _): self = Route(operation, map)
    case .batch(let operations): self = Route.batch(operations, map)
    }
  }

  private static func shards(of lines: [Line], _ map: ShardMap) -> Set<Int> {
    Set(lines.map { map.shard(of: $0.item.sku) })
  }

  /// Goods that come cannot be held back until all shards have them: each shard's share is a command of its own.
  private static func one(_ skus: [Name], _ map: ShardMap, _ what: String) -> Route {
    let shards = Set(skus.map { map.shard(of: $0) })
    if shards.count == 1, let shard = shards.first { return .shard(shard) }
    let first = skus.first { map.shard(of: $0) != skus.first.map { map.shard(of: $0) } }
    return .refused(
      "a \(what) of items of several shards is not one step: \(skus.first.map { "\($0)" } ?? "") and "
        + "\(first.map { "\($0)" } ?? "") are in different ones; \(what) them with a command each")
  }

  private static func cart(_ id: Name, _ lines: [Line], waits: Bool, _ map: ShardMap) -> Route {
    let shards = shards(of: lines, map)
    if shards.count == 1, let shard = shards.first { return .shard(shard) }
    if waits {
      return .refused("a cart over several shards cannot wait in line; reserve what is there, or a shard's items")
    }
    if lines.contains(where: \.item.isAnywhere) {
      return .refused("a cart over several shards names its locations: \"*\" is for the items of one shard")
    }
    if id.bytes.count > CartPart.maxCartBytes {
      return .refused(
        "the id of a cart over several shards has \(CartPart.maxCartBytes) bytes at most, and \(id) has \(id.bytes.count)"
      )
    }
    return .cart(shards)
  }

  private static func recipe(_ item: ItemName, _ parts: [Line], _ map: ShardMap) -> Route {
    let home = map.shard(of: item.sku)
    if let part = parts.first(where: { map.shard(of: $0.item.sku) != home }) {
      return .refused(
        "what \(item.sku) is made of must be in its own shard, \(home), and \(part.item.sku) is in "
          + "\(map.shard(of: part.item.sku)); reserve the parts as lines of a cart")
    }
    return .shard(home)
  }

  private static func batch(_ operations: [Operation], _ map: ShardMap) -> Route {
    var shards = Set<Int>()
    var reservation: Name?
    for operation in operations {
      switch Route(operation, map) {
      case .shard(let shard): shards.insert(shard)
      case .reservation(let id, let items):
        shards.formUnion(items)
        reservation = reservation ?? id
      case .spread(let shares): shards.formUnion(shares.keys)
      case .cart: return .refused("a batch is one shard's: a cart over several shards is a command of its own")
      case .refused(let reason): return .refused(reason)
      }
    }
    if shards.count > 1 { return .refused("a batch is one shard's, and this one names items of \(shards.count)") }
    if let shard = shards.first { return .shard(shard) }
    return reservation.map { .reservation($0, items: []) } ?? .shard(0)
  }
}
