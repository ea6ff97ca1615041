import Tallystick

/// Stock and reservations after a list of events, worked out from the first event on.
struct Books {
  struct Item {
    var onHand: Int64 = 0
    var held: Int64 = 0
    var limit: Int64?
    /// The event that set a limit where there was none.
    var limitedSince: UInt64 = 0
    var floor: Int64 = 0
    /// What one unit takes; empty: itself alone.
    var parts: Amounts = [:]
    /// Where there are parts: whether one of its own stock is taken, too.
    var hasOwnStock = false
    /// The event that made it.
    var registered: UInt64
    var lastChange: UInt64
    /// What those in line want.
    var wanted: Int64 = 0
    /// Of its own stock.
    var available: Int64 { onHand - held > floor ? onHand - held - floor : 0 }
    /// What a newcomer can have.
    var free: Int64 { available > wanted ? available - wanted : 0 }
  }

  struct Reservation {
    var sequence: UInt64
    var id: Name
    var customer: Name?
    var expires: Int64?
    var reserved: Amounts
    /// It stands in line, until then at most.
    var isWaiting = false
    var givesUp: Int64?
    /// Of one that waits: how long it will hold.
    var timeToLive: Int64?
    var committed: Amounts = [:]
    var released: Amounts = [:]
    var expired: Amounts = [:]
    var returned: Amounts = [:]
    /// The event that left nothing open.
    var closing: ModelEvent?

    /// When the log ends it by itself.
    var end: Int64? { isWaiting ? givesUp : expires }
    var open: Amounts {
      if isWaiting { return [:] }
      var open = reserved
      for settled in [committed, released, expired] { for (item, quantity) in settled { open[item]! -= quantity } }
      return open.filter { $0.value != 0 }
    }
    var state: ReservationState {
      if isWaiting { return .waiting }
      let ways = [committed, released, expired].filter { !$0.isEmpty }.count
      if !open.isEmpty { return ways == 0 ? .open : .partlySettled }
      if ways > 1 { return .mixed }
      return !committed.isEmpty ? .committed : !released.isEmpty ? .released : .expired
    }
  }

  private(set) var items: [ItemName: Item] = [:]
  /// Of SKUs: which locations lines at any location take first.
  private(set) var preferences: [Name: [Name]] = [:]
  /// In the order in which they were made.
  private(set) var reservations: [Reservation] = []
  /// How far each has read, and the event that says so.
  private(set) var consumers: [Name: (position: UInt64, sequence: UInt64)] = [:]
  private(set) var lastSequence: UInt64 = 0
  private(set) var lastTime: Int64 = 0

  func reservation(_ id: Name) -> Reservation? { reservations.first { $0.id == id } }

  /// Units of `item` that `customer` holds or has bought by reservations made since a limit was set.
  func count(of item: ItemName, for customer: Name) -> Int64 {
    guard let since = items[item]?.limitedSince else { return 0 }
    return reservations.filter { $0.customer == customer && $0.sequence > since }.reduce(0) { count, reservation in
      // In line it counts as if it held.
      count + (reservation.isWaiting ? reservation.reserved : reservation.open)[item, default: 0]
        + reservation.committed[item, default: 0] - reservation.returned[item, default: 0]
    }
  }

  /// Those who stand in line, in its order.
  var line: [Reservation] { reservations.filter(\.isWaiting) }

  /// Whether somebody with these wants would be served now, behind others.
  func canServe(_ wants: Amounts, behind others: [Reservation]) -> Bool {
    wants.allSatisfy { item, quantity in
      let before = others.reduce(0) { $0 + $1.reserved[item, default: 0] }
      return quantity <= items[item]!.available - before
    }
  }

  /// The first in line who can be served.
  var next: Reservation? {
    let line = line
    return line.indices.first { canServe(line[$0].reserved, behind: Array(line[..<$0])) }.map { line[$0] }
  }

  mutating func add(_ event: ModelEvent) {
    lastSequence = event.sequence
    lastTime = event.time
    switch event.what {
    case .registered(let item): items[item] = Item(registered: event.sequence, lastChange: event.sequence)
    case .received(let amounts), .returned(let amounts):
      for (item, quantity) in amounts { change(item, onHand: quantity, event) }
    case .reserved(let id, let customer, let amounts, _, let expires):
      for (item, quantity) in amounts { change(item, held: quantity, event) }
      reservations.append(
        Reservation(sequence: event.sequence, id: id, customer: customer, expires: expires, reserved: amounts))
    case .committed(let sequence, let amounts, _):
      for (item, quantity) in amounts { change(item, onHand: -quantity, held: -quantity, event) }
      settle(sequence, \.committed, amounts, event)
    case .waiting(let id, let customer, let amounts, let timeToLive, let givesUp):
      for (item, quantity) in amounts { change(item, wanted: quantity, event) }
      var reservation = Reservation(
        sequence: event.sequence, id: id, customer: customer, expires: nil, reserved: amounts)
      (reservation.isWaiting, reservation.givesUp, reservation.timeToLive) = (true, givesUp, timeToLive)
      reservations.append(reservation)
    case .filled(let sequence):
      let index = leaveLine(sequence, event)
      for (item, quantity) in reservations[index].reserved { change(item, held: quantity, event) }
      reservations[index].expires = reservations[index].timeToLive.map { min(event.time + $0, Form.most) }
    case .released(let sequence, let amounts, _, _) where isWaiting(sequence):
      leaveLine(sequence, event)
      settle(sequence, \.released, amounts, event)
    case .expired(let sequence, let amounts) where isWaiting(sequence):
      leaveLine(sequence, event)
      settle(sequence, \.expired, amounts, event)
    case .released(let sequence, let amounts, _, _):
      for (item, quantity) in amounts { change(item, held: -quantity, event) }
      settle(sequence, \.released, amounts, event)
    case .expired(let sequence, let amounts):
      for (item, quantity) in amounts { change(item, held: -quantity, event) }
      settle(sequence, \.expired, amounts, event)
    case .adjusted(let item, let by): change(item, onHand: by, event)
    case .transferred(let from, let to, let quantity):
      change(from, onHand: -quantity, event)
      change(to, onHand: quantity, event)
    case .limitSet(let item, let limit):
      change(item, event)
      if limit == nil {
        items[item]!.limitedSince = 0
      } else if items[item]!.limit == nil {
        items[item]!.limitedSince = event.sequence
      }
      items[item]!.limit = limit
    case .floorSet(let item, let floor):
      change(item, event)
      items[item]!.floor = floor
    case .recipeSet(let item, let parts):
      change(item, event)
      items[item]!.parts = parts
      items[item]!.hasOwnStock = items[item]!.onHand > 0
    case .preferenceSet(let sku, let locations): preferences[sku] = locations
    case .acknowledged(let consumer, let position):
      consumers[consumer] = (position, event.sequence)
    case .consumerForgotten(let consumer): consumers[consumer] = nil
    case .batch: break
    case .transferredWith(let from, let to, let quantity, let holds):
      let held = holds.values.reduce(0, +)
      change(from, onHand: -quantity, held: -held, event)
      change(to, onHand: quantity, held: held, event)
      for (sequence, units) in holds {
        let place = place(of: sequence)
        reservations[place].reserved[from]! -= units
        if reservations[place].reserved[from] == 0 { reservations[place].reserved[from] = nil }
        reservations[place].reserved[to, default: 0] += units
      }
    case .returnedOf(let sequence, let amounts):
      for (item, quantity) in amounts {
        change(item, onHand: quantity, event)
        reservations[place(of: sequence)].returned[item, default: 0] += quantity
      }
    case .reopened(let sequence, let amounts, let expires):
      let place = place(of: sequence)
      for (item, quantity) in amounts { change(item, held: quantity, event) }
      (reservations[place].released, reservations[place].expired) = ([:], [:])
      reservations[place].closing = nil
      reservations[place].expires = expires
    case .extended(let sequence, let expires): reservations[place(of: sequence)].expires = expires
    case .amended(let sequence, let amounts): amend(sequence, amounts, event)
    case .committedMore(let sequence, let amounts):
      let place = place(of: sequence)
      for (item, quantity) in amounts {
        let beyond = max(0, quantity - reservations[place].open[item, default: 0])
        reservations[place].reserved[item]! += beyond
        change(item, onHand: -quantity, held: beyond - quantity, event)
      }
      settle(sequence, \.committed, amounts, event)
    }
  }

  private func isWaiting(_ sequence: UInt64) -> Bool {
    reservations.contains { $0.sequence == sequence && $0.isWaiting }
  }

  @discardableResult
  private mutating func leaveLine(_ sequence: UInt64, _ event: ModelEvent) -> Int {
    let index = reservations.firstIndex { $0.sequence == sequence }!
    reservations[index].isWaiting = false
    for (item, quantity) in reservations[index].reserved { change(item, wanted: -quantity, event) }
    return index
  }

  private mutating func change(
    _ item: ItemName, onHand: Int64 = 0, held: Int64 = 0, wanted: Int64 = 0, _ event: ModelEvent
  ) {
    items[item]!.wanted += wanted
    items[item]!.onHand += onHand
    if items[item]!.onHand > 0 { items[item]!.hasOwnStock = true }
    items[item]!.held += held
    items[item]!.lastChange = event.sequence
  }

  private func place(of sequence: UInt64) -> Int { reservations.firstIndex { $0.sequence == sequence }! }

  /// What is held of the items becomes these amounts; if that leaves nothing, all that was held is released.
  private mutating func amend(_ sequence: UInt64, _ amounts: Amounts, _ event: ModelEvent) {
    let place = place(of: sequence)
    if reservations[place].isWaiting { return want(place, amounts, event) }
    let before = reservations[place].open
    for (item, quantity) in amounts { change(item, held: quantity - before[item, default: 0], event) }
    if before.merging(amounts, uniquingKeysWith: { $1 }).allSatisfy({ $0.value == 0 }) {
      return settle(sequence, \.released, before, event)
    }
    for (item, quantity) in amounts {
      reservations[place].reserved[item, default: 0] += quantity - before[item, default: 0]
      if reservations[place].reserved[item] == 0 { reservations[place].reserved[item] = nil }
    }
  }

  /// The same of what one in line wants.
  private mutating func want(_ place: Int, _ amounts: Amounts, _ event: ModelEvent) {
    let before = reservations[place].reserved
    for (item, quantity) in amounts { change(item, wanted: quantity - before[item, default: 0], event) }
    let after = before.merging(amounts, uniquingKeysWith: { $1 }).filter { $0.value > 0 }
    if after.isEmpty {
      reservations[place].isWaiting = false
      settle(reservations[place].sequence, \.released, before, event)
    } else {
      reservations[place].reserved = after
    }
  }

  private mutating func settle(
    _ sequence: UInt64, _ way: WritableKeyPath<Reservation, Amounts>, _ amounts: Amounts, _ event: ModelEvent
  ) {
    let index = place(of: sequence)
    for (item, quantity) in amounts { reservations[index][keyPath: way][item, default: 0] += quantity }
    if reservations[index].open.isEmpty { reservations[index].closing = event }
  }
}
