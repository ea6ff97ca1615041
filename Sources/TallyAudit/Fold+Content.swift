import TallyFormat

/// Keys and what they stand for. All of it looks at the state before the event, and nothing of it changes the state.
extension Fold {
  /// Whether the digest behind the event's key is that of what its command asked for; true if it has no key.
  ///
  /// To be called for every event of a frame in which some event has a key: those of a batch are gathered. Some 0.5 µs a
  /// key.
  @inline(never)
  mutating func hasRightContent(_ event: Event, _ columns: EventColumns) -> Bool {
    if !step.isOpen { beginStep(event, columns) }
    if event.kind == .batch {
      defer { content.dropBatch() }
      return columns.batches.keys.digest(passed.batches).map { content.batchMatches($0) } ?? true
    }
    let digest = ownKeys(event.kind, columns).flatMap { $0.keys.digest($0.index) }
    guard digest != nil || content.isInBatch else { return true }
    switch rebuild(event, columns) {
    case .noCommand: return true
    case .unknown:
      content.dropBatch()
      return true
    case .rebuilt:
      if !columns.effective.isEmpty, let effective = columns.effective[row] {
        content.command.append(UInt8(128))
        content.command.append(effective)
      }
      content.addToBatch()
      return digest.map { content.matches($0) } ?? true
    }
  }

  /// Looks ahead whether the step that begins is a batch whose digest can be rebuilt: one without repeats, which may be of
  /// anything that was ever asked.
  private mutating func beginStep(_ event: Event, _ columns: EventColumns) {
    content.dropBatch()
    guard event.more else { return }
    var end = row
    var batches = passed.batches
    while columns.kinds[end] & 1 == 1 {
      if columns.kinds[end] >> 1 == EventKind.batch.rawValue { batches += 1 }
      end += 1
    }
    guard columns.kinds[end] >> 1 == EventKind.batch.rawValue, columns.batches.keys.digest(batches) != nil else {
      return
    }
    let results = columns.batches.results(batches)
    if results.allSatisfy({ !$0.isRepeat }) { content.beginBatch(of: results.count) }
  }

  /// Where the key of an event of a kind stands.
  private func ownKeys(_ kind: EventKind, _ columns: EventColumns) -> (keys: KeyColumn, index: Int)? {
    switch kind {
    case .itemRegistered, .reserved, .expired, .waiting, .filled, .acknowledged, .consumerForgotten, .refused: nil
    case .received: (columns.received.keys, passed.received)
    case .committed: (columns.committed.keys, passed.committed)
    case .released: (columns.released.keys, passed.released)
    case .returned: (columns.returned.keys, passed.returned)
    case .adjusted: (columns.adjusted.keys, passed.adjusted)
    case .transferred: (columns.transferred.keys, passed.transferred)
    case .limitSet: (columns.limits.keys, passed.limits)
    case .batch: (columns.batches.keys, passed.batches)
    case .extended: (columns.extended.keys, passed.extended)
    case .amended: (columns.amended.keys, passed.amended)
    case .committedMore: (columns.committedMore.keys, passed.committedMore)
    case .transferredWith: (columns.transferredWith.keys, passed.transferredWith)
    case .returnedOf: (columns.returnedOf.keys, passed.returnedOf)
    case .floorSet: (columns.floors.keys, passed.floors)
    case .reopened: (columns.reopened.keys, passed.reopened)
    case .recipeSet: (columns.recipes.keys, passed.recipes)
    case .preferenceSet: (columns.preferences.keys, passed.preferences)
    }
  }

  // MARK: - What was asked

  private enum Rebuilt {
    case rebuilt
    /// The event is no command's own.
    case noCommand
    /// The event breaks a rule that says so.
    case unknown
  }

  /// Writes the content of the event's command.
  private mutating func rebuild(_ event: Event, _ columns: EventColumns) -> Rebuilt {
    // How long it waits is no part of what a reservation's command asked.
    content.command.begin(event.kind == .waiting ? .reserved : event.kind)
    switch event.kind {
    case .itemRegistered, .expired, .batch, .filled, .acknowledged, .consumerForgotten, .refused: return .noCommand
    case .received: return rebuildMovement(columns.received, passed.received)
    case .returned: return rebuildMovement(columns.returned, passed.returned)
    case .reserved:
      let group = columns.reserved
      return rebuildReservation(
        group.ids, columns.asked[row] ?? group.lines[passed.reserved], group.customers, group.timesToLive,
        passed.reserved)
    case .waiting:
      let group = columns.waiting
      return rebuildReservation(
        group.ids, columns.asked[row] ?? group.lines[passed.waiting], group.customers, group.timesToLive,
        passed.waiting)
    case .committed: return rebuildSettlement(columns.committed, passed.committed, event)
    case .released:
      if columns.released.byAdjust[passed.released] { return .noCommand }
      return rebuildSettlement(columns.released, passed.released, event)
    case .adjusted: return rebuildAdjustment(columns.adjusted, passed.adjusted)
    case .transferred: return rebuildTransfer(columns.transferred, passed.transferred)
    case .extended:
      guard appendID(of: columns.extended.references[passed.extended], event) else { return .unknown }
      content.command.append(columns.extended.timesToLive[passed.extended])
      return .rebuilt
    case .returnedOf:
      let index = passed.returnedOf
      content.command.append(columns.returnedOf.ids.slice(index))
      guard appendLines(columns.returnedOf.lines[index]) else { return .unknown }
      content.command.append(columns.returnedOf.texts.slice(index))
      return .rebuilt
    case .amended: return rebuildAmendment(columns.amended, passed.amended, event)
    case .committedMore: return rebuildAmendment(columns.committedMore, passed.committedMore, event)
    case .transferredWith: return rebuildTransfer(columns.transferredWith, passed.transferredWith, event)
    case .limitSet:
      guard appendItem(columns.limits.items[passed.limits]) else { return .unknown }
      content.command.append(columns.limits.limitsPlusOne[passed.limits])
      return .rebuilt
    case .floorSet:
      guard appendItem(columns.floors.items[passed.floors]) else { return .unknown }
      content.command.append(columns.floors.floors[passed.floors])
      return .rebuilt
    case .reopened:
      content.command.append(columns.reopened.ids.slice(passed.reopened))
      content.command.append(columns.reopened.timesToLive[passed.reopened])
      return .rebuilt
    case .recipeSet:
      guard appendItem(columns.recipes.items[passed.recipes]) else { return .unknown }
      return appendLines(columns.recipes.lines[passed.recipes]) ? .rebuilt : .unknown
    case .preferenceSet: return rebuildPreference(columns.preferences, passed.preferences)
    }
  }

  private mutating func rebuildPreference(_ group: EventColumns.ItemSettings, _ index: Int) -> Rebuilt {
    let item = Int(group.items[index].rawValue)
    let places = group.lines[index].sorted { $0.quantity < $1.quantity }
    guard item < items.count, places.allSatisfy({ Int($0.item.rawValue) < items.count }) else { return .unknown }
    content.command.append(items.sku(item))
    content.command.append(UInt32(places.count))
    for place in places { content.command.append(items.location(Int(place.item.rawValue))) }
    return .rebuilt
  }

  private mutating func rebuildMovement(_ group: EventColumns.Movements, _ index: Int) -> Rebuilt {
    guard appendLines(group.lines[index]) else { return .unknown }
    content.command.append(group.references.slice(index))
    return .rebuilt
  }

  private mutating func rebuildReservation(
    _ ids: StringColumn, _ lines: ArraySlice<LineEntry>, _ customers: StringColumn, _ timesToLive: [UInt64],
    _ index: Int
  ) -> Rebuilt {
    content.command.append(ids.slice(index))
    guard appendLines(lines) else { return .unknown }
    content.command.append(customers.slice(index))
    content.command.append(timesToLive[index])
    return .rebuilt
  }

  private mutating func rebuildSettlement(
    _ group: EventColumns.Settlements, _ index: Int, _ event: Event
  ) -> Rebuilt {
    guard appendID(of: group.references[index], event) else { return .unknown }
    let lines = group.lines[index]
    content.command.append(UInt8(lines.isEmpty ? 0 : 1))
    return lines.isEmpty || appendLines(lines) ? .rebuilt : .unknown
  }

  private mutating func rebuildAmendment(
    _ group: EventColumns.Amendments, _ index: Int, _ event: Event
  ) -> Rebuilt {
    guard appendID(of: group.references[index], event) else { return .unknown }
    return appendLines(group.lines[index]) ? .rebuilt : .unknown
  }

  private mutating func rebuildTransfer(
    _ group: EventColumns.AccompaniedTransfers, _ index: Int, _ event: Event
  ) -> Rebuilt {
    let (from, to) = (Int(group.from[index].rawValue), Int(group.to[index].rawValue))
    guard from < items.count, to < items.count else { return .unknown }
    content.command.append(items.sku(from))
    content.command.append(items.location(from))
    content.command.append(items.location(to))
    content.command.append(group.quantities[index])
    var ids: [Name] = []
    for hold in group.holds[index] {
      guard let ordinal = order.ordinal(of: hold.reservation, among: event.ordinal),
        case .open(let handle) = open.standing(ordinal)
      else { return .unknown }
      ids.append(Name(bytes: Array(handle.record.id)))
    }
    content.command.append(UInt8(group.isOfAll[index] ? 1 : 0))
    guard !group.isOfAll[index] else { return .rebuilt }
    content.command.append(UInt32(truncatingIfNeeded: ids.count))
    for id in ids.sorted() { content.command.append(id.bytes) }
    return .rebuilt
  }

  /// The id of the open reservation that an event refers to; false if there is none.
  private mutating func appendID(of reservation: UInt64, _ event: Event) -> Bool {
    guard let ordinal = order.ordinal(of: reservation, among: event.ordinal),
      case .open(let handle) = open.standing(ordinal)
    else { return false }
    content.command.append(handle.record.id)
    return true
  }

  private mutating func rebuildAdjustment(_ group: EventColumns.Adjustments, _ index: Int) -> Rebuilt {
    let item = group.items[index]
    guard appendItem(item) else { return .unknown }
    let change = group.changes[index]
    if group.isTo[index] {
      content.command.append(UInt8(1))
      content.command.append(bounded(items.stock[Int(item.rawValue)].onHand, plus: change))
    } else {
      content.command.append(UInt8(0))
      content.command.append(change)
    }
    content.command.append(group.reasons.slice(index))
    content.command.append(group.policies[index])
    return .rebuilt
  }

  private mutating func rebuildTransfer(_ group: EventColumns.Transfers, _ index: Int) -> Rebuilt {
    let (from, to) = (Int(group.from[index].rawValue), Int(group.to[index].rawValue))
    guard from < items.count, to < items.count else { return .unknown }
    content.command.append(items.sku(from))
    content.command.append(items.location(from))
    content.command.append(items.location(to))
    content.command.append(group.quantities[index])
    return .rebuilt
  }

  /// False if there is no such item.
  private mutating func appendItem(_ item: ItemNumber) -> Bool {
    let number = Int(item.rawValue)
    guard number < items.count else { return false }
    content.command.append(items.sku(number))
    content.command.append(items.location(number))
    return true
  }

  /// Lines by the bytes of their SKUs, then of their locations; false if some item is unknown.
  private mutating func appendLines(_ lines: ArraySlice<LineEntry>) -> Bool {
    content.command.append(UInt32(truncatingIfNeeded: lines.count))
    guard lines.allSatisfy({ Int($0.item.rawValue) < items.count }) else { return false }
    var order = Array(lines)
    if order.count > 1 {
      order.sort { isBefore(Int($0.item.rawValue), Int($1.item.rawValue)) }
    }
    for line in order {
      _ = appendItem(line.item)
      content.command.append(line.quantity)
    }
    return true
  }

  private func isBefore(_ a: Int, _ b: Int) -> Bool {
    let (left, right) = (items.sku(a), items.sku(b))
    if left != right { return left.lexicographicallyPrecedes(right) }
    return items.location(a).lexicographicallyPrecedes(items.location(b))
  }
}

extension KeyColumn {
  /// The digest behind an event's key; `nil`: it has no key.
  fileprivate func digest(_ index: Int) -> ContentDigest? { keys.range(index).isEmpty ? nil : digests[index] }
}

extension StringColumn {
  fileprivate func slice(_ index: Int) -> ArraySlice<UInt8> { bytes[range(index)] }
}
