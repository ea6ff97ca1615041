import CKernel

/// What all events so far amount to: a fold, and nothing but a fold.
///
/// Touches no clock, file or random source. A value; the writer's own, or a follower's.
struct State: Sendable {
  struct Item: Equatable, Sendable {
    var onHand: Int64 = 0
    var held: Int64 = 0
    /// Units a customer may have; −1: no limit.
    var limit: Int64 = -1
    /// Units that cannot be reserved or transferred.
    var floor: Int64 = 0
    var lastChange: UInt64 = 0
    /// What all that wait want together.
    var wanted: Int64 = 0

    /// What is on hand and not held: what a stock-take may take.
    @inline(__always) var unheld: Int64 { onHand - held }
    /// What is above the floor of that: what can be transferred, or held by whose turn it is. Said here, and nowhere else.
    /// Below 0 where a stock-take went below the floor.
    @inline(__always) var availableOrLess: Int64 { unheld - floor }
    /// The same, as it is shown.
    var available: Int64 { max(0, availableOrLess) }
    /// What a newcomer can have. Below 0: others wait for so many more than there are.
    @inline(__always) var free: Int64 { availableOrLess - wanted }

    /// Without what it is made of, if it has a recipe.
    func level(of name: ItemName) -> StockLevel {
      StockLevel(
        item: name, onHand: onHand, held: held, waiting: wanted, limit: limit < 0 ? nil : limit, floor: floor,
        sequence: lastChange)
    }
  }
  struct CountKey: Hashable, Sendable {
    var item: ItemNumber
    var customer: Name
  }

  var lastSequence: UInt64 = 0
  var lastTime: Int64 = 0
  var items: [Item] = []
  var itemNames = ItemNames()
  /// Which items are of one SKU; behind ``itemNames`` until something asks.
  var skuChains = SKUChains()
  /// Open reservations; with ``keepsClosed`` also those closed and not yet forgotten.
  var reservations = ReservationTable()
  var openCount = 0
  var due = DueQueue()
  /// Of items with a limit: the event that set the first one since there was none.
  var limitsSince: [ItemNumber: UInt64] = [:]
  /// Reservations that wait; they are in ``reservations``, too.
  var waiting = WaitingList()
  /// The event folded last is not the last of its step.
  var isInStep = false
  /// What customers hold or have committed of items with a limit; above 0.
  var counts: [CountKey: Int64] = [:]
  /// What items are made of.
  var recipes = RecipeTable()
  /// Of SKUs that have a stated order: which of their items lines at any location take first.
  var preferences: [Name: [ItemNumber]] = [:]
  /// Who reads the log, and how far.
  var consumers = ConsumerTable()
  /// Keep closed reservations until ``forgetClosed(through:)``: a writer must answer retries of them.
  var keepsClosed = false
  var recentlyClosed: [(closing: UInt64, reservation: UInt64)] = []
  /// What was asked of reservations that do not hold that, because they have been altered since or took parts, as far as
  /// that was since the fold began: a retry of the `reserve` is told by it.
  var originals: [UInt64: OriginalReservation] = [:]
  /// What was committed of reservations of which other parts were let go, since the fold began.
  var soldParts: [UInt64: SoldParts] = [:]
  /// What has come back by reservation, since the fold began and as far as no sealed index covers it.
  var returns: [UInt64: [OrderReturn]] = [:]
  /// The event that the fold began after: before it nothing is known of what was settled in parts.
  private(set) var loadedSequence: UInt64 = 0
  /// Closed reservations have been forgotten up to about this event.
  private(set) var forgottenSequence: UInt64 = 0
  /// What to undo if a batch is rejected; `nil` outside batches.
  var journal: [Undo]?

  init() {}

  /// Asks the processor for the memory of an item that will be looked at soon; of both its lines, if it has two.
  @inline(__always) func prefetchItem(_ number: Int) {
    guard number < items.count else { return }
    let item = items.withUnsafeBufferPointer { UnsafeRawPointer($0.baseAddress! + number) }
    tally_prefetch(item)
    tally_prefetch(item + MemoryLayout<Item>.size - 1)
  }

  /// The event that set the first limit of an item since there was none; 0: it has no limit.
  func limitSince(_ number: ItemNumber) -> UInt64 { limitsSince[number] ?? 0 }

  func number(of item: ItemName) -> ItemNumber? { itemNames.number(of: item) }

  func level(of item: ItemName) -> StockLevel? { number(of: item).map { level(of: $0) } }

  /// The hold that expires next, if any.
  mutating func nextDue() -> DueQueue.Entry? {
    while let entry = due.first {
      if let reservation = reservations[entry.sequence], reservation.isOpen, reservation.expires == entry.expires {
        return entry
      }
      due.removeFirst()
    }
    return nil
  }

  /// Drops closed reservations whose closing event is not after `sequence`.
  mutating func forgetClosed(through sequence: UInt64) {
    var kept = 0
    while kept < recentlyClosed.count, recentlyClosed[kept].closing <= sequence {
      let entry = recentlyClosed[kept]
      // One that was reopened since is open, or was closed again later.
      if reservations[entry.reservation]?.closing?.sequence == entry.closing { forget(entry.reservation) }
      kept += 1
    }
    recentlyClosed.removeSubrange(0..<kept)
    forgottenSequence = max(forgottenSequence, min(sequence, lastSequence))
    guard !returns.isEmpty else { return }
    for (reservation, list) in returns {
      let left = list.filter { $0.sequence > sequence }
      returns[reservation] = left.isEmpty ? nil : left
    }
  }

  /// The state is what a snapshot had.
  mutating func noteLoaded() { loadedSequence = lastSequence }

  /// Forgets a reservation.
  mutating func forget(_ sequence: UInt64) {
    reservations.remove(sequence)
    if !originals.isEmpty { originals[sequence] = nil }
    if !soldParts.isEmpty { soldParts[sequence] = nil }
  }

  /// What must hold after every event; `nil`: it does. Cost: the whole state.
  func checkInvariants() -> String? {
    var held = [Int64](repeating: 0, count: items.count)
    var wanted = held
    var waitingCount = 0
    var open = 0
    var flaw: String?
    reservations.visit { reservation in
      if reservation.waits { waitingCount += 1 }
      if reservation.isOpen {
        open += 1
        if reservation.hasOpenLines == reservation.waits {
          flaw = "reservation \(reservation.sequence) is open with nothing open, or waits and holds something"
        }
      }
      for index in 0..<reservation.lineCount {
        let line = reservation[index]
        if line.open < 0 || line.open > line.reserved {
          flaw = "reservation \(reservation.sequence) has open \(line.open)"
        }
        // A sum that does not fit is no item's: a forged snapshot must be refused, not trap.
        let (sum, overflow) = held[Int(line.item.rawValue)].addingReportingOverflow(line.open)
        held[Int(line.item.rawValue)] = overflow ? -1 : sum
        if reservation.waits { wanted[Int(line.item.rawValue)] &+= line.reserved }
      }
    }
    for (number, item) in items.enumerated() {
      if item.onHand < 0 || item.held < 0 || item.held > item.onHand || item.onHand > Limits.maxQuantity {
        flaw = "\(itemNames[number]) has \(item.onHand) on hand and \(item.held) held"
      }
      if item.held != held[number] {
        flaw = "\(itemNames[number]) has \(item.held) held, its reservations \(held[number])"
      }
      if item.wanted != wanted[number] || item.wanted < 0 || item.wanted > Limits.maxQuantity {
        flaw = "\(item.wanted) are waited for of \(itemNames[number]), by its reservations \(wanted[number])"
      }
      if item.lastChange > lastSequence { flaw = "\(itemNames[number]) changed after the last event" }
    }
    if open != openCount { flaw = "\(open) reservations are open, \(openCount) counted" }
    if waitingCount != waiting.count { flaw = "\(waitingCount) reservations wait, \(waiting.count) counted" }
    if counts.values.contains(where: { $0 <= 0 }) { flaw = "a customer's count is not above 0" }
    if itemNames.count != items.count { flaw = "items and their names differ in number" }
    return flaw
  }
}
