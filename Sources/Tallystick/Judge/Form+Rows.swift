/// The form of rows: that of commands, but that items have numbers and no bytes or 0 stand for what there is not.
extension Form {
  /// Whether a reservation's lines and time to live (0: none) are right; names are looked at apart.
  @inline(__always) static func isRow(_ lines: Span<LineEntry>, timeToLive: Int64) -> Bool {
    guard timeToLive == 0 || isTimeToLive(timeToLive), lines.count >= 1, lines.count <= Limits.maxLinesPerEvent
    else { return false }
    for index in 0..<lines.count {
      guard isQuantity(lines[index].quantity), ascends(lines, index) else { return false }
    }
    return true
  }

  @inline(__always) private static func ascends(_ lines: Span<LineEntry>, _ index: Int) -> Bool {
    // Not in an operator's closure, which a span cannot be passed to (the optimiser of Swift 6.3 ends on it).
    if index == 0 { return true }
    return lines[index - 1].item < lines[index].item
  }

  /// What makes the row no command; `nil`: nothing.
  static func flaw(of rows: borrowing PreparedRows, _ index: Int) -> String? {
    let kind = rows.columns.kinds[index]
    if kind != .receive, let flaw = rows.columns.names.withBytes(index, { flaw(ofName: $0, "the reservation id") }) {
      return flaw
    }
    if kind.settles { return nil }
    let range = kind == .amend ? levels : quantities
    if !rows.columns.customers.range(index).isEmpty,
      let flaw = rows.columns.customers.withBytes(index, { flaw(ofName: $0, "the customer") })
    {
      return flaw
    }
    let timeToLive = rows.columns.timesToLive[index]
    if timeToLive != 0, let flaw = flaw(of: timeToLive, in: timesToLive, "the time to live") { return flaw }
    if kind == .extend { return nil }
    return flaw(of: rows.columns.lines.entries.span.extracting(rows.columns.lines.range(index)), in: range)
  }

  private static func flaw(of lines: Span<LineEntry>, in range: ClosedRange<Int64>) -> String? {
    if let flaw = flaw(ofLineCount: lines.count) { return flaw }
    for index in 0..<lines.count {
      let quantity = lines[index].quantity
      if let flaw = flaw(of: quantity, in: range, "the quantity \(quantity)") { return flaw }
      if !ascends(lines, index) { return "the lines do not ascend by item number" }
    }
    return nil
  }
}
