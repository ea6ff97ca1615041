/// What makes a command no command, in words: judged before anything else.
extension Command {
  package var flaw: String? {
    if let key {
      if operation.reservationID != nil { return Form.keyOfReserve }
      if let flaw = Form.flaw(ofName: key, "the key") { return flaw }
    }
    if case .expire = operation, key != nil || expectedSequence != nil { return Form.expireWithMore }
    if case .register = operation, key != nil { return Form.registerWithKey }
    if operation.isOfConsumers, key != nil || expectedSequence != nil { return Form.consumerWithMore }
    if key != nil, case .batch(let operations) = operation, operations.contains(where: \.takesFromAnywhere) {
      return Form.anywhereInKeyedBatch
    }
    if let time, let flaw = Form.flaw(of: time, in: Form.times, "the time \(time)") { return flaw }
    return operation.flaw(inBatch: false)
  }
}

extension Operation {
  func flaw(inBatch: Bool) -> String? {
    switch self {
    case .receive(let lines, let reference), .returned(let lines, let reference):
      return Form.flaw(of: lines) ?? Form.flaw(ofTargets: lines.lazy.map(\.item))
        ?? reference.flatMap { Form.flaw(ofText: $0, "the reference") }
    case .reserve(let id, let lines, let customer, let timeToLive, let wait):
      return Form.flaw(ofName: id, "the reservation id")
        ?? customer.flatMap { Form.flaw(ofName: $0, "the customer") }
        ?? timeToLive.flatMap { Form.flaw(of: $0, in: Form.timesToLive, "the time to live of \($0) ms") }
        ?? wait.flatMap { Form.flaw(of: $0) }
        ?? Form.flaw(of: lines)
    case .commit(let id, let lines), .release(let id, let lines):
      return Form.flaw(ofName: id, "the reservation id") ?? lines.flatMap { Form.flaw(of: $0) }
    case .returnedOf(let order, let lines, let reference):
      return Form.flaw(ofName: order, "the reservation id") ?? Form.flaw(of: lines)
        ?? reference.flatMap { Form.flaw(ofText: $0, "the reference") }
    case .commitMore(let id, let lines): return Form.flaw(ofName: id, "the reservation id") ?? Form.flaw(of: lines)
    case .extend(let id, let timeToLive), .reopen(let id, let timeToLive):
      return Form.flaw(ofName: id, "the reservation id")
        ?? timeToLive.flatMap { Form.flaw(of: $0, in: Form.timesToLive, "the time to live of \($0) ms") }
    case .amend(let id, let lines):
      return Form.flaw(ofName: id, "the reservation id") ?? Form.flaw(of: lines, in: Form.levels)
    case .adjust(let item, let adjustment, let reason, _):
      let flaw =
        switch adjustment {
        case .to(let quantity): Form.flaw(of: quantity, in: Form.levels, "the quantity \(quantity)")
        case .by(let change): Form.flaw(ofChange: change, "the change \(change)")
        }
      return flaw ?? Form.flaw(of: item) ?? Form.flaw(ofText: reason, "the reason")
    case .transfer(let sku, let quantity, let from, let to):
      return Form.flaw(ofTransferFrom: from, to: to)
        ?? Form.flaw(of: [Line(sku: sku, location: from, quantity)]) ?? Form.flaw(ofName: to, "the location")
        ?? Form.flaw(ofTargets: CollectionOfOne(ItemName(sku: sku, location: to)))
    case .transferWith(let sku, let quantity, let from, let to, let holds):
      return Operation.transfer(sku: sku, quantity: quantity, from: from, to: to).flaw(inBatch: inBatch)
        ?? Form.flaw(of: holds)
    case .limit(let item, let limit):
      return limit.flatMap { Form.flaw(of: $0, in: Form.levels, "the limit \($0)") } ?? Form.flaw(of: item)
    case .batch(let operations): return inBatch ? Form.batchInBatch : Operation.flaw(ofBatch: operations)
    case .expire: return inBatch ? Form.expireInBatch : nil
    case .floor(let item, let floor):
      return Form.flaw(of: floor, in: Form.levels, "the floor \(floor)") ?? Form.flaw(of: item)
    case .recipe(let item, let parts): return Form.flaw(ofRecipe: item, parts)
    case .prefer(let sku, let locations): return Form.flaw(ofPreference: sku, locations)
    case .register(let items):
      return inBatch
        ? Form.registerInBatch
        : Form.flaw(ofLineCount: items.count) ?? items.lazy.compactMap { Form.flaw(of: $0) }.first
          ?? Form.flaw(ofTargets: items)
    case .acknowledge(let consumer, let position):
      if inBatch { return Form.consumerInBatch }
      return Form.flaw(ofName: consumer, "the consumer")
        ?? (position <= UInt64(Limits.maxQuantity) ? nil : Form.mustBe(in: Form.levels, "the position"))
    case .forgetConsumer(let consumer):
      return inBatch ? Form.consumerInBatch : Form.flaw(ofName: consumer, "the consumer")
    case .dated(let movement, let effective):
      guard movement.isMovement else { return Form.effectiveOfOther }
      return Form.flaw(of: effective, in: Form.times, "the effective time \(effective)")
        ?? movement.flaw(inBatch: inBatch)
    }
  }

  /// About who reads the log, and about no stock.
  var isOfConsumers: Bool {
    switch self {
    case .acknowledge, .forgetConsumer: true
    default: false
    }
  }

  /// A reservation with a line at any location.
  fileprivate var takesFromAnywhere: Bool {
    if case .reserve(_, let lines, _, _, _) = self { return lines.contains(where: \.item.isAnywhere) }
    return false
  }

  /// What may have an effective time.
  private var isMovement: Bool {
    switch self {
    case .receive, .returned, .returnedOf, .adjust, .transfer: true
    case .reserve, .commit, .commitMore, .extend, .reopen, .amend, .release, .transferWith, .limit, .batch, .expire,
      .floor,
      .recipe, .prefer, .register, .dated, .acknowledge, .forgetConsumer:
      false
    }
  }

  private static func flaw(ofBatch operations: [Operation]) -> String? {
    if let flaw = Form.flaw(ofCommandCount: operations.count) { return flaw }
    var lines = 0
    for (index, operation) in operations.enumerated() {
      if let flaw = operation.flaw(inBatch: true) { return "command \(index) of the batch: \(flaw)" }
      lines += operation.lineCount
    }
    return lines > Form.maxBatchLines
      ? "the batch has \(lines) lines, more than \(Form.maxBatchLines): send several" : nil
  }

  private var lineCount: Int {
    switch self {
    case .receive(let lines, _), .returned(let lines, _), .reserve(_, let lines, _, _, _): lines.count
    case .commit(_, let lines), .release(_, let lines): lines?.count ?? 1
    case .commitMore(_, let lines), .amend(_, let lines), .returnedOf(_, let lines, _): lines.count
    case .transferWith(_, _, _, _, .of(let ids)): ids.count
    case .adjust, .transfer, .transferWith, .limit, .batch, .expire, .extend, .reopen, .floor, .acknowledge,
      .forgetConsumer:
      1
    case .dated(let movement, _): movement.lineCount
    case .register(let items): items.count
    case .recipe(_, let parts): max(1, parts.count)
    case .prefer(_, let locations): max(1, locations.count)
    }
  }
}
