import TallyShards

/// What all logs together say of every cart: read from the events alone, apart from router and auditor.
struct CartWitness {
  /// A part, and what became of it.
  struct Part: Equatable {
    var lines: [Line]
    var isCommitted = false
    var isReleased = false
  }
  /// By part name and shard.
  private(set) var parts: [Name: [Int: Part]] = [:]
  /// The attempt that the home's log confirms, by cart.
  private(set) var confirmed: [Name: CartPart] = [:]
  private(set) var attempts: [Name: UInt8] = [:]

  init(_ nodes: [ShardNode]) throws {
    for node in nodes {
      for event in try node.events() {
        guard let id = event.id, let part = CartPart(id) else { continue }
        switch event.kind {
        case .reserved:
          parts[id, default: [:]][node.number] = Part(lines: event.lines.map { Line($0.item, $0.quantity) })
          attempts[part.cart] = max(attempts[part.cart] ?? 0, part.attempt)
        case .committed: parts[id]?[node.number]?.isCommitted = true
        case .released, .expired: parts[id]?[node.number]?.isReleased = true
        case .extended where event.key == part.cart && Int(part.home) == node.number:
          if let other = confirmed[part.cart], other != part {
            throw BrokenPromise("the cart \(part.cart) is confirmed twice: \(other), \(part)")
          }
          confirmed[part.cart] = part
        default: break
        }
      }
    }
  }

  /// Parts of which something is held.
  var open: [CartPart] {
    parts.filter { $0.value.values.contains { !$0.isCommitted && !$0.isReleased } }.keys.sorted().compactMap {
      CartPart($0)
    }
  }

  /// When everything has been finished: each cart in one state in all its shards, and with the lines that were asked for.
  ///
  /// - Parameter asked: by cart.
  func check(asked: [Name: [Line]]) throws {
    for (name, byShard) in parts {
      guard let part = CartPart(name) else { continue }
      let states = Set(byShard.values.map { "\($0.isCommitted) \($0.isReleased)" })
      guard states.count == 1 else { throw BrokenPromise("the cart \(part.cart) is split: \(byShard)") }
      let isOpen = byShard.values.contains { !$0.isCommitted && !$0.isReleased }
      let isSold = byShard.values.contains { $0.isCommitted }
      let isConfirmed = confirmed[part.cart] == part
      if isOpen || isSold, !isConfirmed { throw BrokenPromise("the cart \(part.cart) is held or sold unconfirmed") }
      if isConfirmed {
        let held = Set(byShard.values.flatMap(\.lines))
        guard held == Set(asked[part.cart] ?? []) else {
          throw BrokenPromise("the cart \(part.cart) asked for \(asked[part.cart] ?? []), and has \(held)")
        }
      }
    }
  }

  enum Fate { case none, open, sold, released }

  func fate(of cart: Name) -> Fate {
    guard let part = confirmed[cart], let byShard = parts[part.name] else { return .none }
    if byShard.values.contains(where: \.isCommitted) { return .sold }
    return byShard.values.contains { $0.isReleased } ? .released : .open
  }
}
