import TallyFormat

/// The auditor's own reading of `What an event does` and `Rules` in the format document.
///
/// Deliberately plain: event by event, in order, each rule where the document has it. It shares the decoder with the
/// writer and nothing else. After a violation it goes on with what the event says, as far as that can be applied, so
/// that one bad event does not hide the next; nothing that a file holds can make it trap.
struct Fold: ~Copyable {
  var items = ItemTable()
  var open = OpenReservations()
  var due = DueHolds()
  var counts = CustomerCounts()
  var order = SequenceMap()
  var step = StepForm()
  /// Commits and releases that settled all that was open of a reservation: what a command of a batch may repeat.
  var wholeSettlements = EventSet()
  var content = ContentCheck()
  var holders = ItemHolders()
  var waiting = WaitingLines()
  var consumers = Consumers()
  /// What the log says was refused.
  var refused: [RefusedPlace: Refused] = [:]
  var releasedForAdjust: [ReleaseForAdjust] = []
  /// Reservations of which goods have come back, or that were reopened: whether they had sold, or let go, as much, a second
  /// reading tells.
  var rereadOrders = Set<UInt64>()
  var violations: Violations

  private(set) var events = 0
  var reservations = 0
  /// Waiting reservations that were filled.
  var filled = 0
  private(set) var lastSequence: UInt64 = 0
  private(set) var lastTime: Int64 = 0
  /// The lowest available after an event that took stock, and the first event that left it.
  private(set) var lowest = Int64.max
  private(set) var lowestSequence: UInt64 = 0
  /// Sums over all items; they may wrap where a forged log makes them.
  private(set) var totalOnHand: Int64 = 0
  private(set) var totalHeld: Int64 = 0

  /// Rows of the present frame folded, and of each kind.
  private(set) var row = 0
  private(set) var passed = Passed()
  /// Some event of the present frame has a key.
  private var hasKeys = false

  struct Passed {
    var registered = 0, received = 0, reserved = 0, committed = 0, released = 0, expired = 0
    var returned = 0, adjusted = 0, transferred = 0, limits = 0, batches = 0
    var extended = 0, amended = 0, committedMore = 0, transferredWith = 0, returnedOf = 0, floors = 0, recipes = 0,
      preferences = 0,
      acknowledged = 0, forgotten = 0, refused = 0,
      reopened = 0, waiting = 0, filled = 0
  }

  /// What ``warm(_:from:_:)`` found.
  var ahead = FoundAhead()

  /// Means nothing: see ``warm(_:)``.
  var touched: Int64 = 0

  /// What every event has.
  struct Event {
    var sequence: UInt64
    var time: Int64
    var kind: EventKind
    var more: Bool
    /// The event's place in the log, from 0.
    var ordinal: Int
  }

  init(violationLimit: Int) { violations = Violations(limit: violationLimit) }

  /// Goes on behind what was proven before; items and reservations are there already, and nothing has been folded.
  mutating func goOn(lastSequence: UInt64, lastTime: Int64) {
    events = Int(lastSequence)
    self.lastSequence = lastSequence
    self.lastTime = lastTime
    open.goOn(behind: events)
    for item in 0..<items.count {
      totalOnHand &+= items.stock[item].onHand
      totalHeld &+= items.stock[item].held
    }
  }

  /// What an earlier audit counted.
  mutating func goOn(_ counts: RememberedAudit.Counts) {
    (reservations, filled) = (counts.reservations, counts.filled)
    (lowest, lowestSequence) = (counts.lowest, counts.lowestSequence)
    waiting.goOn(joined: counts.joined)
  }

  /// True where the log may be looked at: not between the events of one step.
  var isBetweenSteps: Bool { !step.isOpen }

  /// Begins a frame, whose events ``fold(_:through:)`` then takes.
  ///
  /// - Parameter hasKeys: some event of it has a key.
  mutating func begin(_ columns: EventColumns, hasKeys: Bool) {
    row = 0
    self.hasKeys = hasKeys
    passed = Passed()
    if !columns.isEmpty { order.begin(columns.firstSequence, ordinal: events) }
  }

  /// Folds the events of the frame begun that come before row `end`.
  mutating func fold(_ columns: EventColumns, before end: Int) {
    let end = min(end, columns.count)
    while row < end {
      let tag = columns.kinds[row]
      guard let kind = EventKind(rawValue: tag >> 1) else { return }  // The decoder admits no other.
      let event = Event(
        sequence: columns.firstSequence + UInt64(row), time: columns.times[row], kind: kind, more: tag & 1 == 1,
        ordinal: events)
      if event.time < lastTime, events > 0 {
        violations.report(.timeBackwards, event.sequence, "time \(event.time) follows time \(lastTime)")
      }
      // Every due hold is expired before anything else happens; the order among expiries is judged with each.
      if event.time >= due.next, kind != .expired { reportOverdue(event) }
      if waiting.isKept, !step.isOpen { judgeOwed(event) }
      let isAsAsked = !hasKeys || hasRightContent(event, columns)
      apply(event, columns)
      if !isAsAsked {
        violations.report(
          .keyContent, event.sequence, "the digest behind the key is not that of what the event's command asked")
      }
      row += 1
      events += 1
      lastSequence = event.sequence
      lastTime = event.time
    }
  }

  @inline(__always)
  private mutating func apply(_ event: Event, _ columns: EventColumns) {
    switch event.kind {
    case .reserved:
      let mayHaveParts = items.hasRecipes || !columns.asked.isEmpty
      if mayHaveParts { judgeParts(event, columns, columns.reserved.lines[passed.reserved]) }
      reserve(event, columns.reserved, passed.reserved)
      if mayHaveParts { noteParts(event, columns) }
      if !step.isWholeStep(.reserved, more: event.more) { judgeStep(event) }
      passed.reserved += 1
    case .committed:
      settle(event, columns.committed, passed.committed)
      if !step.isWholeStep(.committed, more: event.more) {
        judgeStep(event, key: columns.committed.keys, passed.committed)
      }
      passed.committed += 1
    case .released:
      release(event, columns.released, passed.released)
      passed.released += 1
    case .expired:
      expire(event, reservation: columns.expired[passed.expired])
      if !step.isWholeStep(.expired, more: event.more) { judgeStep(event) }
      passed.expired += 1
    case .itemRegistered:
      register(event, columns.registered, passed.registered)
      passed.registered += 1
    case .received:
      receive(event, columns.received, passed.received)
      passed.received += 1
    case .returned:
      receive(event, columns.returned, passed.returned)
      passed.returned += 1
    case .adjusted:
      adjust(event, columns.adjusted, passed.adjusted)
      passed.adjusted += 1
    case .transferred:
      transfer(event, columns.transferred, passed.transferred)
      passed.transferred += 1
    case .limitSet:
      setLimit(event, columns.limits, passed.limits)
      passed.limits += 1
    case .batch:
      judgeBatch(event, columns.batches, passed.batches)
      passed.batches += 1
    case .extended:
      extend(event, columns.extended, passed.extended)
      passed.extended += 1
    case .amended:
      amend(event, columns.amended, passed.amended)
      passed.amended += 1
    case .committedMore:
      commitMore(event, columns.committedMore, passed.committedMore)
      passed.committedMore += 1
    case .transferredWith:
      transfer(event, columns.transferredWith, passed.transferredWith)
      passed.transferredWith += 1
    case .returnedOf:
      takeBack(event, columns.returnedOf, passed.returnedOf)
      passed.returnedOf += 1
    case .floorSet:
      setFloor(event, columns.floors, passed.floors)
      passed.floors += 1
    case .waiting:
      let mayHaveParts = items.hasRecipes || !columns.asked.isEmpty
      if mayHaveParts { judgeParts(event, columns, columns.waiting.lines[passed.waiting]) }
      wait(event, columns.waiting, passed.waiting)
      if mayHaveParts { noteParts(event, columns) }
      judgeStep(event)
      passed.waiting += 1
    case .filled:
      fill(event, reservation: columns.filled[passed.filled])
      judgeStep(event)
      passed.filled += 1
    case .reopened:
      reopen(event, columns.reopened, passed.reopened)
      passed.reopened += 1
    case .recipeSet:
      setRecipe(event, columns.recipes, passed.recipes)
      passed.recipes += 1
    case .preferenceSet:
      setPreference(event, columns.preferences, passed.preferences)
      passed.preferences += 1
    case .acknowledged:
      acknowledge(event, columns.acknowledged, passed.acknowledged)
      passed.acknowledged += 1
    case .consumerForgotten:
      forget(event, columns.forgotten, passed.forgotten)
      passed.forgotten += 1
    case .refused:
      refuse(event, columns.refused, passed.refused)
      passed.refused += 1
    }
  }

  // MARK: - Memory

  /// Rows of a kind that are looked at ahead.
  static let warmRows = 64

  /// Reads the stock that the next reservations will change. It decides nothing: the processor waits for many places of
  /// memory at once here, and in the fold for one after the other. It halves the fold's time with 100,000 items.
  @inline(never)
  mutating func warm(_ lines: LineColumn, from index: Int) {
    let end = min(index + Fold.warmRows, lines.count)
    var sum: Int64 = 0
    for position in lines.range(index).lowerBound..<lines.range(end - 1).upperBound {
      let item = Int(lines.entries[position].item.rawValue)
      if item < items.count { sum &+= items.stock[item].held }
    }
    touched = sum
  }

  /// Likewise the reservations that the next events settle, which it keeps at hand, and then the stock of their lines.
  @inline(never)
  mutating func warm(_ references: [UInt64], from index: Int, _ event: Event) {
    let end = min(index + FoundAhead.window, references.count)
    var sum: Int64 = 0
    ahead.begin(event.kind, open)
    for index in index..<end {
      var found: OpenReservations.Handle?
      // What comes later in the frame cannot have such a number, even where numbers repeat.
      if references[index] < event.sequence,
        let ordinal = order.ordinal(of: references[index], among: event.ordinal),
        case .open(let handle) = open.standing(ordinal)
      {
        sum &+= Int64(handle.record.lineCount)
        found = handle
      }
      ahead.set(event.kind, index, found)
    }
    for index in index..<end {
      guard let record = ahead.record(event.kind, index) else { continue }
      for line in 0..<record.lineCount { sum &+= items.stock[record.line(line).item].held }
    }
    touched = sum
  }

  // MARK: - Steps

  /// Judges the event's place in its step, unless it is a whole step.
  mutating func judgeStep(
    _ event: Event, key: KeyColumn? = nil, _ index: Int = 0, byAdjust: Bool = false, into: [Int] = [],
    results: ArraySlice<EventColumns.BatchResult> = []
  ) {
    if !byAdjust, step.isWholeStep(event.kind, more: event.more) { return }
    let hasKey = key.map { !$0.keys.range(index).isEmpty } ?? false
    let flaws = step.take(
      StepForm.Event(
        sequence: event.sequence, time: event.time, kind: event.kind, more: event.more, hasKey: hasKey,
        byAdjust: byAdjust, into: into, results: results))
    for flaw in flaws { violations.report(.stepForm, event.sequence, flaw) }
    if !byAdjust { releasedForAdjust.removeAll() }
  }

  private mutating func judgeBatch(_ event: Event, _ group: EventColumns.Batches, _ index: Int) {
    let results = group.results(index)
    if let repeated = results.first(where: { $0.isRepeat && !isRepeatable($0.sequence, before: event) }) {
      violations.report(
        .stepForm, event.sequence, "a batch's repeat is of event \(repeated.sequence), which no command repeats")
    }
    judgeStep(event, key: group.keys, index, results: results)
  }

  /// Whether a command of a batch may be the repeat of an event: of one that made a reservation, or that was to settle all
  /// that was open of one. Any other command is a repeat by its key only, and those of a batch have none.
  private func isRepeatable(_ sequence: UInt64, before event: Event) -> Bool {
    guard let ordinal = order.ordinal(of: sequence, among: event.ordinal) else { return false }
    if wholeSettlements.contains(ordinal) { return true }
    if case .neverMade = open.standing(ordinal) { return false }
    return true
  }

  // MARK: - Stock

  /// Whether a line can be applied; reports what is wrong with it.
  @inline(__always)
  mutating func admits(_ line: LineEntry, after previous: Int64, _ event: Event) -> Bool {
    let item = Int(line.item.rawValue)
    if item < items.count, line.quantity >= 1, line.quantity <= Limits.maxQuantity, Int64(item) > previous {
      return true
    }
    return admitsOdd(line, after: previous, event)
  }

  @inline(never)
  private mutating func admitsOdd(_ line: LineEntry, after previous: Int64, _ event: Event) -> Bool {
    let item = Int(line.item.rawValue)
    if Int64(item) <= previous {
      violations.report(
        .lineOrder, event.sequence, item: items.names(item), "the line of item number \(item) follows \(previous)")
    }
    return isKnown(item, event) && isQuantity(line.quantity, item, event)
  }

  mutating func isKnown(_ item: Int, _ event: Event) -> Bool {
    if item < items.count { return true }
    violations.report(.unknownItem, event.sequence, "item number \(item) of \(items.count)")
    return false
  }

  mutating func isQuantity(_ quantity: Int64, _ item: Int, _ event: Event) -> Bool {
    if quantity >= 1, quantity <= Limits.maxQuantity { return true }
    violations.report(
      .quantityRange, event.sequence, item: items.names(item), "a quantity of \(quantity); it is 1 … 2^53 − 1")
    return false
  }

  /// Changes an item's stock and touches it.
  @inline(__always)
  mutating func change(_ item: Int, onHand: Int64 = 0, held: Int64 = 0, _ event: Event) {
    let stock = items.stock.pointer(item)
    if onHand != 0 { stock.pointee.onHand = bounded(stock.pointee.onHand, plus: onHand) }
    if held != 0 { stock.pointee.held = bounded(stock.pointee.held, plus: held) }
    stock.pointee.lastChange = event.sequence
    totalOnHand &+= onHand
    totalHeld &+= held
    if waiting.isKept { waiting.touch(item) }
  }

  /// Notes how low an event that took stock left an item, and reports what it must not leave.
  @inline(__always)
  mutating func judgeTaken(_ item: Int, _ event: Event) {
    let stock = items.stock.pointer(item)
    let available = stock.pointee.available
    if available < stock.pointee.lowest {
      stock.pointee.lowest = available
      items.lowestSequences[item] = event.sequence
      if available < lowest {
        lowest = available
        lowestSequence = event.sequence
      }
    }
    if available < 0 { reportTaken(item, event) }
  }

  @inline(never)
  private mutating func reportTaken(_ item: Int, _ event: Event) {
    let stock = items.stock[item]
    if stock.onHand < 0 {
      violations.report(
        .negativeOnHand, event.sequence, item: items.names(item), "on hand is \(stock.onHand) after the event")
    } else {
      violations.report(
        .oversold, event.sequence, item: items.names(item),
        "\(stock.held) held of \(stock.onHand) on hand: available is \(stock.available) after the event")
    }
  }

  /// To be called where some item has a floor, of an item of which a reservation or a transfer has taken.
  @inline(never)
  mutating func judgeFloor(_ item: Int, _ event: Event) {
    let left = items.stock[item].available
    guard let floor = items.floors[item], left >= 0, left < floor else { return }
    violations.report(
      .floorPassed, event.sequence, item: items.names(item),
      "\(left) are left after the event, below the floor of \(floor)")
  }

  mutating func judgeAdded(_ item: Int, _ event: Event) {
    if items.hasRecipes { items.noteStock(item) }
    guard items.stock[item].onHand > Limits.maxQuantity else { return }
    violations.report(
      .overflow, event.sequence, item: items.names(item),
      "on hand is \(items.stock[item].onHand) after the event, more than 2^53 − 1")
  }
}
