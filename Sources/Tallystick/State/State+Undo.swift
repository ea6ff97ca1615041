/// What takes a change of the state back.
enum Undo: Sendable {
  case item(ItemNumber, State.Item)
  case registration
  case insertion(UInt64)
  case change(Reservation)
  case count(State.CountKey, Int64?)
  case soldParts(UInt64, SoldParts?)
  /// The last return of this reservation.
  case returned(UInt64)
  case limitSince(ItemNumber, UInt64?)
  case recipe(ItemNumber, Recipe?)
  case preference(Name, [ItemNumber]?)
}

extension State {
  @inline(__always) mutating func setItem(_ number: ItemNumber, _ item: Item) {
    if journal != nil { journal!.append(.item(number, items[Int(number.rawValue)])) }
    items[Int(number.rawValue)] = item
  }

  mutating func setCount(_ key: CountKey, _ count: Int64) {
    if journal != nil { journal!.append(.count(key, counts[key])) }
    counts[key] = count == 0 ? nil : count
  }

  mutating func setLimitSince(_ number: ItemNumber, _ sequence: UInt64?) {
    if journal != nil { journal!.append(.limitSince(number, limitsSince[number])) }
    limitsSince[number] = sequence
  }

  mutating func setRecipe(_ number: ItemNumber, _ recipe: Recipe?) {
    if journal != nil { journal!.append(.recipe(number, recipes[number])) }
    recipes.set(number, recipe)
  }

  /// - Parameter order: `nil`: none any more.
  mutating func setPreference(_ sku: Name, _ order: [ItemNumber]?) {
    if journal != nil { journal!.append(.preference(sku, preferences[sku])) }
    preferences[sku] = order
  }

  /// Where a batch began.
  struct Savepoint {
    let lastSequence: UInt64
    let lastTime: Int64
    let openCount: Int
    let closedCount: Int
  }

  var savepoint: Savepoint {
    Savepoint(
      lastSequence: lastSequence, lastTime: lastTime, openCount: openCount, closedCount: recentlyClosed.count)
  }

  mutating func beginBatch() -> Savepoint {
    journal = []
    return savepoint
  }

  mutating func keepBatch() { journal = nil }

  /// Has a reservation wait again as it did, which has left the line since, or waits for less.
  private mutating func waitAgain(_ reservation: Reservation) {
    if let present = reservations[reservation.sequence], present.waits {
      waiting.want(reservation.sequence, present.wants, instead: reservation.wants)
    } else {
      waiting.comeBack(reservation.sequence, reservation.wants)
    }
  }

  /// Takes back everything since the savepoint. Entries in the due queue stay: they name no open hold and are dropped
  /// when they come up.
  mutating func undoBatch(_ savepoint: Savepoint) {
    let entries = journal ?? []
    journal = nil
    isInStep = false
    for entry in entries.reversed() {
      switch entry {
      case .item(let number, let item): items[Int(number.rawValue)] = item
      case .registration:
        items.removeLast()
        skuChains.removeLast(itemNames)
        itemNames.removeLast()
      case .insertion(let sequence):
        if let reservation = reservations[sequence], reservation.waits { waiting.withdrawLast(reservation.wants) }
        forget(sequence)
      case .change(let reservation):
        if reservation.waits { waitAgain(reservation) }
        reservations.remove(reservation.sequence)
        reservations.insert(reservation)
        if reservation.expires > 0 { due.insert(expires: reservation.expires, sequence: reservation.sequence) }
      case .count(let key, let count): counts[key] = count
      case .soldParts(let sequence, let parts): soldParts[sequence] = parts
      case .returned(let sequence):
        returns[sequence]?.removeLast()
        if returns[sequence]?.isEmpty == true { returns[sequence] = nil }
      case .limitSince(let number, let sequence): limitsSince[number] = sequence
      case .recipe(let number, let recipe): recipes.set(number, recipe)
      case .preference(let sku, let order): preferences[sku] = order
      }
    }
    lastSequence = savepoint.lastSequence
    lastTime = savepoint.lastTime
    openCount = savepoint.openCount
    recentlyClosed.removeSubrange(savepoint.closedCount...)
  }
}
