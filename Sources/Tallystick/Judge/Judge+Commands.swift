/// Commands of bulk work: the plain ones among them take the straight lines of rows.
extension Judge {
  /// What is known of a command before it is judged.
  struct PreparedCommand {
    enum Kind { case reserve, commit, release, other }

    var kind = Kind.other
    /// The id's.
    var fingerprint: UInt64 = 0
    /// Of a reserve's one item.
    var itemHash: UInt64 = 0
  }

  /// Fingerprints some commands that come next, and asks the processor for the memory that judging them will touch: see
  /// the same of rows. An item is found in three steps, its place, its entry, its name, each fetched for all commands
  /// before the next.
  mutating func prepare(_ commands: [Command], _ range: Range<Int>) {
    let history = history
    preparedCommands.removeAll(keepingCapacity: true)
    for index in range { preparedCommands.append(prepared(commands[index], history)) }
    for command in preparedCommands where command.kind == .reserve {
      guard let number = state.itemNames.likelyNumber(command.itemHash) else { continue }
      state.itemNames.prefetchEntry(number)
      state.prefetchItem(number)
    }
    for command in preparedCommands where command.kind == .reserve {
      if let number = state.itemNames.likelyNumber(command.itemHash) { state.itemNames.prefetchName(number) }
    }
  }

  /// A flaw makes a command `other`: nothing is judged then, and nothing expires.
  private func prepared(_ command: Command, _ history: (any NameHistory)?) -> PreparedCommand {
    var prepared = PreparedCommand()
    guard command.key == nil, command.time == nil, command.expectedSequence == nil else { return prepared }
    switch command.operation {
    case .reserve(let id, let lines, nil, let timeToLive):
      guard lines.count == 1, Judge.isSound(id), Judge.isSound(lines[0].item.sku),
        Judge.isSound(lines[0].item.location), (1...Limits.maxQuantity).contains(lines[0].quantity),
        (1...Limits.maxQuantity).contains(timeToLive ?? 1)
      else { return prepared }
      prepared.kind = .reserve
      prepared.fingerprint = hash(id)
      prepared.itemHash = ItemNames.hash(of: lines[0].item)
      state.itemNames.prefetchPlace(prepared.itemHash)
    case .commit(let id, nil):
      guard Judge.isSound(id) else { return prepared }
      prepared.kind = .commit
      prepared.fingerprint = hash(id)
    case .release(let id, nil):
      guard Judge.isSound(id) else { return prepared }
      prepared.kind = .release
      prepared.fingerprint = hash(id)
    default: return prepared
    }
    names.prefetch(prepared.fingerprint)
    history?.prefetch(prepared.fingerprint)
    return prepared
  }

  @inline(__always) private static func isSound(_ name: Name) -> Bool {
    name.bytes.withUnsafeBufferPointer { Name.isPlain($0) } || name.flaw() == nil
  }

  /// Whether the straight line may take the command: it is judged at the clock's time then.
  func isPlain(_ index: Int, of group: Range<Int>) -> Bool { preparedCommands[index - group.lowerBound].kind != .other }

  /// Judges the plain commands of a prepared group up to the first that is not, at a time at which nothing is due any
  /// more, and appends their answers.
  ///
  /// - Parameters:
  ///   - group: what was prepared; ``outcomes`` has one for each command before the first to judge.
  ///   - time: the clock's time, not before the last event's.
  mutating func judgePlain(
    _ commands: [Command], _ group: Range<Int>, time: Int64, into events: inout EventColumns,
    _ outcomes: inout [Outcome]
  ) {
    let history = history
    while outcomes.count < group.upperBound {
      let prepared = preparedCommands[outcomes.count - group.lowerBound]
      guard prepared.kind != .other,
        let outcome = plainOutcome(commands[outcomes.count], prepared, history, time: time, into: &events)
      else {
        return
      }
      outcomes.append(outcome)
    }
  }

  /// `nil`: not plain; nothing has happened then.
  @inline(__always)
  private mutating func plainOutcome(
    _ command: Command, _ prepared: PreparedCommand, _ history: (any NameHistory)?, time: Int64,
    into events: inout EventColumns
  ) -> Outcome? {
    switch command.operation {
    case .reserve(let id, let lines, _, let timeToLive):
      guard prepared.kind == .reserve, isNew(prepared.fingerprint, history),
        let number = state.itemNames.number(of: lines[0].item, prepared.itemHash)
      else { return nil }
      let line = LineEntry(item: number, quantity: lines[0].quantity)
      let answer = id.bytes.withUnsafeBufferPointer {
        reserveOne($0, prepared.fingerprint, line, timeToLive: timeToLive ?? 0, time: time, into: &events)
      }
      switch answer {
      case .accepted: return accepted()
      case .insufficient:
        let available = state.items[Int(number.rawValue)].available
        return rejected(
          .insufficient, short: [.init(item: lines[0].item, asked: line.quantity, available: available)])
      case .notCommon: return nil
      }
    case .commit(let id, _), .release(let id, _):
      guard prepared.kind != .other else { return nil }
      let isSettled = id.bytes.withUnsafeBufferPointer {
        settleOne(
          prepared.kind == .commit ? .committed : .released, $0, slot(of: prepared.fingerprint) ?? -1, time: time,
          into: &events)
      }
      return isSettled ? accepted() : nil
    default: return nil
    }
  }
}
