import Tallystick

/// Orders that were sold and have other quantities in the file now.
extension ImportRun {
  /// Finds those of which something is to be sold or to come back.
  ///
  /// - Parameters:
  ///   - stands: orders that the log has with the content that the file has. One that was edited since, and is now as it was
  ///     at first, is among them.
  ///   - sent: the batch, with the commits that say that an order is sold as a whole.
  func addSold(
    _ orders: [PendingCommand], _ stands: [PendingCommand], _ sent: [PendingCommand], to known: inout [Name: KnownOrder]
  ) {
    guard let history = target.history else { return }
    let sales = Set(
      sent.filter { $0.kind == .commit && $0.command.operation == .commit(id: $0.document) }.map(\.document))
    let differ = orders.filter { order in
      guard case .conflict? = known[order.document] else { return false }
      return sales.contains(order.document)
    }
    for order in differ + edited(stands.filter { sales.contains($0.document) }) {
      guard let sold = KnownOrder(sold: order, edits: edits(of: order.document), history) else { continue }
      known[order.document] = sold
    }
  }

  /// Those of which the log has an edit.
  private func edited(_ orders: [PendingCommand]) -> [PendingCommand] {
    if orders.isEmpty { return [] }
    let answers = target.append(orders.map { ImportRun.probe(SoldOrder.editKey($0.document, 1)) })
    return zip(orders, answers).filter { ImportRun.isUsed($0.1) }.map(\.0)
  }

  /// How many edits of an order the log has.
  private func edits(of order: Name) -> Int {
    var count = 0
    while let answer = target.append([ImportRun.probe(SoldOrder.editKey(order, count + 1))]).first,
      ImportRun.isUsed(answer)
    {
      count += 1
    }
    return count
  }

  /// Asks whether a key was used. It leaves nothing: no log has this sequence number.
  private static func probe(_ key: Name) -> Command {
    Command(.receive([Line(sku: key, 1)]), key: key, expectedSequence: .max)
  }

  private static func isUsed(_ answer: Outcome) -> Bool {
    guard case .rejected(let rejection) = answer else { return false }
    return rejection.reason == .conflict
  }
}
