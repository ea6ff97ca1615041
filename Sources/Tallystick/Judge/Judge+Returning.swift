/// `return` of an order's goods.
extension Judge {
  mutating func returnGoods(
    of order: Name, _ asked: [Line], _ reference: Name?, _ step: Step, into events: inout EventColumns
  ) -> Outcome {
    guard let sale = sale(of: order) else { return rejected(.unknownReservation) }
    let lines = MergedLines(asked, state)
    let short = lines.entries.filter { $0.quantity > sale.left(of: $0.item) }
    guard short.isEmpty, lines.unknown.isEmpty else { return rejected(.settled, detail: notSold(short, lines, sale)) }
    if Guards.isChanged(lines.entries.span, step.expected, state.items.span) { return rejected(.changed) }
    for entry in lines.entries
    where !Guards.fits(entry.quantity, onHand: state.items[Int(entry.item.rawValue)].onHand) {
      return rejected(.overflow, item: state.itemNames[Int(entry.item.rawValue)])
    }
    lines.entries.withUnsafeBufferPointer {
      events.appendReturn(
        of: sale.sequence, id: order, customer: sale.customer, lines: $0, reference: reference, key: step.key,
        digest: step.digest, time: step.time, more: step.more)
    }
    foldLast(&events)
    rememberKey(step.key, step.digest)
    return accepted()
  }

  /// What an order has sold, and what of that has come back.
  private struct Sale {
    var sequence: UInt64
    /// No bytes: none.
    var customer: Name
    var sold: [ItemNumber: Int64]
    var returned: [ItemNumber: Int64] = [:]

    func left(of item: ItemNumber) -> Int64 { sold[item, default: 0] - returned[item, default: 0] }
  }

  /// `nil`: there is no such reservation. What memory does not tell, the index or the log does: some pages, and for an
  /// order of which parts were let go, or which was altered, the events of its life.
  private func sale(of order: Name) -> Sale? {
    var sale: Sale
    switch known(order) {
    case .nothing, .key: return nil
    case .reservation(let reservation):
      let parts = state.soldParts(of: reservation)
      sale = Sale(sequence: reservation.sequence, customer: reservation.customer.name, sold: parts.units)
      if parts.needsLog {
        let before = history?.sold(by: reservation.sequence, through: state.loadedSequence) ?? [:]
        sale.sold.merge(before) { $0 + $1 }
      }
    case .sealed(let record, let closing):
      guard case .reservation(let lines, let customer, _) = record.meaning, let closing else { return nil }
      sale = Sale(sequence: record.sequence, customer: customer, sold: [:])
      if closing.state == .committed, !closing.isAltered {
        for line in lines { sale.sold[line.item] = line.quantity }
      } else if closing.state == .committed || closing.state == .mixed {
        sale.sold = history?.sold(by: record.sequence, through: closing.closing.sequence) ?? [:]
      }
    }
    for line in history?.returned(to: sale.sequence) ?? [] { sale.returned[line.item, default: 0] += line.quantity }
    for event in state.returns[sale.sequence] ?? [] {
      for line in event.lines { sale.returned[line.item, default: 0] += line.quantity }
    }
    return sale
  }

  private func notSold(_ short: [LineEntry], _ lines: MergedLines, _ sale: Sale) -> Rejection.Detail {
    .notSold(
      short.map {
        .init(
          item: state.itemNames[Int($0.item.rawValue)], asked: $0.quantity, sold: sale.sold[$0.item, default: 0],
          returned: sale.returned[$0.item, default: 0])
      } + lines.unknown.map { .init(item: $0.item, asked: $0.quantity, sold: 0, returned: 0) })
  }
}
