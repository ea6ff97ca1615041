import Tallystick

/// What takes more than one look: on the crew's threads.
extension Router {
  /// Where a name is known, if it is.
  private struct Known {
    var shard: Int
    var standing: NameStanding
  }

  /// Judges a command whose names may be known anywhere, or that several shards have a part in.
  func think(_ command: Command, _ route: Route, _ names: CommandNames) -> Outcome {
    if case .spread(let shares) = route { return spread(shares, command) }
    // What somebody has left half-way is finished first.
    for name in names.all { if let failure = finish(name) { return failure } }
    let known: [Name: Known]
    switch find(names.all) {
    case .success(let found): known = found
    case .failure(let failure): return Router.refusal(failure)
    }
    // A name that is used is judged where it is: a repeat, or a conflict.
    if case .cart = route { return reserve(command, known) }
    if let id = command.operation.plainly.changedReservation, let part = carts[id]?.confirmed {
      return change(part, command, command.key.flatMap { known[$0] })
    }
    let used = Set(names.made.compactMap { known[$0]?.shard })
    if used.count > 1 { return conflict(used.min() ?? 0, command, names, known) }
    let target: Int
    switch route {
    case .shard(let shard):
      if let user = used.first, user != shard, names.made.count > 1, command.key.map({ known[$0] == nil }) ?? true {
        return conflict(user, command, names, known)
      }
      target = used.first ?? shard
    case .reservation(let id, let items):
      target = used.first ?? known[id]?.shard ?? 0
      if used.isEmpty, known[id] != nil, let other = items.first(where: { $0 != target }) {
        return .invalid(
          "the reservation \(id) is in shard \(target), and an item that is named is in shard \(other): what a reservation"
            + " holds stays in its shards; make another for it")
      }
    case .cart, .spread, .refused: return .invalid("the command has no shard")
    }
    if case .batch = command.operation, used.isEmpty,
      let other = names.meant.first(where: { known[$0].map { $0.shard != target } ?? false })
    {
      return .invalid("a batch is one shard's, and the reservation \(other) is in another than the rest of it")
    }
    return ask(target, command)
  }

  private func find(_ names: [Name]) -> Result<[Name: Known], LogFailure> {
    runner.standings(of: names).map { shards in
      var known: [Name: Known] = [:]
      for (shard, standings) in shards.enumerated() {
        for (name, standing) in zip(names, standings) where standing != .none {
          known[name] = Known(shard: shard, standing: standing)
        }
      }
      return known
    }
  }

  /// Has one shard judge it, by the names that its reservations have there.
  private func ask(_ shard: Int, _ command: Command) -> Outcome {
    var local = command
    if case .batch(let operations) = command.operation {
      let settled = operations.lazy.compactMap(\.plainly.changedReservation)
      if let id = settled.first(where: { carts[$0]?.confirmed != nil }) {
        return .invalid("\(id) is a cart over several shards: settle it with a command of its own, not in a batch")
      }
    }
    local.operation = command.operation.renamingOrders { carts[$0]?.confirmed?.name ?? $0 }
    let outcome = runner.ask([(shard, .command(local))]).first?.asOutcome ?? .failed(.closed)
    return local.operation.releasesHolds ? finishReleased(outcome) : outcome
  }

  /// A name is used for something else, somewhere else.
  private func conflict(_ shard: Int, _ command: Command, _ names: CommandNames, _ known: [Name: Known]) -> Outcome {
    var rejection = Rejection(.conflict, at: shards[shard].lastSequence)
    rejection.shard = shard
    if case .batch(let operations) = command.operation {
      rejection.index = operations.firstIndex { $0.reservationID.map { known[$0] != nil } ?? false }
    }
    return .rejected(rejection)
  }

  private static func refusal(_ failure: LogFailure) -> Outcome {
    if case .busy(let busy) = failure { return .busy(busy) }
    return .failed(failure)
  }

  /// Each shard does its share; the first that refuses, or the last event of the highest shard, is the answer.
  private func spread(_ shares: [Int: Operation], _ command: Command) -> Outcome {
    let requests = shares.sorted { $0.key < $1.key }.map { shard, operation in
      (shard: shard, request: CartRequest.command(Command(operation, time: command.time)))
    }
    let outcomes = runner.ask(requests).map(\.asOutcome)
    if let refusal = outcomes.first(where: { !$0.isAccepted }) { return refusal }
    guard case .accepted(var acceptance)? = outcomes.last else { return outcomes.last ?? .failed(.closed) }
    acceptance.registered = outcomes.flatMap { outcome -> [ItemName] in
      if case .accepted(let acceptance) = outcome { acceptance.registered } else { [] }
    }
    return .accepted(acceptance)
  }

  // MARK: Carts

  private func reserve(_ command: Command, _ known: [Name: Known]) -> Outcome {
    guard let id = command.operation.reservationID, case .reserve(_, let lines, _, _, _) = command.operation,
      let content = CartPlan.content(of: command)
    else { return .invalid("the lines of an item add up to more than 2^53 − 1") }
    if let earlier = known[id] { return repeated(id, content, command, earlier) }
    let attempts = carts[id]?.attempts ?? 0
    guard attempts < UInt8.max else {
      return .invalid("the cart \(id) was given up \(attempts) times; use another id")
    }
    let home: Int
    switch leastReady(lines) {
    case .success(let shard): home = shard
    case .failure(let failure): return Router.refusal(failure)
    }
    guard let plan = CartPlan(command, home: home, attempt: attempts + 1, map) else {
      return .invalid("the command is no cart over several shards")
    }
    carts.begin(plan.part)
    noteNames(of: plan.part)
    var task = CartReserving(plan)
    let outcome = runner.run(&task)
    if outcome.isAccepted { carts.confirm(plan.part) }
    if task.isUnfinished {
      carts.leave(plan.part, of: id)
      // At once, if all can be asked; else by whoever meets it next.
      _ = finish(id)
    }
    return outcome.inShardUnlessKnown(home)
  }

  /// Names that shards know from now on.
  private func noteNames(of part: CartPart) {
    directory.access { $0.askAll(NameDirectory.fingerprint(part.name)) }
  }

  /// The answer to a cart whose id is used: it may be this one.
  private func repeated(_ id: Name, _ content: CartContent, _ command: Command, _ earlier: Known) -> Outcome {
    guard let part = carts[id]?.confirmed,
      let plan = CartPlan(command, home: Int(part.home), attempt: part.attempt, map),
      plan.part == part
    else { return .rejected(Rejection(.conflict, at: shards[earlier.shard].lastSequence)).inShard(earlier.shard) }
    let replies = runner.ask([(plan.home, plan.confirmation), (plan.home, .status(part.name))])
    guard replies.count == 2, case .repeated(var acceptance) = replies[0].asOutcome else {
      return replies.first?.asOutcome ?? .failed(.closed)
    }
    if case .status(let status) = replies[1] {
      acceptance.state = status?.state
      acceptance.holds = status?.isOpen ?? false
    }
    return .repeated(acceptance)
  }

  /// The shard that decides: the first of the cart's that looks as if it had too little, for then its refusal leaves no
  /// trace; else the lowest.
  private func leastReady(_ lines: [Line]) -> Result<Int, LogFailure> {
    let items = Dictionary(grouping: lines) { map.shard(of: $0.item.sku) }
    return runner.levels(items.mapValues { $0.map(\.item) }).map { levels in
      let short = items.keys.sorted().first { shard in
        zip(items[shard] ?? [], levels[shard] ?? []).contains { $0.quantity > $1?.available ?? 0 }
      }
      return short ?? items.keys.min() ?? 0
    }
  }

  /// Settles or changes a cart whole.
  private func change(_ part: CartPart, _ command: Command, _ key: Known?) -> Outcome {
    let wish: CartSettling.Wish
    switch command.operation {
    case .commit(_, nil): wish = .commit
    case .release(_, nil): wish = .release
    default:
      return .invalid(
        "\(part.cart) is a cart over several shards: it is committed or released whole, and not changed; "
          + "release it, and reserve another")
    }
    if command.time != nil || command.expectedSequence != nil {
      return .invalid("a cart over several shards is settled at no time of its own, and expects no sequence number")
    }
    if let key {
      // It is judged where it is known: only there can it be a repeat.
      guard key.shard == Int(part.home) else {
        return .rejected(Rejection(.conflict, at: shards[key.shard].lastSequence)).inShard(key.shard)
      }
      let request: CartRequest =
        wish == .commit ? .commit(part.name, key: command.key) : .release(part.name, key: command.key)
      return runner.ask([(key.shard, request)]).first?.asOutcome ?? .failed(.closed)
    }
    var task = CartSettling(part, of: shards.count, isConfirmed: true, wish: wish, key: command.key)
    return runner.run(&task)
  }

  /// Finishes what somebody has left of a cart; `nil`: nothing is left.
  func finish(_ cart: Name) -> Outcome? {
    guard let record = carts[cart], let part = record.unfinished else { return nil }
    let outcome = settle(part)
    if !outcome.isAccepted { return outcome }
    carts.leave(nil, of: cart)
    return nil
  }

  /// Brings the parts of a cart to one end.
  func settle(_ part: CartPart) -> Outcome {
    var isConfirmed = carts[part.cart]?.confirmed == part
    if !isConfirmed, shards.indices.contains(Int(part.home)) {
      // Whoever left it may have decided it, and not have heard so: the home's log knows.
      switch find([part.cart]) {
      case .success(let known): isConfirmed = known[part.cart]?.standing == .key
      case .failure(let failure): return Router.refusal(failure)
      }
      if isConfirmed { carts.confirm(part) }
    }
    var task = CartSettling(part, of: shards.count, isConfirmed: isConfirmed)
    return runner.run(&task)
  }

  /// A stock-take has let go of holds, and perhaps of a cart's part: then the whole cart is let go.
  private func finishReleased(_ outcome: Outcome) -> Outcome {
    guard case .accepted(var acceptance) = outcome else { return outcome }
    for index in acceptance.released.indices {
      guard let part = CartPart(acceptance.released[index].id) else { continue }
      if !settle(part).isAccepted { carts.leave(part, of: part.cart) }
      acceptance.released[index].id = part.cart
    }
    return .accepted(acceptance)
  }
}

extension Operation {
  /// Without the time at which it took place.
  var plainly: Operation { if case .dated(let operation, _) = self { operation } else { self } }
}

extension Outcome {
  fileprivate func inShardUnlessKnown(_ shard: Int) -> Outcome {
    switch self {
    case .accepted(let acceptance) where acceptance.shard != nil: self
    case .repeated(let acceptance) where acceptance.shard != nil: self
    case .rejected(let rejection) where rejection.shard != nil: self
    default: inShard(shard)
    }
  }
}
