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

  var sequence: UInt64
  var time: Int64
  /// Unix milliseconds; 0: never.
  var expires: Int64
  var id: CompactName
  /// Empty: none.
  var customer: CompactName
  // Most carts have one line: it stands here, and costs no array.
  private var firstLine: Line
  private var furtherLines: [Line] = []
  var wasCommitted = false
  var wasReleased = false
  var closing: Closing?

  init(
    sequence: UInt64, time: Int64, expires: Int64, id: CompactName, customer: CompactName, first: Line,
    further: [Line] = []
  ) {
    self.sequence = sequence
    self.time = time
    self.expires = expires
    self.id = id
    self.customer = customer
    firstLine = first
    furtherLines = further
  }

  var lineCount: Int { 1 + furtherLines.count }
  subscript(index: Int) -> Line {
    get { index == 0 ? firstLine : furtherLines[index - 1] }
    set { if index == 0 { firstLine = newValue } else { furtherLines[index - 1] = newValue } }
  }

  /// Where the item's line is; lines ascend by item number.
  func lineIndex(of item: ItemNumber) -> Int? {
    if firstLine.item == item { return 0 }
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

  var hasOpenLines: Bool { firstLine.open > 0 || furtherLines.contains { $0.open > 0 } }

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
