import Tallystick

/// The contract's rules, written down a second time from its sentences: slow, obvious, and without a look at the judge.
///
/// It keeps every event, every reservation and every answer, and looks for each by going through all of them.
struct NaiveModel {
  private(set) var events: [ModelEvent] = []
  private(set) var books = Books()
  private var answers: [Answer] = []

  /// The first accepted answer to a key or reservation id.
  private struct Answer {
    var key: Name
    var content: Operation
    var sequence: UInt64
    var results: [EventColumns.BatchResult] = []
  }

  /// What becomes of one command.
  private enum Decision {
    /// The events of its step; the last is its own.
    case happens([ModelEvent.What])
    case again(UInt64, ReservationState?, holds: Bool?, results: [EventColumns.BatchResult])
    case invalid
    case refused(Rejection.Reason, short: [Expected.Short] = [], guilty: Set<ItemName> = [])
  }

  mutating func judge(_ command: Command, clock: Int64) -> Expected {
    // Form, then time.
    guard Form.isValid(command) else { return .invalid }
    let last = books
    let time = command.time ?? max(clock, last.lastTime)
    if time < last.lastTime || command.time != nil && time > clock + 60_000 {
      return .rejected(.time, at: last.lastSequence, short: [], guilty: [], index: nil)
    }
    // Who can be served since the last command, is served at its time; then what is due ends, and who can be served by that is.
    serveLine()
    expire(due: time)
    serveLine()
    let before = books
    if case .expire = command.operation { return .accepted(before.lastSequence, results: []) }
    if case .batch(let operations) = command.operation {
      return judgeBatch(operations, command, time: time, before: before)
    }
    let expected = command.expectedSequence
    switch decide(command.operation, key: command.key, expected: expected, before: before, now: before, time: time) {
    case .happens(let step):
      let sequence = append(step, time: time)
      remember(command.operation.reservationID ?? command.key, command.operation.asTaken(by: step), sequence)
      if case .waiting = step.last { return .waits(sequence) }
      return .accepted(
        sequence, results: [], released: step.compactMap(taken),
        registered: command.operation.named(of: step))
    case .again(let sequence, let state, let holds, let results):
      return .repeated(sequence, state, holds: holds, results: results)
    case .invalid: return .invalid
    case .refused(let reason, let short, let guilty):
      return .rejected(reason, at: before.lastSequence, short: short, guilty: guilty, index: nil)
    }
  }

  /// What an event has taken of a hold for an adjustment.
  private func taken(_ what: ModelEvent.What) -> ReleasedHold? {
    guard case .released(let sequence, let amounts, _, byAdjust: true) = what,
      let hold = books.reservations.first(where: { $0.sequence == sequence })
    else { return nil }
    return ReleasedHold(
      id: hold.id, customer: hold.customer, lines: amounts.map { Line($0.key, $0.value) }.sorted { $0.item < $1.item })
  }

  /// All due holds and all whose waiting is over, by the time at which they end, then by sequence number.
  private mutating func expire(due time: Int64) {
    let due = books.reservations.filter { ($0.isWaiting || !$0.open.isEmpty) && $0.end ?? .max <= time }
    let ordered = due.sorted { ($0.end!, $0.sequence) < ($1.end!, $1.sequence) }
    for hold in ordered {
      append([.expired(reservation: hold.sequence, hold.isWaiting ? hold.reserved : hold.open)], time: time)
    }
  }

  /// First come, first served.
  private mutating func serveLine() {
    while let next = books.next { append([.filled(reservation: next.sequence)], time: books.lastTime) }
  }

  private mutating func judgeBatch(
    _ operations: [Operation], _ command: Command, time: Int64, before: Books
  ) -> Expected {
    if let key = command.key, let decision = repetition(of: command.operation, key: key, before) {
      switch decision {
      case .again(let sequence, let state, let holds, let results):
        return .repeated(sequence, state, holds: holds, results: results, details: details(of: operations, results))
      default: return .rejected(.conflict, at: before.lastSequence, short: [], guilty: [], index: nil)
      }
    }
    var trial = self
    // From here on the key is taken: a reservation within the batch cannot have it.
    trial.remember(command.key, command.operation, 0)
    var results = [EventColumns.BatchResult]()
    var registered = Set<ItemName>()
    var details: [Int: Acceptance] = [:]
    for (index, operation) in operations.enumerated() {
      let decision = trial.decide(
        operation, key: nil, expected: command.expectedSequence, before: before, now: trial.books, time: time)
      switch decision {
      case .happens(let step):
        let sequence = trial.append(step, time: time)
        trial.remember(operation.reservationID, operation.asTaken(by: step), sequence)
        results.append(.init(sequence: sequence, isRepeat: false))
        if case .waiting = step.last { details[index] = Acceptance(sequence: sequence, state: .waiting) }
        let released = step.compactMap(trial.taken)
        if !released.isEmpty { details[index] = Acceptance(sequence: sequence, released: released) }
        registered.formUnion(operation.named(of: step))
      case .again(let sequence, let state, let holds, _):
        results.append(.init(sequence: sequence, isRepeat: true))
        if state != nil { details[index] = Acceptance(sequence: sequence, state: state, holds: holds) }
      case .invalid: return .invalid
      case .refused(let reason, let short, let guilty):
        return .rejected(reason, at: before.lastSequence, short: short, guilty: guilty, index: index)
      }
    }
    if command.key != nil { trial.append([.batch], time: time) }
    // One step: no reader sees half of it.
    for index in trial.events.indices.dropFirst(events.count).dropLast() { trial.events[index].more = true }
    let isEmpty = trial.events.count == events.count
    let sequence = isEmpty ? results.map(\.sequence).max()! : UInt64(trial.events.count)
    if let index = trial.answers.firstIndex(where: { $0.key == command.key }) {
      trial.answers[index].sequence = sequence
      trial.answers[index].results = results
    }
    self = trial
    return .accepted(sequence, results: results, registered: registered, details: details)
  }

  /// Where the reservations of a batch that comes again stand now.
  private func details(of operations: [Operation], _ results: [EventColumns.BatchResult]) -> [Int: Acceptance] {
    var details: [Int: Acceptance] = [:]
    for (index, (operation, result)) in zip(operations, results).enumerated() {
      guard let id = operation.reservationID ?? operation.changedReservation else { continue }
      let reservation = books.reservation(id)
      details[index] = Acceptance(
        sequence: result.sequence, state: reservation?.state,
        holds: operation.reservationID == nil ? nil : reservation.map { !$0.open.isEmpty })
    }
    return details
  }

  @discardableResult
  private mutating func append(_ step: [ModelEvent.What], time: Int64) -> UInt64 {
    for (index, what) in step.enumerated() {
      let sequence = UInt64(events.count + 1)
      let event = ModelEvent(sequence: sequence, time: time, more: index + 1 < step.count, what: what)
      events.append(event)
      books.add(event)
    }
    return UInt64(events.count)
  }

  private mutating func remember(_ key: Name?, _ operation: Operation, _ sequence: UInt64) {
    if let key { answers.append(Answer(key: key, content: operation.content, sequence: sequence)) }
  }
}

// MARK: - The order of judgement

extension NaiveModel {
  /// - Parameters:
  ///   - before: the books at the beginning of the batch; against them `expected` is judged.
  ///   - now: with what earlier commands of the batch did.
  private func decide(
    _ operation: Operation, key: Name?, expected: UInt64?, before: Books, now: Books, time: Int64
  ) -> Decision {
    if let decision = repetition(of: operation, key: key, now) { return decision }
    let reservation: Books.Reservation?
    switch operation {
    case .commit(let id, let lines), .release(let id, let lines):
      guard let found = now.reservation(id) else { return .refused(.unknownReservation) }
      if found.isWaiting {
        // It holds nothing; it can only be released, as a whole.
        guard case .release(_, nil) = operation else { return .refused(.settled) }
      } else if let closing = found.closing {
        return .refused(closing.kind == .expired ? .expired : .settled)
      }
      for (item, quantity) in lines?.merged ?? [:] where quantity > found.open[item, default: 0] {
        return .refused(.settled)
      }
      reservation = found
    case .commitMore(let id, _), .extend(let id, _), .amend(let id, _):
      guard let found = now.reservation(id) else { return .refused(.unknownReservation) }
      if let closing = found.closing { return .refused(closing.kind == .expired ? .expired : .settled) }
      if found.isWaiting {
        // It can only be made to wait for less.
        guard case .amend(_, let lines) = operation,
          lines.merged.allSatisfy({ $0.value <= found.reserved[$0.key, default: 0] })
        else { return .refused(.settled) }
      }
      if case .commitMore(_, let lines) = operation, lines.contains(where: { found.reserved[$0.item] == nil }) {
        return .refused(.settled)
      }
      reservation = found
    case .reopen(let id, _):
      guard let found = now.reservation(id) else { return .refused(.unknownReservation) }
      if found.isWaiting || !found.open.isEmpty { return .refused(.conflict) }
      if !found.committed.isEmpty { return .refused(.settled) }
      reservation = found
    case .returnedOf(let order, let lines, _), .dated(.returnedOf(let order, let lines, _), _):
      guard let found = now.reservation(order) else { return .refused(.unknownReservation) }
      for (item, quantity) in lines.merged
      where quantity > found.committed[item, default: 0] - found.returned[item, default: 0] {
        return .refused(.settled)
      }
      reservation = nil
    case .transferWith(let sku, _, let from, _, .of(let ids)):
      for id in ids {
        guard let found = now.reservation(id) else { return .refused(.unknownReservation) }
        if let closing = found.closing { return .refused(closing.kind == .expired ? .expired : .settled) }
        if found.open[ItemName(sku: sku, location: from)] == nil { return .refused(.settled) }
      }
      reservation = nil
    default: reservation = nil
    }
    var named = operation.namedItems(before).union(reservation?.reserved.keys.map { $0 } ?? [])
    let unknown = operation.itemsThatMustExist.filter { item in
      item.location == "*" && operation.takesAny ? now.places(of: item.sku).isEmpty : now.items[item] == nil
    }
    if !unknown.isEmpty {
      // A cart's other lines are told at once.
      var short = [Expected.Short]()
      if case .reserve(_, let lines, _, _, _) = operation { short = shortLines(now.taken(by: lines.merged), now) }
      return .refused(.unknownItem, short: short, guilty: unknown)
    }
    if case .reserve(_, let lines, _, _, _) = operation {
      named.formUnion(now.taken(by: Anywhere.resolve(lines, now).asked).keys)
    }
    if let expected {
      if expected > before.lastSequence { return .refused(.changed) }
      if named.contains(where: { before.items[$0]?.lastChange ?? 0 > expected }) { return .refused(.changed) }
    }
    return effect(of: operation, on: reservation, now, time: time)
  }

  /// What an operation does that nothing before stands against.
  private func effect(
    of operation: Operation, on reservation: Books.Reservation?, _ now: Books, time: Int64
  ) -> Decision {
    switch operation {
    case .receive(let lines, _): return increase(lines, now) { .received($0) }
    case .returnedOf(let order, let lines, _):
      return increase(lines, now) { .returnedOf(reservation: now.reservation(order)!.sequence, $0) }
    case .returned(let lines, _):
      if lines.contains(where: { now.isPartsOnly($0.item) }) { return .invalid }
      return increase(lines, now) { .returned($0) }
    case .reserve(let id, let lines, let customer, let timeToLive, let wait):
      let (asked, short) = Anywhere.resolve(lines, now)
      // A line at any location does not wait.
      return reserve(
        id, asked, short, customer, timeToLive, operation.isAnywhere ? nil : wait, now, time: time)
    case .commit(_, let lines):
      let amounts = lines?.merged ?? reservation!.open
      return .happens([.committed(reservation: reservation!.sequence, amounts, all: lines == nil)])
    case .release(_, let lines):
      let open = reservation!.isWaiting ? reservation!.reserved : reservation!.open
      let amounts = lines?.merged ?? open
      return .happens([.released(reservation: reservation!.sequence, amounts, all: lines == nil, byAdjust: false)])
    case .extend(_, let timeToLive):
      if let timeToLive, timeToLive > Form.most - time { return .refused(.overflow) }
      return .happens([.extended(reservation: reservation!.sequence, expires: timeToLive.map { time + $0 })])
    case .amend(_, let lines) where reservation!.isWaiting:
      return .happens([.amended(reservation: reservation!.sequence, lines.merged)])
    case .reopen(_, let timeToLive):
      return reopen(reservation!, timeToLive, now, time: time)
    case .amend(_, let lines):
      return hold(lines.merged, for: reservation!, now) { .amended(reservation: reservation!.sequence, $0) }
    case .commitMore(_, let lines):
      return hold(lines.merged, for: reservation!, now) { .committedMore(reservation: reservation!.sequence, $0) }
    case .adjust(let item, let adjustment, _, let policy): return adjust(item, adjustment, policy, now)
    case .transfer(let sku, let quantity, let from, let to):
      return transfer(quantity, ItemName(sku: sku, location: from), ItemName(sku: sku, location: to), now)
    case .transferWith(let sku, let quantity, let from, let to, let holds):
      let (from, to) = (ItemName(sku: sku, location: from), ItemName(sku: sku, location: to))
      return transfer(quantity, from, to, with: holds, now)
    case .limit(let item, let limit):
      return limit != nil && now.isPartsOnly(item) ? .invalid : .happens([.limitSet(item, limit)])
    case .floor(let item, let floor):
      return floor > 0 && now.isPartsOnly(item) ? .invalid : .happens([.floorSet(item, floor)])
    case .recipe(let item, let lines):
      if !now.mayHave(item, lines.merged) { return .invalid }
      return .happens(new([item], now).map { .registered($0) } + [.recipeSet(item, lines.merged)])
    case .prefer(let sku, let locations): return .happens([.preferenceSet(sku, locations)])
    case .register(let items): return .happens(new(items, now).map { .registered($0) })
    case .acknowledge(let consumer, let position):
      if let known = now.consumers[consumer], position <= known.position {
        return .again(known.sequence, nil, holds: nil, results: [])
      }
      return position > now.lastSequence ? .invalid : .happens([.acknowledged(consumer, position)])
    case .forgetConsumer(let consumer):
      return now.consumers[consumer] == nil
        ? .again(now.lastSequence, nil, holds: nil, results: []) : .happens([.consumerForgotten(consumer)])
    case .dated(let movement, _): return effect(of: movement, on: nil, now, time: time)
    case .batch, .expire: return .refused(.conflict)
    }
  }

  /// The first answer again, `conflict`, or nothing.
  private func repetition(of operation: Operation, key: Name?, _ books: Books) -> Decision? {
    if let key = operation.reservationID ?? key, let first = answers.first(where: { $0.key == key }) {
      guard isSame(operation, as: first.content, books) else { return .refused(.conflict) }
      let id = operation.reservationID ?? operation.changedReservation
      let reservation = id.flatMap { books.reservation($0) }
      return .again(
        first.sequence, reservation?.state,
        holds: operation.reservationID == nil ? nil : reservation.map { !$0.open.isEmpty }, results: first.results)
    }
    guard key == nil, let id = operation.settledID, let reservation = books.reservation(id) else { return nil }
    switch (operation, reservation.closing?.what) {
    case (.commit(_, nil), .committed(_, _, all: true)),
      (.release(_, nil), .released(_, _, all: true, byAdjust: false)):
      return .again(reservation.closing!.sequence, reservation.state, holds: nil, results: [])
    default: return nil
    }
  }

  /// Those that do not exist, each once, in the order in which they are named.
  private func new(_ items: [ItemName], _ books: Books) -> [ItemName] {
    var seen = Set<ItemName>()
    return items.filter { books.items[$0] == nil && seen.insert($0).inserted }
  }

  /// Whether a key or an id comes again with the same content.
  private func isSame(_ operation: Operation, as first: Operation, _ books: Books) -> Bool {
    guard operation.isAnywhere, case .reserve(let id, let lines, let customer, let timeToLive, _) = operation,
      case .reserve(_, let taken, let firstCustomer, let firstTimeToLive, _) = first
    else { return first == operation.content }
    return books.reservation(id) != nil && customer == firstCustomer && timeToLive == firstTimeToLive
      && Anywhere.isMet(lines, by: taken.merged)
  }

  private func increase(_ lines: [Line], _ books: Books, _ what: (Amounts) -> ModelEvent.What) -> Decision {
    let amounts = lines.merged
    let over = amounts.filter { $0.value > Form.most - (books.items[$0.key]?.onHand ?? 0) }
    if !over.isEmpty { return .refused(.overflow, guilty: Set(over.keys)) }
    return .happens(new(lines.map(\.item), books).map { .registered($0) } + [what(amounts)])
  }

  private func reserve(
    _ id: Name, _ asked: Amounts, _ shortAnywhere: [Expected.Short], _ customer: Name?, _ timeToLive: Int64?,
    _ wait: Operation.Wait?, _ books: Books, time: Int64
  ) -> Decision {
    let amounts = books.taken(by: asked)
    let beyond = amounts.filter { item, quantity in
      guard let limit = books.items[item]!.limit else { return false }
      guard let customer else { return true }
      return quantity > limit - books.count(of: item, for: customer)
    }
    if !beyond.isEmpty { return .refused(.limit, guilty: Set(beyond.keys)) }
    let short = shortLines(amounts, books) + shortAnywhere
    if !short.isEmpty, let wait {
      return self.wait(id, amounts, customer, timeToLive, wait, books, time: time)
    }
    if !short.isEmpty { return .refused(.insufficient, short: short) }
    if let timeToLive, timeToLive > Form.most - time { return .refused(.overflow) }
    return .happens([
      .reserved(id: id, customer: customer, amounts, asked: asked, expires: timeToLive.map { time + $0 })
    ])
  }

  /// Lines of items that exist, for which there is too little: what others wait for is theirs.
  private func shortLines(_ amounts: Amounts, _ books: Books) -> [Expected.Short] {
    amounts.compactMap { item, quantity in
      guard let free = books.items[item]?.free, quantity > free else { return nil }
      return Expected.Short(item: item, asked: quantity, available: free)
    }
  }

  private func wait(
    _ id: Name, _ amounts: Amounts, _ customer: Name?, _ timeToLive: Int64?, _ wait: Operation.Wait, _ books: Books,
    time: Int64
  ) -> Decision {
    var milliseconds: Int64?
    if case .milliseconds(let count) = wait { milliseconds = count }
    for end in [timeToLive, milliseconds] where end ?? 0 > Form.most - time { return .refused(.overflow) }
    let over = amounts.filter { $0.value > Form.most - books.items[$0.key]!.wanted }
    if !over.isEmpty { return .refused(.overflow, guilty: Set(over.keys)) }
    return .happens([
      .waiting(
        id: id, customer: customer, amounts, timeToLive: timeToLive, givesUp: milliseconds.map { time + $0 })
    ])
  }

  /// What a reservation holds of these items becomes, or is to be at least, these amounts.
  private func hold(
    _ amounts: Amounts, for reservation: Books.Reservation, _ books: Books, _ what: (Amounts) -> ModelEvent.What
  ) -> Decision {
    let more = amounts.compactMap { item, quantity -> (item: ItemName, quantity: Int64, more: Int64)? in
      let more = quantity - reservation.open[item, default: 0]
      return more > 0 ? (item, quantity, more) : nil
    }
    if more.contains(where: { !books.items[$0.item]!.parts.isEmpty }) { return .invalid }
    let beyond = more.filter { claim in
      let item = books.items[claim.item]!
      guard let limit = item.limit else { return false }
      guard let customer = reservation.customer else { return true }
      // Nothing of a reservation counts that is older than the limit: then all that it is to hold is asked for.
      let asked = reservation.sequence > item.limitedSince ? claim.more : claim.quantity
      return asked > limit - books.count(of: claim.item, for: customer)
    }
    if !beyond.isEmpty { return .refused(.limit, guilty: Set(beyond.map(\.item))) }
    // What it takes beyond what it holds it takes as a newcomer.
    let short = more.compactMap { claim -> Expected.Short? in
      let free = books.items[claim.item]!.free
      return claim.more > free ? Expected.Short(item: claim.item, asked: claim.more, available: free) : nil
    }
    if !short.isEmpty { return .refused(.insufficient, short: short) }
    let over = more.filter { $0.more > Form.most - reservation.reserved[$0.item, default: 0] }
    if !over.isEmpty { return .refused(.overflow, guilty: Set(over.map(\.item))) }
    return .happens([what(amounts)])
  }

  /// All that the reservation had is held again, if it is there.
  private func reopen(
    _ reservation: Books.Reservation, _ timeToLive: Int64?, _ books: Books, time: Int64
  ) -> Decision {
    let beyond = reservation.reserved.filter { item, quantity in
      guard let limit = books.items[item]!.limit else { return false }
      guard let customer = reservation.customer else { return true }
      return quantity > limit - books.count(of: item, for: customer)
    }
    if !beyond.isEmpty { return .refused(.limit, guilty: Set(beyond.keys)) }
    let short = shortLines(reservation.reserved, books)
    if !short.isEmpty { return .refused(.insufficient, short: short) }
    if let timeToLive, timeToLive > Form.most - time { return .refused(.overflow) }
    return .happens([
      .reopened(
        reservation: reservation.sequence, reservation.reserved, expires: timeToLive.map { time + $0 })
    ])
  }

  private func adjust(
    _ item: ItemName, _ adjustment: Operation.Adjustment, _ policy: ReleasePolicy?, _ books: Books
  ) -> Decision {
    let stock = books.items[item]!
    let change: Int64
    switch adjustment {
    case .to(let quantity): change = quantity - stock.onHand
    case .by(let difference): change = difference
    }
    let left = stock.onHand + change
    if left > Form.most { return .refused(.overflow, guilty: [item]) }
    var released = [ModelEvent.What]()
    var held = stock.held
    if left < held, left >= 0, let policy {
      let holding = books.reservations.filter { $0.open[item] != nil }
      for hold in policy.isNewest ? holding.reversed() : holding where held > left {
        let missing = [item: min(hold.open[item]!, held - left)]
        released.append(
          .released(
            reservation: hold.sequence, policy.trims ? missing : hold.open, all: !policy.trims, byAdjust: true))
        held -= hold.open[item]!
      }
      held = max(held, policy.trims ? left : 0)
    }
    if left < held {
      let unheld = stock.onHand - stock.held
      return .refused(.insufficient, short: [.init(item: item, asked: -change, available: unheld)])
    }
    return .happens(released + [.adjusted(item, change: change)])
  }

  private func transfer(
    _ quantity: Int64, _ from: ItemName, _ to: ItemName, with selection: HoldSelection, _ books: Books
  ) -> Decision {
    var left = quantity
    var holds: [UInt64: Int64] = [:]
    for hold in books.reservations {
      guard let open = hold.open[from] else { continue }
      if case .of(let ids) = selection {
        guard ids.contains(hold.id) else { continue }
        if open > left {
          let asked = books.reservations.filter { ids.contains($0.id) }.reduce(0) { $0 + $1.open[from, default: 0] }
          return .refused(.insufficient, short: [.init(item: from, asked: asked, available: quantity)])
        }
      }
      if min(open, left) > 0 { holds[hold.sequence] = min(open, left) }
      left -= min(open, left)
    }
    let available = books.items[from]!.available
    if left > available {
      return .refused(.insufficient, short: [.init(item: from, asked: left, available: available)])
    }
    if quantity > Form.most - (books.items[to]?.onHand ?? 0) { return .refused(.overflow, guilty: [to]) }
    let moved = ModelEvent.What.transferredWith(from: from, to: to, quantity, holds: holds)
    return .happens(books.items[to] == nil ? [.registered(to), moved] : [moved])
  }

  private func transfer(_ quantity: Int64, _ from: ItemName, _ to: ItemName, _ books: Books) -> Decision {
    let available = books.items[from]!.available
    if quantity > available {
      return .refused(.insufficient, short: [.init(item: from, asked: quantity, available: available)])
    }
    if quantity > Form.most - (books.items[to]?.onHand ?? 0) { return .refused(.overflow, guilty: [to]) }
    let moved = ModelEvent.What.transferred(from: from, to: to, quantity)
    return .happens(books.items[to] == nil ? [.registered(to), moved] : [moved])
  }
}

extension Operation {
  /// Of the reservation that it commits or releases.
  fileprivate var settledID: Name? {
    switch self {
    case .commit(let id, _), .release(let id, _): id
    default: nil
    }
  }

  /// Without those of a reservation, which are in the books.
  fileprivate func namedItems(_ books: Books) -> Set<ItemName> {
    switch self {
    case .reserve(_, let lines, _, _, _) where isAnywhere:
      Set(lines.flatMap { $0.item.location == "*" ? books.places(of: $0.item.sku) : [$0.item] })
    case .receive(let lines, _), .returned(let lines, _), .reserve(_, let lines, _, _, _): Set(lines.map(\.item))
    case .adjust(let item, _, _, _), .limit(let item, _), .floor(let item, _): [item]
    case .register(let items): Set(items)
    case .recipe(let item, let parts): Set([item] + parts.map(\.item))
    case .prefer(let sku, _): Set(books.places(of: sku))
    case .dated(let movement, _): movement.namedItems(books)
    case .transfer(let sku, _, let from, let to), .transferWith(let sku, _, let from, let to, _):
      [.init(sku: sku, location: from), .init(sku: sku, location: to)]
    case .amend(_, let lines), .returnedOf(_, let lines, _): Set(lines.map(\.item))
    case .commit, .release, .batch, .expire, .commitMore, .extend, .reopen, .acknowledge,
      .forgetConsumer:
      []
    }
  }

  /// With the lines that were taken in place of those at any location.
  fileprivate func asTaken(by step: [ModelEvent.What]) -> Operation {
    guard isAnywhere, case .reserve(let id, _, let customer, let timeToLive, _) = self,
      case .reserved(_, _, _, let asked, _)? = step.last
    else { return self }
    return .reserve(id: id, asked.map { Line($0.key, $0.value) }, customer: customer, timeToLive: timeToLive)
  }

  /// Of what it made, the items that the answer names.
  fileprivate func named(of step: [ModelEvent.What]) -> Set<ItemName> {
    switch self {
    case .returned, .transfer, .transferWith, .register, .recipe:
      Set(step.compactMap { if case .registered(let item) = $0 { item } else { nil } })
    case .dated(let movement, _): movement.named(of: step)
    default: []
    }
  }

  /// A SKU at any location is all its items.
  fileprivate var takesAny: Bool {
    if case .prefer = self { return true }
    return isAnywhere
  }

  fileprivate var itemsThatMustExist: Set<ItemName> {
    switch self {
    case .reserve(_, let lines, _, _, _), .amend(_, let lines): Set(lines.map(\.item))
    case .adjust(let item, _, _, _), .limit(let item, _), .floor(let item, _): [item]
    case .recipe(let item, let parts): parts.isEmpty ? [item] : Set(parts.map(\.item))
    case .prefer(let sku, let locations):
      Set((locations.isEmpty ? ["*"] : locations).map { ItemName(sku: sku, location: $0) })
    case .dated(let movement, _): movement.itemsThatMustExist
    case .transfer(let sku, _, let from, _), .transferWith(let sku, _, let from, _, _):
      [.init(sku: sku, location: from)]
    case .receive, .returned, .returnedOf, .commit, .release, .batch, .expire, .commitMore, .extend, .reopen, .register,
      .acknowledge, .forgetConsumer:
      []
    }
  }
}
