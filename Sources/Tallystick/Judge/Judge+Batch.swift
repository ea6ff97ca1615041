/// Several operations as one atomic step.
extension Judge {
  mutating func judgeBatch(
    _ operations: [Operation], _ command: Command, time: Int64, into events: inout EventColumns
  ) -> Outcome {
    var digest = ContentDigest.none
    if let key = command.key {
      digest = command.operation.contentDigest
      if let answer = repeatOrConflict(key, digest, command.operation) { return answer }
    }
    let before = state.lastSequence
    let mark = events.mark
    let countBefore = events.count
    let savepoint = state.beginBatch()
    isInBatch = true
    keyOfBatch = command.key
    defer { keyOfBatch = nil }
    var expected: Expectation?
    if let sequence = command.expectedSequence {
      expected = Expectation(
        sequence: sequence, isBeyondEnd: sequence > before, changedBefore: changed(operations, since: sequence))
    }
    var answer = Acceptance(sequence: before)
    if let refusal = judgeEach(operations, expected, time: time, into: &events, &answer) {
      state.undoBatch(savepoint)
      events.truncate(to: mark)
      for entry in namesOfBatch { names.remove(entry.fingerprint, entry.sequence) }
      isInBatch = false
      return refusal
    }
    state.keepBatch()
    isInBatch = false
    if let key = command.key {
      events.appendBatch(key: key, digest: digest, results: answer.results, time: time)
      foldLast(&events)
      rememberKey(key, digest, results: answer.results)
    } else if events.count > countBefore {
      events.setLastMore(false)
      state.isInStep = false
    }
    answer.sequence =
      events.count > countBefore ? state.lastSequence : answer.results.map(\.sequence).max() ?? state.lastSequence
    return .accepted(answer)
  }

  /// Judges the batch's commands in order, up to the first that is not accepted; `nil`: all were.
  private mutating func judgeEach(
    _ operations: [Operation], _ expected: Expectation?, time: Int64, into events: inout EventColumns,
    _ answer: inout Acceptance
  ) -> Outcome? {
    let before = state.lastSequence
    let countBefore = events.count
    let bytesBefore = events.payloadBound
    answer.results.reserveCapacity(operations.count)
    for (index, operation) in operations.enumerated() {
      let outcome = judgeOperation(operation, key: nil, expected: expected, time: time, more: true, into: &events)
      switch outcome {
      case .accepted(let part): answer.add(part, isRepeat: false)
      case .repeated(let part): answer.add(part, isRepeat: true)
      case .rejected(var rejection):
        rejection.index = index
        // Judged within the batch, but what was judged before is taken back with it.
        rejection.atSequence = before
        return .rejected(rejection)
      case .invalid(let message): return .invalid("command \(index) of the batch: \(message)")
      case .busy, .failed: return outcome
      }
      if events.count - countBefore > Judge.maxStepEvents || events.payloadBound - bytesBefore > Judge.maxStepBytes {
        return .invalid("the batch is too large for one atomic step from command \(index) on: send several")
      }
    }
    return nil
  }

  /// Which items that the batch's commands name have changed since `sequence`.
  private mutating func changed(_ operations: [Operation], since sequence: UInt64) -> Set<ItemNumber> {
    var changed = Set<ItemNumber>()
    for operation in operations {
      for item in items(of: operation) where state.items[Int(item.rawValue)].lastChange > sequence {
        changed.insert(item)
      }
    }
    return changed
  }

  /// The items that a command names: for a settlement, those of its reservation.
  private mutating func items(of operation: Operation) -> [ItemNumber] {
    switch operation {
    case .receive(let lines, _), .returned(let lines, _), .reserve(_, let lines, _, _, _),
      .returnedOf(_, let lines, _):
      let items = lines.flatMap {
        $0.item.isAnywhere ? state.numbers(of: $0.item.sku) : [state.number(of: $0.item)].compactMap { $0 }
      }
      guard case .reserve = operation, !state.recipes.isEmpty else { return items }
      return items + items.flatMap { state.recipes[$0]?.parts.map(\.item) ?? [] }
    case .commit(let id, _), .release(let id, _), .commitMore(let id, _), .extend(let id, _), .reopen(let id, _):
      return items(of: id)
    case .amend(let id, let lines): return items(of: id) + lines.compactMap { state.number(of: $0.item) }
    case .recipe(let item, let parts):
      return ([item] + parts.map(\.item)).compactMap { state.number(of: $0) }
    case .prefer(let sku, _): return state.numbers(of: sku)
    case .adjust(let item, _, _, _), .limit(let item, _), .floor(let item, _):
      return [item].compactMap { state.number(of: $0) }
    case .transfer(let sku, _, let from, let to), .transferWith(let sku, _, let from, let to, _):
      return [from, to].compactMap { state.number(of: ItemName(sku: sku, location: $0)) }
    case .dated(let movement, _): return items(of: movement)
    case .batch, .expire, .register, .acknowledge, .forgetConsumer: return []
    }
  }

  /// The items of a reservation.
  private func items(of id: Name) -> [ItemNumber] {
    guard case .reservation(let reservation) = known(id) else { return [] }
    return (0..<reservation.lineCount).map { reservation[$0].item }
  }
}

extension Acceptance {
  /// The answer of the batch's next command.
  fileprivate mutating func add(_ part: Acceptance, isRepeat: Bool) {
    if part.state != nil || part.holds != nil || !part.released.isEmpty { details[results.count] = part }
    results.append(.init(sequence: part.sequence, isRepeat: isRepeat))
    registered += part.registered
  }
}
