/// A hold and what has become of it.
struct Reservation: Equatable, Sendable {
  struct Line: Equatable, Sendable {
    var item: ItemNumber
    var reserved: Int64
    var open: Int64
  }

  /// The event that left nothing open.
  struct Closing: Equatable, Sendable {
    var sequence: UInt64
    /// `.committed`, `.released` or `.expired`.
    var kind: EventKind
    /// The command named no lines.
    var isWhole: Bool
    var byAdjust: Bool
  }

  // 80 bytes, and no reference that counts for most reservations: there are millions of them, and a cold page costs
  // more than the fold. What few have (a cart's further lines, a customer, a long id) stands apart.
  let sequence: UInt64
  let time: Int64
  /// Unix milliseconds; 0: never.
  let expires: Int64
  private let idHigh: UInt64
  private let idLow: UInt64
  private var firstReserved: Int64
  private var firstOpen: Int64
  private var closingSequence: UInt64 = 0
  private var extra: Extra?
  private var firstItem: ItemNumber
  private let idLength: UInt8
  private let idForm: CompactName.Form
  private var settled = Settled()
  private var closingKind = EventKind.expired

  private struct Settled: OptionSet, Sendable {
    let rawValue: UInt8
    static let committed = Settled(rawValue: 1)
    static let released = Settled(rawValue: 2)
    static let closedWhole = Settled(rawValue: 4)
    static let closedByAdjust = Settled(rawValue: 8)
  }

  private final class Extra: Sendable, Equatable {
    let longID: [UInt8]?
    let customer: CompactName
    let furtherLines: [Line]
    init(longID: [UInt8]?, customer: CompactName, furtherLines: [Line]) {
      self.longID = longID
      self.customer = customer
      self.furtherLines = furtherLines
    }
    static func == (a: Extra, b: Extra) -> Bool {
      a.longID == b.longID && a.customer == b.customer && a.furtherLines == b.furtherLines
    }
  }

  init(
    sequence: UInt64, time: Int64, expires: Int64, id: CompactName, customer: CompactName, first: Line,
    further: [Line] = []
  ) {
    self.sequence = sequence
    self.time = time
    self.expires = expires
    idHigh = id.high
    idLow = id.low
    idLength = id.length
    idForm = id.form
    firstItem = first.item
    firstReserved = first.reserved
    firstOpen = first.open
    if id.bytes != nil || !customer.isEmpty || !further.isEmpty {
      extra = Extra(longID: id.bytes, customer: customer, furtherLines: further)
    }
  }

  var id: CompactName {
    CompactName(high: idHigh, low: idLow, length: idLength, form: idForm, bytes: extra?.longID)
  }
  /// Empty: none.
  var customer: CompactName { extra?.customer ?? .none }

  var lineCount: Int { 1 + (extra?.furtherLines.count ?? 0) }
  subscript(index: Int) -> Line {
    get {
      if index > 0, let extra { return extra.furtherLines[index - 1] }
      return Line(item: firstItem, reserved: firstReserved, open: firstOpen)
    }
    set {
      if index > 0, let extra {
        var lines = extra.furtherLines
        lines[index - 1] = newValue
        self.extra = Extra(longID: extra.longID, customer: extra.customer, furtherLines: lines)
      } else {
        firstItem = newValue.item
        firstReserved = newValue.reserved
        firstOpen = newValue.open
      }
    }
  }

  var wasCommitted: Bool {
    get { settled.contains(.committed) }
    set { if newValue { settled.insert(.committed) } else { settled.remove(.committed) } }
  }
  var wasReleased: Bool {
    get { settled.contains(.released) }
    set { if newValue { settled.insert(.released) } else { settled.remove(.released) } }
  }
  var isOpen: Bool { closingSequence == 0 }
  var closing: Closing? {
    isOpen
      ? nil
      : Closing(
        sequence: closingSequence, kind: closingKind, isWhole: settled.contains(.closedWhole),
        byAdjust: settled.contains(.closedByAdjust))
  }
  mutating func close(_ closing: Closing) {
    closingSequence = closing.sequence
    closingKind = closing.kind
    if closing.isWhole { settled.insert(.closedWhole) }
    if closing.byAdjust { settled.insert(.closedByAdjust) }
  }

  /// Where the item's line is; lines ascend by item number.
  func lineIndex(of item: ItemNumber) -> Int? {
    if firstItem == item { return 0 }
    guard let furtherLines = extra?.furtherLines else { return nil }
    var low = 0
    var high = furtherLines.count
    while low < high {
      let middle = (low + high) / 2
      if furtherLines[middle].item < item { low = middle + 1 } else { high = middle }
    }
    return low < furtherLines.count && furtherLines[low].item == item ? low + 1 : nil
  }

  var timeToLive: Int64 { expires == 0 ? 0 : expires - time }

  /// Whether these (merged, ascending) lines are what was reserved.
  func hasLines(_ entries: UnsafeBufferPointer<LineEntry>) -> Bool {
    guard entries.count == lineCount else { return false }
    for index in 0..<entries.count {
      let line = self[index]
      if line.item != entries[index].item || line.reserved != entries[index].quantity { return false }
    }
    return true
  }

  var hasOpenLines: Bool { firstOpen > 0 || (extra?.furtherLines.contains { $0.open > 0 } ?? false) }

  var state: ReservationState {
    guard let closing else { return wasCommitted || wasReleased ? .partlySettled : .open }
    let wasExpired = closing.kind == .expired
    switch (wasCommitted, wasReleased, wasExpired) {
    case (true, false, false): return .committed
    case (false, true, false): return .released
    case (false, false, true): return .expired
    default: return .mixed
    }
  }
}
