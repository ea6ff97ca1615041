/// A hold and what has become of it.
struct Reservation: Equatable, Sendable {
  struct Line: Equatable, Sendable {
    var item: ItemNumber
    var reserved: Int64
    var open: Int64

    init(item: ItemNumber, reserved: Int64, open: Int64) {
      self.item = item
      self.reserved = reserved
      self.open = open
    }
    /// All of it is open.
    init(_ line: LineEntry) { self.init(item: line.item, reserved: line.quantity, open: line.quantity) }
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
  let extra: ReservationExtra?

  /// - Parameter lines: not none, all of them open.
  init(
    sequence: UInt64, time: Int64, expires: Int64, id: CompactName, customer: CompactName,
    _ lines: ArraySlice<LineEntry>
  ) {
    let first = Line(lines[lines.startIndex])
    let record = ReservationRecord(
      sequence: sequence, time: time, expires: expires, id: id, item: first.item, reserved: first.reserved,
      open: first.open)
    guard id.bytes != nil || !customer.isEmpty || lines.count > 1 else {
      self.init(record: record, extra: nil)
      return
    }
    let extra = ReservationExtra(longID: id.bytes, customer: customer, count: lines.count - 1) {
      Line(lines[lines.startIndex + 1 + $0])
    }
    self.init(record: record, extra: extra)
  }

  /// One that waits.
  ///
  /// - Parameters:
  ///   - givesUp: Unix milliseconds; 0: never.
  ///   - timeToLive: of the hold, from its filling on, in milliseconds; 0: none.
  init(
    waiting sequence: UInt64, time: Int64, givesUp: Int64, timeToLive: Int64, id: CompactName, customer: CompactName,
    _ lines: ArraySlice<LineEntry>
  ) {
    let first = Line(lines[lines.startIndex])
    var record = ReservationRecord(
      sequence: sequence, time: time, expires: givesUp, id: id, item: first.item, reserved: first.reserved, open: 0)
    record.beginWaiting()
    guard id.bytes != nil || !customer.isEmpty || lines.count > 1 || timeToLive > 0 else {
      self.init(record: record, extra: nil)
      return
    }
    let extra = ReservationExtra(
      longID: id.bytes, customer: customer, count: lines.count - 1, timeToLive: timeToLive
    ) {
      let line = lines[lines.startIndex + 1 + $0]
      return Line(item: line.item, reserved: line.quantity, open: 0)
    }
    self.init(record: record, extra: extra)
  }

  init(record: ReservationRecord, extra: ReservationExtra?) {
    self.record = record
    self.extra = extra
    if let extra { self.record.hasCustomer = !extra.customer.isEmpty }
  }

  var sequence: UInt64 { record.sequence }
  var time: Int64 { record.time }
  /// Unix milliseconds; 0: never.
  var expires: Int64 { record.expires }
  var id: CompactName { record.id(longBytes: extra?.longID) }
  /// Empty: none.
  var customer: CompactName { extra?.customer ?? .none }

  var lineCount: Int { 1 + (extra?.count ?? 0) }
  subscript(index: Int) -> Line {
    if index > 0, let extra {
      // What closes a reservation leaves its further lines as they were.
      var line = extra[index - 1]
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
    var line = extra[index - 1]
    line.open = open
    return Reservation(record: record, extra: extra.replacing(index - 1, by: line))
  }

  /// The same with other lines: not none, ascending by item number.
  func replacingLines(_ lines: [Line]) -> Reservation {
    var record = record
    record.setFirst(lines[0])
    // What has an extra keeps one: the table knows by it where the lines stand.
    guard extra != nil || lines.count > 1 else { return Reservation(record: record, extra: nil) }
    let extra = ReservationExtra(
      longID: extra?.longID, customer: customer, count: lines.count - 1, timeToLive: extra?.timeToLive ?? -1
    ) { lines[$0 + 1] }
    return Reservation(record: record, extra: extra)
  }

  /// It is not any more what its `reserved` event says.
  var isAltered: Bool {
    get { record.isAltered }
    set { record.isAltered = newValue }
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
    guard let extra else { return nil }
    var low = 0
    var high = extra.count
    while low < high {
      let middle = (low + high) / 2
      if extra[middle].item < item { low = middle + 1 } else { high = middle }
    }
    return low < extra.count && extra[low].item == item ? low + 1 : nil
  }

  /// As asked for, in milliseconds; 0: none.
  var timeToLive: Int64 {
    if let extra, extra.timeToLive >= 0 { return extra.timeToLive }
    return record.isUnfilled ? 0 : Reservation.timeToLive(time: time, expires: expires)
  }

  /// Of a hold that began when it was asked for.
  static func timeToLive(time: Int64, expires: Int64) -> Int64 { expires == 0 ? 0 : expires - time }

  /// It holds nothing yet.
  var waits: Bool { record.waits }

  /// What it wants of each item, if it waits.
  var wants: [LineEntry] {
    (0..<lineCount).map { LineEntry(item: self[$0].item, quantity: self[$0].reserved) }
  }

  /// The same as what has waited, or still does.
  ///
  /// - Parameter timeToLive: as asked for, in milliseconds; 0: none.
  func waited(isWaiting: Bool, timeToLive: Int64) -> Reservation {
    var record = record
    if isWaiting { record.beginWaiting() }
    guard extra != nil || timeToLive > 0 || !isWaiting else { return Reservation(record: record, extra: nil) }
    let extra = ReservationExtra(
      longID: extra?.longID, customer: customer, count: lineCount - 1, timeToLive: timeToLive
    ) {
      let line = self[$0 + 1]
      return Line(item: line.item, reserved: line.reserved, open: isWaiting ? 0 : line.open)
    }
    return Reservation(record: record, extra: extra)
  }

  /// The same, holding all of it.
  func filled(expires: Int64) -> Reservation {
    var record = record
    record.fill(expires: expires)
    return Reservation(record: record, extra: extra?.settingOpen(true))
  }

  /// Whether these (merged, ascending) lines are what was reserved.
  func hasLines(_ entries: UnsafeBufferPointer<LineEntry>) -> Bool {
    guard entries.count == lineCount else { return false }
    for index in 0..<entries.count {
      let line = self[index]
      if line.item != entries[index].item || line.reserved != entries[index].quantity { return false }
    }
    return true
  }

  /// Whether this is what was reserved and for how long, of a reservation that has not been altered.
  func isAsked(_ entries: UnsafeBufferPointer<LineEntry>, _ timeToLive: Int64) -> Bool {
    !isAltered && hasLines(entries) && self.timeToLive == timeToLive
  }

  /// What is open, by item number.
  var openLines: [LineEntry] {
    (0..<lineCount).compactMap {
      let line = self[$0]
      return line.open > 0 ? LineEntry(item: line.item, quantity: line.open) : nil
    }
  }

  var hasOpenLines: Bool { record.open > 0 || isOpen && (1..<lineCount).contains { self[$0].open > 0 } }

  var state: ReservationState { record.state }
}
