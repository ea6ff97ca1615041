/// What makes a command no command, in words: judged before anything else.
extension Command {
  var flaw: String? {
    if let key {
      if operation.reservationID != nil { return "a reserve has no key: its id is its key" }
      if let flaw = key.flaw() { return "the key \(flaw)" }
    }
    if case .expire = operation, key != nil || expectedSequence != nil {
      return "an expire has no key and no expected sequence number: it has no event of its own"
    }
    if let time, time < 0 || time > Limits.maxQuantity { return "the time \(time) is outside 0 … 2^53 − 1" }
    return operation.flaw(inBatch: false)
  }
}

extension Operation {
  /// Lines that a batch's commands may have together: a batch is one step, and a step is in one frame.
  static let maxBatchLines = 100_000

  func flaw(inBatch: Bool) -> String? {
    switch self {
    case .receive(let lines, let reference), .returned(let lines, let reference):
      return Operation.flaw(of: lines) ?? Operation.flaw(ofText: reference, "reference")
    case .reserve(let id, let lines, let customer, let timeToLive):
      if let flaw = id.flaw() { return "the reservation id \(flaw)" }
      if let flaw = customer?.flaw() { return "the customer \(flaw)" }
      if let timeToLive, timeToLive < 1 || timeToLive > Limits.maxQuantity {
        return "the time to live \(timeToLive) ms is outside 1 … 2^53 − 1"
      }
      return Operation.flaw(of: lines)
    case .commit(let id, let lines), .release(let id, let lines):
      if let flaw = id.flaw() { return "the reservation id \(flaw)" }
      return lines.flatMap { Operation.flaw(of: $0) }
    case .adjust(let item, let adjustment, let reason, _):
      switch adjustment {
      case .to(let quantity) where quantity < 0 || quantity > Limits.maxQuantity:
        return "the quantity \(quantity) is outside 0 … 2^53 − 1"
      case .by(let change) where change == 0 || change < -Limits.maxQuantity || change > Limits.maxQuantity:
        return "the change \(change) is 0 or outside ±(2^53 − 1)"
      default: break
      }
      return Operation.flaw(of: item) ?? Operation.flaw(ofText: reason, "reason")
    case .transfer(let sku, let quantity, let from, let to):
      if from == to { return "a transfer from \(from) to itself" }
      return Operation.flaw(of: [Line(sku: sku, location: from, quantity)]) ?? to.flaw().map { "the location \($0)" }
    case .limit(let item, let limit):
      if let limit, limit < 0 || limit > Limits.maxQuantity { return "the limit \(limit) is outside 0 … 2^53 − 1" }
      return Operation.flaw(of: item)
    case .expire: return inBatch ? "an expire in a batch: all that is due expires before it anyhow" : nil
    case .batch(let operations):
      if inBatch { return "a batch in a batch" }
      if operations.isEmpty || operations.count > Limits.maxBatchCommands {
        return "a batch has 1 to \(Limits.maxBatchCommands) commands, not \(operations.count)"
      }
      var lines = 0
      for (index, operation) in operations.enumerated() {
        if let flaw = operation.flaw(inBatch: true) { return "command \(index) of the batch: \(flaw)" }
        lines += operation.lineCount
      }
      return lines > Operation.maxBatchLines
        ? "the batch has \(lines) lines, more than \(Operation.maxBatchLines): send several" : nil
    }
  }

  private var lineCount: Int {
    switch self {
    case .receive(let lines, _), .returned(let lines, _), .reserve(_, let lines, _, _): lines.count
    case .commit(_, let lines), .release(_, let lines): lines?.count ?? 1
    case .adjust, .transfer, .limit, .batch, .expire: 1
    }
  }

  private static func flaw(of lines: [Line]) -> String? {
    if lines.isEmpty { return "there are no lines" }
    if lines.count > Limits.maxLinesPerEvent {
      return "there are \(lines.count) lines, more than \(Limits.maxLinesPerEvent)"
    }
    for line in lines {
      if line.quantity < 1 || line.quantity > Limits.maxQuantity {
        return "the quantity \(line.quantity) of \(line.item.sku) is outside 1 … 2^53 − 1"
      }
      if let flaw = flaw(of: line.item) { return flaw }
    }
    return nil
  }

  private static func flaw(of item: ItemName) -> String? {
    if let flaw = item.sku.flaw() { return "the SKU \(flaw)" }
    if let flaw = item.location.flaw() { return "the location \(flaw)" }
    return nil
  }

  private static func flaw(ofText text: Name?, _ what: String) -> String? {
    text?.flaw(minimum: 0, maximum: Limits.maxTextBytes).map { "the \(what) \($0)" }
  }
}
