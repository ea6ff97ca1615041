import CKernel

/// Rows of bulk work, judged by the same rules as commands.
extension Judge {
  /// Fingerprints of some rows that come next, and asks the processor for the memory that judging them will touch.
  ///
  /// Nearly all the time of a judgement is two cache misses, in the name table and in the items: asked for in groups,
  /// they overlap. Measured with 100,000 SKUs: from 640 to 300 ns a reservation.
  mutating func prepare(_ rows: borrowing CommandRows, _ range: Range<Int>) {
    preparedNames.removeAll(keepingCapacity: true)
    firstPrepared = range.lowerBound
    for index in range {
      let fingerprint = rows.names.withBytes(index) { hash($0) }
      preparedNames.append(fingerprint)
      names.prefetch(fingerprint)
      let lines = rows.lines.range(index)
      guard rows.kinds[index] == .reserve, !lines.isEmpty else { continue }
      let item = Int(rows.lines.entries[lines.lowerBound].item.rawValue)
      if item < state.items.count { state.items.withUnsafeBufferPointer { tally_prefetch($0.baseAddress! + item) } }
    }
  }

  /// - Parameter time: the clock's time, not before the last event's.
  mutating func judge(
    _ rows: borrowing CommandRows, _ index: Int, time: Int64, into events: inout EventColumns
  ) -> Outcome {
    if let flaw = Judge.flaw(of: rows, index) { return .invalid(flaw) }
    prepare(rows, index..<(index + 1))
    _ = expireDue(at: time, into: &events, atMost: .max)
    return judgeSound(rows, index, time: time, into: &events)
  }

  /// Judges a row that has no flaw, when everything due has been expired.
  mutating func judgeSound(
    _ rows: borrowing CommandRows, _ index: Int, time: Int64, into events: inout EventColumns
  ) -> Outcome {
    let step = Step(key: nil, digest: .none, expected: nil, time: time, more: false)
    let kind = rows.kinds[index]
    switch kind {
    case .reserve:
      return rows.names.withBytes(index) { id in
        rows.customers.withBytes(index) { customer in
          rows.lines.entries.withUnsafeBufferPointer { entries in
            let lines = UnsafeBufferPointer(rebasing: entries[rows.lines.range(index)])
            let unknown = lines.contains { Int($0.item.rawValue) >= state.items.count }
            let place = index - firstPrepared
            return reserve(
              id: id, place >= 0 && place < preparedNames.count ? preparedNames[place] : hash(id), lines, unknown: unknown ? Judge.unnumbered : nil, customer: customer,
              timeToLive: rows.timesToLive[index], step, into: &events)
          }
        }
      }
    case .commit, .release:
      let id = rows.names[index]
      return judge(
        kind == .commit ? .commit(id: id) : .release(id: id), key: nil, expected: nil, time: time, more: false,
        into: &events)
    case .receive:
      let line = rows.lines.entries[rows.lines.range(index).lowerBound]
      guard Int(line.item.rawValue) < state.items.count else { return rejected(.unknownItem, item: Judge.unnumbered) }
      let name = state.itemNames[Int(line.item.rawValue)]
      return judge(
        .receive([Line(name, line.quantity)]), key: nil, expected: nil, time: time, more: false, into: &events)
    }
  }

  /// What makes the row no command; `nil`: nothing.
  static func flaw(of rows: borrowing CommandRows, _ index: Int) -> String? {
    let kind = rows.kinds[index]
    if kind != .receive, let flaw = rows.names.withBytes(index, { Name.flaw(of: $0) }) {
      return "the reservation id \(flaw)"
    }
    if kind == .commit || kind == .release { return nil }
    return rows.customers.withBytes(index) { customer in
      rows.lines.entries.withUnsafeBufferPointer { entries in
        flaw(UnsafeBufferPointer(rebasing: entries[rows.lines.range(index)]), customer, rows.timesToLive[index])
      }
    }
  }

  /// Stands in messages for an item that has a number only.
  private static let unnumbered = ItemName(sku: "?")

  private static func flaw(
    _ lines: UnsafeBufferPointer<LineEntry>, _ customer: UnsafeBufferPointer<UInt8>, _ timeToLive: Int64
  ) -> String? {
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
