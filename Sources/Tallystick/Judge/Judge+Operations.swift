/// One operation each: a key's first answer again or a conflict, then what ``Guards`` asks of it.
extension Judge {
  mutating func judgeOperation(
    _ operation: Operation, key: Name?, expected: Expectation?, time: Int64, more: Bool,
    into events: inout EventColumns
  ) -> Outcome {
    var digest = ContentDigest.none
    if let key {
      digest = operation.contentDigest
      if let answer = repeatOrConflict(key, digest, operation) { return answer }
    }
    return judgeNew(
      operation, Step(key: key, digest: digest, expected: expected, time: time, more: more), into: &events)
  }

  /// An operation whose key, if it has one, was never used.
  private mutating func judgeNew(_ operation: Operation, _ step: Step, into events: inout EventColumns) -> Outcome {
    switch operation {
    case .receive(let lines, let reference):
      return move(isReturn: false, MergedLines(lines, state), reference, step, into: &events)
    case .returned(let lines, let reference):
      return move(isReturn: true, MergedLines(lines, state), reference, step, into: &events)
    case .reserve(let id, let lines, let customer, let timeToLive, let wait):
      // The batch's key is taken as soon as the batch is accepted: nothing in it may take it first.
      if id == keyOfBatch { return rejected(.conflict) }
      if lines.contains(where: \.item.isAnywhere) {
        return reserveAnywhere(
          id: id, lines, customer: customer, timeToLive: timeToLive ?? 0, step, into: &events)
      }
      let merged = MergedLines(lines, state)
      return id.bytes.withUnsafeBufferPointer { id in
        merged.entries.withUnsafeBufferPointer { entries in
          (customer?.bytes ?? []).withUnsafeBufferPointer { customer in
            reserve(
              id: id, hash(id), entries, unknown: merged.unknown.map(\.item), customer: customer,
              timeToLive: timeToLive ?? 0, wait: wait, step, into: &events)
          }
        }
      }
    case .commit(let id, let lines): return settle(.committed, id, lines, step, into: &events)
    case .release(let id, let lines): return settle(.released, id, lines, step, into: &events)
    case .returnedOf(let order, let lines, let reference):
      return returnGoods(of: order, lines, reference, step, into: &events)
    case .commitMore(let id, let lines): return commitMore(id, lines, step, into: &events)
    case .extend(let id, let timeToLive): return extend(id, timeToLive ?? 0, step, into: &events)
    case .amend(let id, let lines): return amend(id, MergedLines(lines, state), step, into: &events)
    case .adjust(let item, let adjustment, let reason, let policy):
      return adjust(item, adjustment, reason, policy, step, into: &events)
    case .transfer(let sku, let quantity, let from, let to):
      return transfer(
        quantity, from: ItemName(sku: sku, location: from), to: ItemName(sku: sku, location: to), step, into: &events)
    case .transferWith(let sku, let quantity, let from, let to, let holds):
      return transfer(
        quantity, from: ItemName(sku: sku, location: from), to: ItemName(sku: sku, location: to), with: holds, step,
        into: &events)
    case .limit(let item, let limit): return setLimit(item, limit, step, into: &events)
    case .floor(let item, let floor): return setFloor(item, floor, step, into: &events)
    case .reopen(let id, let timeToLive): return reopen(id, timeToLive ?? 0, step, into: &events)
    case .recipe(let item, let parts): return setRecipe(item, MergedLines(parts, state), step, into: &events)
    case .prefer(let sku, let locations): return setPreference(sku, locations, step, into: &events)
    case .register(let items): return register(items, step, into: &events)
    case .acknowledge(let consumer, let position): return acknowledge(consumer, position, step, into: &events)
    case .forgetConsumer(let consumer): return forget(consumer, step, into: &events)
    case .dated(let movement, let effective):
      let outcome = judgeNew(movement, step, into: &events)
      // The movement's own event is the last of what it made.
      if case .accepted = outcome { events.setLastEffective(effective) }
      return outcome
    case .expire: return accepted()
    case .batch: return .invalid("a batch in a batch")
    }
  }

  /// What goes with an operation.
  struct Step {
    var key: Name?
    var digest: ContentDigest
    var expected: Expectation?
    var time: Int64
    /// Events of the same atomic step follow.
    var more: Bool
  }

  /// The answer to a key that was used before; `nil` for a new one.
  func repeatOrConflict(_ key: Name, _ digest: ContentDigest, _ operation: Operation) -> Outcome? {
    switch known(key) {
    case .nothing: return nil
    case .reservation, .sealed: return rejected(.conflict)
    case .key(let first, let answer, let results):
      guard first == digest else { return rejected(.conflict) }
      var acceptance = Acceptance(sequence: answer, results: results)
      if let id = operation.changedReservation { acceptance.state = reservationState(of: id) }
      if case .batch(let parts) = operation { acceptance.details = details(of: parts, results) }
      return .repeated(acceptance)
    }
  }

  /// Where the reservations that a repeated batch names stand now.
  private func details(of parts: [Operation], _ results: [EventColumns.BatchResult]) -> [Int: Acceptance] {
    var details: [Int: Acceptance] = [:]
    for (index, (part, result)) in zip(parts, results).enumerated() {
      if let id = part.reservationID {
        details[index] = Acceptance(sequence: result.sequence, ofRepeated: reservationState(of: id))
      } else if let id = part.changedReservation {
        details[index] = Acceptance(sequence: result.sequence, state: reservationState(of: id))
      }
    }
    return details
  }
}
