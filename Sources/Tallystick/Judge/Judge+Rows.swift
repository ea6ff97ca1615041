/// Rows of bulk work, judged by the same rules as commands.
extension Judge {
  /// - Parameter time: the clock's time, not before the last event's.
  mutating func judge(
    _ rows: borrowing CommandRows, _ index: Int, time: Int64, into events: inout EventColumns
  ) -> Outcome {
    _ = expireDue(at: time, into: &events, atMost: .max)
    let step = Step(key: nil, digest: .none, expected: nil, time: time, more: false)
    let kind = rows.kinds[index]
    if kind == .reserve {
      return rows.names.withBytes(index) { id in
        rows.customers.withBytes(index) { customer in
          rows.lines.entries.withUnsafeBufferPointer { entries in
            let lines = UnsafeBufferPointer(rebasing: entries[rows.lines.range(index)])
            let timeToLive = rows.timesToLive[index]
            if let flaw = flaw(id, lines, customer, timeToLive) { return .invalid(flaw) }
            let unknown = lines.contains { Int($0.item.rawValue) >= state.items.count }
            return reserve(
              id: id, lines, unknown: unknown ? Judge.unnumbered : nil, customer: customer, timeToLive: timeToLive,
              step, into: &events)
          }
        }
      }
    }
    switch kind {
    case .commit, .release:
      let id = rows.names[index]
      if let flaw = id.flaw() { return .invalid("the reservation id \(flaw)") }
      return judge(
        kind == .commit ? .commit(id: id) : .release(id: id), key: nil, expected: nil, time: time, more: false,
        into: &events)
    case .reserve, .receive:
      let line = rows.lines.entries[rows.lines.range(index).lowerBound]
      guard Int(line.item.rawValue) < state.items.count else { return rejected(.unknownItem, item: Judge.unnumbered) }
      let name = state.itemNames[Int(line.item.rawValue)]
      let operation = Operation.receive([Line(name, line.quantity)])
      if let flaw = operation.flaw(inBatch: false) { return .invalid(flaw) }
      return judge(operation, key: nil, expected: nil, time: time, more: false, into: &events)
    }
  }

  /// Stands in messages for an item that has a number only.
  private static let unnumbered = ItemName(sku: "?")

  private func flaw(
    _ id: UnsafeBufferPointer<UInt8>, _ lines: UnsafeBufferPointer<LineEntry>,
    _ customer: UnsafeBufferPointer<UInt8>, _ timeToLive: Int64
  ) -> String? {
    if let flaw = Name.flaw(of: id) { return "the reservation id \(flaw)" }
    if !customer.isEmpty, let flaw = Name.flaw(of: customer) { return "the customer \(flaw)" }
    if timeToLive < 0 || timeToLive > Limits.maxQuantity { return "the time to live is outside 1 … 2^53 − 1" }
    if lines.isEmpty || lines.count > Limits.maxLinesPerEvent { return "there are \(lines.count) lines" }
    for index in 0..<lines.count {
      if lines[index].quantity < 1 || lines[index].quantity > Limits.maxQuantity {
        return "the quantity \(lines[index].quantity) is outside 1 … 2^53 − 1"
      }
      if index > 0, lines[index - 1].item >= lines[index].item { return "the lines do not ascend by item number" }
    }
    return nil
  }
}
