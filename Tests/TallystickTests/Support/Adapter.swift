@testable import TallyFormat
@testable import Tallystick

/// The judge, its events in frames, and a second state folded from what the frames hold: all that the tests know of
/// the implementation's interface.
struct JudgeUnderTest {
  static let log = LogID(bytes: Array(0..<16))!

  private(set) var judge = Judge(log: log)
  private var open = EventColumns(firstSequence: 1)
  /// Folded from decoded frames only.
  private(set) var replayed = State()
  /// As `replayed`, but begun anew from a canonical form now and then, as from a snapshot.
  private(set) var restored = State()
  private var encoder = FrameEncoder(log: log)
  private var head = ChainHead.empty

  var lastSequence: UInt64 { judge.state.lastSequence }
  var lastTime: Int64 { judge.state.lastTime }
  func level(of item: ItemName) -> StockLevel? { judge.state.level(of: item) }
  func flawOfState() -> String? { judge.state.checkInvariants() }
  var canonicalForm: [UInt8] { judge.state.canonicalForm() }

  /// What a command did: the answer, and kind, time and `more` of each new event.
  mutating func judge(_ command: Command, clock: Int64) -> (Outcome, [Trace]) {
    let before = open.count
    return (judgePlain(command, clock: clock) ?? judge.judge(command, clock: clock, into: &open), traces(from: before))
  }

  /// By the straight line for plain commands, if it is one. What that line says and does must be what the long way says
  /// and does, which a second judge goes.
  private mutating func judgePlain(_ command: Command, clock: Int64) -> Outcome? {
    var second = judge
    var aside = EventColumns(firstSequence: open.nextSequence)
    let expected = second.judge(command, clock: clock, into: &aside)
    var straight = judge
    var events = open
    let time = max(clock, lastTime)
    straight.catchUp(at: time, into: &events)
    var rows = NamedRows([command], straight.hash)
    straight.prepare(&rows, 0..<1)
    var outcomes = [Outcome]()
    straight.judgePlain(rows, 0..<1, time: time, into: &events, &outcomes)
    guard let outcome = outcomes.first else { return nil }
    (judge, open) = (straight, events)
    guard outcome == expected else {
      return .failed(.unknownOutcome(reason: "in a straight line \(outcome), the long way \(expected)"))
    }
    switch command.operation {
    case .reserve: plainAnswers.insert("reserve")
    case .commit: plainAnswers.insert("commit")
    case .release: plainAnswers.insert("release")
    default: plainAnswers.insert("another operation")
    }
    return outcome
  }

  /// Which commands the straight line has accepted.
  private(set) var plainAnswers: Set<String> = []

  /// As a row of bulk work, if the command can be one.
  mutating func judgeAsRow(_ command: Command, clock: Int64) -> (Outcome, [Trace])? {
    guard let rows = rows(for: command) else { return nil }
    let before = open.count
    // Rows answer with less: a second judge says in full what the answer must be.
    var second = judge
    var aside = EventColumns(firstSequence: open.nextSequence)
    let outcome = second.judge(command, clock: clock, into: &aside)
    var expected = RowOutcomes()
    expected.append(outcome)
    var answers = RowOutcomes()
    let time = max(clock, lastTime)
    // The writer's part: due holds expire, and who can be served is, before rows are judged.
    judge.catchUp(at: time, into: &open)
    judge.judge(PreparedRows(rows, judge.hash), 0..<1, time: time, into: &open, &answers)
    guard answers.count == 1, answers[0] == expected[0] else {
      return (.failed(.unknownOutcome(reason: "as a row: \(answers)")), [])
    }
    return (outcome, traces(from: before))
  }

  struct Trace: Equatable {
    var kind: EventKind
    var time: Int64
    var more: Bool
  }

  private func traces(from row: Int) -> [Trace] {
    var cursor = EventColumns.Cursor()
    var traces = [Trace]()
    while let next = open.next(&cursor) {
      traces.append(Trace(kind: next.kind, time: next.time, more: next.more))
    }
    return Array(traces.dropFirst(row))
  }

  private func rows(for command: Command) -> CommandRows? {
    guard command.key == nil, command.time == nil, command.expectedSequence == nil else { return nil }
    var rows = CommandRows()
    switch command.operation {
    case .commit(let id, nil): id.bytes.withUnsafeBufferPointer { rows.commit(id: $0) }
    case .release(let id, nil): id.bytes.withUnsafeBufferPointer { rows.release(id: $0) }
    case .extend(let id, let timeToLive):
      id.bytes.withUnsafeBufferPointer { rows.extend(id: $0, timeToLive: timeToLive) }
    case .amend(let id, let lines):
      guard lines.allSatisfy({ $0.quantity >= 0 }), let entries = entries(of: lines.merged) else { return nil }
      id.bytes.withUnsafeBufferPointer { id in
        entries.withUnsafeBufferPointer { rows.amend(id: id, lines: $0) }
      }
    case .receive(let lines, nil):
      guard lines.count == 1, let number = judge.state.number(of: lines[0].item) else { return nil }
      rows.receive(item: number, quantity: lines[0].quantity)
    case .reserve(let id, let lines, let customer, let timeToLive, nil):
      // Merging would hide what is wrong with a single line.
      guard lines.allSatisfy({ $0.quantity >= 1 }) else { return nil }
      guard let sorted = entries(of: lines.merged) else { return nil }
      id.bytes.withUnsafeBufferPointer { id in
        sorted.withUnsafeBufferPointer { rows.reserve(id: id, lines: $0, customer: customer, timeToLive: timeToLive) }
      }
    default: return nil
    }
    return rows
  }

  /// As rows have them; `nil`: some item has no number, or there are too many of one.
  private func entries(of amounts: Amounts) -> [LineEntry]? {
    let entries = amounts.compactMap { item, quantity in
      judge.state.number(of: item).map { LineEntry(item: $0, quantity: quantity) }
    }
    guard entries.count == amounts.count, amounts.values.allSatisfy({ $0 <= Limits.maxQuantity }) else { return nil }
    return entries.sorted { $0.item < $1.item }
  }

  /// Writes the open events as a frame, reads it back and folds what it says. Returns what is wrong then.
  mutating func flush(restoring: Bool = false) throws -> String? {
    let encoded = encoder.encode(open, after: head, epoch: 1)
    head = encoded.head
    let frame = try encoded.bytes.withUnsafeBytes { try Frame.parse($0, log: Self.log) }
    let columns = try LZ4Decompressor().columns(of: frame)
    if columns != open { return "the frame does not give back the events that went in" }
    if restoring { restored = try State(canonicalForm: restored.canonicalForm()) }
    if let rule = fold(columns, into: &replayed) ?? fold(columns, into: &restored) {
      return "the replay says that the rule \(rule.rawValue) is broken"
    }
    open.reset(firstSequence: lastSequence + 1)
    if replayed.canonicalForm() != canonicalForm { return "the replayed state differs from the judge's" }
    if restored.canonicalForm() != canonicalForm { return "the state restored from a canonical form differs" }
    return nil
  }

  private func fold(_ columns: EventColumns, into state: inout State) -> Rule? {
    var columns = columns
    var cursor = EventColumns.Cursor()
    while let row = columns.next(&cursor) { if let rule = state.fold(&columns, row) { return rule } }
    return nil
  }
}
