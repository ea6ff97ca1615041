/// Judges whether the digest behind a key is that of what the event's command asked for: what a retry is compared with.
/// The rule is ``Rule/keyContent``.
struct ContentRules {
  /// What the commands of the present step asked for, if it may be a batch with a key.
  private var batch: [Operation] = []
  /// False if that cannot be told of one of them.
  private var isBatchKnown = true

  /// Takes the next event, with the state before it. Neither is changed: see ``StepRules/admits(_:_:_:)``. Some 1 µs a key.
  mutating func admits(_ columns: inout EventColumns, _ row: EventColumns.Row, _ state: inout State) -> Bool {
    defer {
      if !row.more {
        batch.removeAll()
        isBatchKnown = true
      }
    }
    let key = columns.key(of: row)
    if row.kind == .batch {
      let results = columns.batches.results(row.ordinal)
      // What is repeated may be anything that was ever asked.
      guard let key, isBatchKnown, results.count == batch.count, !results.contains(where: \.isRepeat) else {
        return true
      }
      return Operation.batch(batch).contentDigest == key.1
    }
    let mayBeInBatch = row.more && columns.batches.keys.count > 0
    guard key != nil || mayBeInBatch, ContentRules.isCommand(&columns, row) else { return true }
    guard var operation = Operation(recordedAs: row, in: &columns, before: &state) else {
      isBatchKnown = false
      return true
    }
    if let effective = columns.effectiveTime(of: row) { operation = .dated(operation, effective: effective) }
    if mayBeInBatch { batch.append(operation) }
    return key.map { operation.contentDigest == $0.1 } ?? true
  }

  /// Whether the event is a command's own, and not one that comes with it.
  private static func isCommand(_ columns: inout EventColumns, _ row: EventColumns.Row) -> Bool {
    switch row.kind {
    case .itemRegistered, .expired, .batch, .filled, .acknowledged, .consumerForgotten, .refused: false
    case .released: !columns.released.byAdjust[row.ordinal]
    case .received, .reserved, .committed, .returned, .adjusted, .transferred, .limitSet, .extended, .amended,
      .committedMore, .transferredWith, .returnedOf, .floorSet, .recipeSet, .preferenceSet, .reopened,
      .waiting:
      true
    }
  }
}

extension Operation {
  /// What the command of an event asked for, with the state before the event.
  ///
  /// `nil`: no command's own event, or one that names what there is not, which the fold refuses.
  fileprivate init?(recordedAs row: EventColumns.Row, in columns: inout EventColumns, before state: inout State) {
    let ordinal = row.ordinal
    switch row.kind {
    case .itemRegistered, .expired, .batch, .filled, .acknowledged, .consumerForgotten, .refused: return nil
    case .received:
      guard let lines = state.lines(columns.received.lines[ordinal]) else { return nil }
      self = .receive(lines, reference: columns.received.references[ordinal])
    case .returned:
      guard let lines = state.lines(columns.returned.lines[ordinal]) else { return nil }
      self = .returned(lines, reference: columns.returned.references[ordinal])
    case .reserved:
      guard let lines = state.lines(columns.asked(of: row) ?? columns.reserved.lines[ordinal]) else { return nil }
      self = .reserve(
        id: columns.reserved.ids[ordinal], lines, customer: columns.reserved.customers[ordinal],
        timeToLive: Int64(columns.reserved.timesToLive[ordinal]))
    case .waiting:
      guard let lines = state.lines(columns.asked(of: row) ?? columns.waiting.lines[ordinal]) else { return nil }
      self = .reserve(
        id: columns.waiting.ids[ordinal], lines, customer: columns.waiting.customers[ordinal],
        timeToLive: Int64(columns.waiting.timesToLive[ordinal]))
    case .committed, .released:
      let group = row.kind == .committed ? columns.committed : columns.released
      guard let reservation = state.reservations[group.references[ordinal]], reservation.isOpen,
        let lines = state.lines(group.lines[ordinal])
      else { return nil }
      let (id, named) = (reservation.id.name, lines.isEmpty ? nil : lines)
      self = row.kind == .committed ? .commit(id: id, named) : .release(id: id, named)
    case .returnedOf:
      guard let lines = state.lines(columns.returnedOf.lines[ordinal]) else { return nil }
      self = .returnedOf(
        order: columns.returnedOf.ids[ordinal], lines, reference: columns.returnedOf.texts[ordinal])
    case .extended:
      guard let reservation = state.reservations[columns.extended.references[ordinal]], reservation.isOpen else {
        return nil
      }
      self = .extend(
        id: reservation.id.name, timeToLive: Int64(columns.extended.timesToLive[ordinal]))
    case .amended, .committedMore:
      let group = row.kind == .amended ? columns.amended : columns.committedMore
      guard let reservation = state.reservations[group.references[ordinal]], reservation.isOpen,
        let lines = state.lines(group.lines[ordinal])
      else { return nil }
      let id = reservation.id.name
      self = row.kind == .amended ? .amend(id: id, lines) : .commitMore(id: id, lines)
    case .adjusted:
      let number = columns.adjusted.items[ordinal]
      guard let item = state.name(of: number) else { return nil }
      let change = columns.adjusted.changes[ordinal]
      // Both are below 2^56 in size.
      let onHand = state.items[Int(number.rawValue)].onHand + change
      self = .adjust(
        item, columns.adjusted.isTo[ordinal] ? .to(onHand) : .by(change), reason: columns.adjusted.reasons[ordinal],
        release: ReleasePolicy(rawValue: columns.adjusted.policies[ordinal]))
    case .transferred:
      guard let from = state.name(of: columns.transferred.from[ordinal]),
        let to = state.name(of: columns.transferred.to[ordinal])
      else { return nil }
      self = .transfer(
        sku: from.sku, quantity: columns.transferred.quantities[ordinal], from: from.location, to: to.location)
    case .transferredWith:
      let group = columns.transferredWith
      guard let from = state.name(of: group.from[ordinal]), let to = state.name(of: group.to[ordinal]) else {
        return nil
      }
      var ids = [Name]()
      for hold in group.holds[ordinal] {
        guard let reservation = state.reservations[hold.reservation], reservation.isOpen else { return nil }
        ids.append(reservation.id.name)
      }
      self = .transferWith(
        sku: from.sku, quantity: group.quantities[ordinal], from: from.location, to: to.location,
        group.isOfAll[ordinal] ? .all : .of(ids))
    case .limitSet:
      guard let item = state.name(of: columns.limits.items[ordinal]) else { return nil }
      let limitPlusOne = Int64(columns.limits.limitsPlusOne[ordinal])
      self = .limit(item, limitPlusOne == 0 ? nil : limitPlusOne - 1)
    case .floorSet:
      guard let item = state.name(of: columns.floors.items[ordinal]) else { return nil }
      self = .floor(item, Int64(columns.floors.floors[ordinal]))
    case .reopened:
      self = .reopen(
        id: columns.reopened.ids[ordinal], timeToLive: Int64(columns.reopened.timesToLive[ordinal]))
    case .recipeSet:
      guard let item = state.name(of: columns.recipes.items[ordinal]),
        let parts = state.lines(columns.recipes.lines[ordinal])
      else { return nil }
      self = .recipe(item, parts)
    case .preferenceSet:
      let order = columns.preferences.lines[ordinal].sorted { $0.quantity < $1.quantity }
      guard let item = state.name(of: columns.preferences.items[ordinal]), let places = state.lines(order[...]) else {
        return nil
      }
      self = .prefer(item.sku, places.map(\.item.location))
    }
  }
}

extension State {
  fileprivate func name(of number: ItemNumber) -> ItemName? {
    Int(number.rawValue) < items.count ? itemNames[Int(number.rawValue)] : nil
  }

  /// `nil`: some item is unknown.
  fileprivate func lines(_ entries: ArraySlice<LineEntry>) -> [Line]? {
    var lines = [Line]()
    lines.reserveCapacity(entries.count)
    for entry in entries {
      guard let item = name(of: entry.item) else { return nil }
      lines.append(Line(item, entry.quantity))
    }
    return lines
  }
}
