import TallyFormat

/// Folds a log again, event by event, and looks at what happens to those that a history tells of.
struct HistoryReading: ~Copyable {
  private var rules = RuleJudge(violationLimit: 0)
  private(set) var history: AuditHistory
  private let items: [Int]
  /// By the events' numbers, and which of the history's moments each is.
  private let moments: [(sequence: UInt64, index: Int)]
  private var passedMoments = 0

  init(_ plan: HistoryPlan, isKept journal: Bool) {
    history = AuditHistory(span: plan.span)
    history.stock = plan.items.map(\.history)
    history.isOfNamedItems = plan.isOfNamedItems
    history.moments = plan.moments
    history.unknownItems = plan.unknownItems
    history.itemsLeftOut = plan.itemsLeftOut
    history.refusals.isKept = journal
    items = plan.items.map(\.number)
    moments = plan.moments.enumerated().map { ($0.element.sequence, $0.offset) }.sorted { $0.0 < $1.0 }
  }

  /// Goes on behind what an earlier audit proved, as the first reading did.
  ///
  /// - Throws: `FileError`, with the code `EBADMSG` if what it wrote down was altered.
  mutating func goOn(_ found: RememberedAudit, _ memory: AuditMemory) throws(FileError) {
    _ = try memory.take(found, into: &rules)
    let time = history.span.first
    for (index, item) in items.enumerated() where item < rules.fold.items.count {
      history.stock[index].add(rules.fold.items.stock[item], at: 0, time)
    }
    if rules.fold.waiting.count > 0 { history.waiting.note(rules.fold.waiting.count, joining: false, at: time) }
    while passedMoments < moments.count, moments[passedMoments].sequence <= found.head.lastSequence {
      passedMoments += 1
    }
  }

  var head: ChainHead { rules.chain.head }
  var events: Int { rules.fold.events }

  /// - Throws: ``LogError/file(_:)`` if there is no memory for what it adds.
  mutating func replay(_ frame: PreparedFrame) throws(LogError) {
    try rules.begin(frame)
    for row in 0..<frame.columns.count {
      guard let kind = EventKind(rawValue: frame.columns.kinds[row] >> 1) else { return }
      let sequence = frame.columns.firstSequence &+ UInt64(row)
      let time = frame.columns.times[row]
      let waitingBefore = rules.fold.waiting.count
      lookBefore(kind, frame.columns, sequence, time)
      rules.fold.fold(frame.columns, before: row + 1)
      history.pace.add(1, kind: 0, at: time)
      // An item that is just registered has nothing yet: its line begins with what is put there.
      for (index, item) in items.enumerated()
      where kind != .itemRegistered && item < rules.fold.items.count
        && rules.fold.items.stock[item].lastChange == sequence
      {
        history.stock[index].add(rules.fold.items.stock[item], at: sequence, time)
      }
      if rules.fold.waiting.count != waitingBefore {
        history.waiting.note(rules.fold.waiting.count, joining: kind == .waiting, at: time)
      }
    }
  }

  /// The whole history; nothing comes any more.
  consuming func finish() -> AuditHistory {
    history.waiting.finish(rules.fold)
    history.expiries.finish(rules.fold.items)
    return history
  }

  // MARK: - Events

  /// What has to be seen before the event is folded, because it is gone afterwards.
  private mutating func lookBefore(_ kind: EventKind, _ columns: EventColumns, _ sequence: UInt64, _ time: Int64) {
    let passed = rules.fold.passed
    if passedMoments < moments.count, sequence >= moments[passedMoments].sequence {
      noteMoments(kind, columns, sequence, time)
    }
    switch kind {
    case .filled: noteEnding(.filled, of: columns.filled.references[passed.filled], sequence, time)
    case .expired: noteExpiry(of: columns.expired.references[passed.expired], sequence, time)
    case .released where columns.released.lines.range(passed.released).isEmpty:
      noteEnding(.withdrawn, of: columns.released.references[passed.released], sequence, time)
    case .amended:
      // An amendment may only lessen what waits; it ends the waiting where nothing is left.
      let lines = columns.amended.lines[passed.amended]
      let reference = columns.amended.references[passed.amended]
      if let record = record(reference), record.isWaiting, isNothingLeft(of: record, lines) {
        noteEnding(.withdrawn, of: reference, sequence, time)
      }
    case .refused: history.refusals.note(columns.refused, passed.refused, at: time)
    default: break
    }
  }

  private func isNothingLeft(of record: OpenRecord, _ lines: ArraySlice<LineEntry>) -> Bool {
    (0..<record.lineCount).allSatisfy { index in
      let item = record.line(index).item
      return lines.contains { Int($0.item.rawValue) == item && $0.quantity == 0 }
    }
  }

  /// The open reservation that an event refers to; `nil`: there is none.
  private func record(_ reference: UInt64) -> OpenRecord? {
    guard let ordinal = rules.fold.order.ordinal(of: reference, among: rules.fold.events),
      case .open(let handle) = rules.fold.open.standing(ordinal)
    else { return nil }
    return handle.record
  }

  private mutating func noteEnding(
    _ ending: WaitingHistory.Ending, of reference: UInt64, _ sequence: UInt64, _ time: Int64
  ) {
    guard let record = record(reference), record.isWaiting else { return }
    let item = record.lineCount > 0 ? rules.fold.items.names(record.line(0).item).map { HistoryItem($0) } : nil
    history.waiting.note(
      ending, { WaitingHistory.Wait(record, item, ended: sequence, time) }, since: record.time, at: sequence, time)
  }

  private mutating func noteExpiry(of reference: UInt64, _ sequence: UInt64, _ time: Int64) {
    guard let record = record(reference) else { return }
    if record.isWaiting { return noteEnding(.gaveUp, of: reference, sequence, time) }
    history.expiries.note(record, at: time)
  }

  private mutating func noteMoments(
    _ kind: EventKind, _ columns: EventColumns, _ sequence: UInt64, _ time: Int64
  ) {
    let passed = rules.fold.passed
    while passedMoments < moments.count, sequence >= moments[passedMoments].sequence {
      defer { passedMoments += 1 }
      guard moments[passedMoments].sequence == sequence else { continue }
      let index = moments[passedMoments].index
      history.moments[index].time = time
      history.moments[index].kind = kind.name
      switch kind {
      case .reserved: history.moments[index].id = columns.reserved.ids[passed.reserved].description
      case .filled:
        let id = record(columns.filled.references[passed.filled]).map { String(decoding: $0.id, as: UTF8.self) }
        history.moments[index].id = id ?? ""
      default: break
      }
    }
  }
}
