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

  private(set) var record: ReservationRecord
  /// What few have: a cart's further lines, a customer, a long id.
  let extra: Extra?

  final class Extra: Sendable, Equatable {
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
    record = ReservationRecord(
      sequence: sequence, time: time, expires: expires, id: id, item: first.item, reserved: first.reserved,
      open: first.open)
    if id.bytes != nil || !customer.isEmpty || !further.isEmpty {
      extra = Extra(longID: id.bytes, customer: customer, furtherLines: further)
    } else {
      extra = nil
    }
  }

  init(record: ReservationRecord, extra: Extra?) {
    self.record = record
    self.extra = extra
  }

  var sequence: UInt64 { record.sequence }
  var time: Int64 { record.time }
  /// Unix milliseconds; 0: never.
  var expires: Int64 { record.expires }
  var id: CompactName { record.id(longBytes: extra?.longID) }
  /// Empty: none.
  var customer: CompactName { extra?.customer ?? .none }

  var lineCount: Int { 1 + (extra?.furtherLines.count ?? 0) }
  subscript(index: Int) -> Line {
    if index > 0, let extra {
      // What closes a reservation leaves its further lines as they were.
      var line = extra.furtherLines[index - 1]
      if !isOpen { line.open = 0 }
      return line
    }
    return Line(item: record.item, reserved: record.reserved, open: record.open)
  }

  /// The same with another quantity open on a line.
  func settingOpen(_ open: Int64, line index: Int) -> Reservation {
    guard index > 0, let extra else {
      var record = record
      record.open = open
      return Reservation(record: record, extra: extra)
    }
    var lines = extra.furtherLines
    lines[index - 1].open = open
    return Reservation(
      record: record, extra: Extra(longID: extra.longID, customer: extra.customer, furtherLines: lines))
  }

  var wasCommitted: Bool {
    get { record.flags.contains(.committed) }
    set { if newValue { record.flags.insert(.committed) } else { record.flags.remove(.committed) } }
  }
  var wasReleased: Bool {
    get { record.flags.contains(.released) }
    set { if newValue { record.flags.insert(.released) } else { record.flags.remove(.released) } }
  }
  var isOpen: Bool { record.isOpen }
  var closing: Closing? { record.closing }
  mutating func close(_ closing: Closing) { record.close(closing) }

  /// Where the item's line is; lines ascend by item number.
  func lineIndex(of item: ItemNumber) -> Int? {
    if record.item == item { return 0 }
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

  var hasOpenLines: Bool { record.open > 0 || isOpen && (extra?.furtherLines.contains { $0.open > 0 } ?? false) }

  var state: ReservationState { record.state }
}
