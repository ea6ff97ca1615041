import Tallystick

extension ImportRun {
  static let lateExplanation =
    "time: it is not in the log, and dated before the row above it or, as \"late\" says, the log's last event; sort the "
    + "file by date: have the mapping say \"order\": \"newest-first\" or \"any\" (see --dry-run), or \"late\": \"record\""

  /// The reason and what to make of it.
  static func explanation(of rejection: Rejection, _ command: PendingCommand) -> String {
    let reason = rejection.reason.rawValue
    switch rejection.reason {
    case .insufficient:
      let short = rejection.short.prefix(3).map { ImportRun.text($0) }
      let more = rejection.short.count - short.count
      return "\(reason): \(short.joined(separator: ", "))\(more > 0 ? " and \(more) more" : "")"
    case .time: return "time: dated more than a minute ahead of the clock"
    case .conflict: return "conflict: the log has this number with other content"
    default: return rejection.item.map { "\(reason): \($0)" } ?? reason
    }
  }
}

extension ImportRun {
  private static func text(_ short: Rejection.Shortage) -> String {
    "\(short.item) asked \(short.asked) available \(short.available)"
      + (short.waiting > 0 ? ", others wait for \(short.waiting)" : "")
  }
}

/// Says what the log has where a file has something else.
struct ConflictTeller {
  /// A key's event is looked for in the whole log: only for the first few.
  private var lookUps = 20
  private static let shownLines = 5

  /// The end of a sentence; empty if nobody knows.
  mutating func difference(_ command: PendingCommand, _ history: (any ImportHistory)?) -> String {
    guard let history, let (logged, asked) = try? contents(command, history) else { return "" }
    let old = Dictionary(logged.map { ($0.item, $0.quantity) }, uniquingKeysWith: +)
    let new = Dictionary(asked.map { ($0.item, $0.quantity) }, uniquingKeysWith: +)
    let items = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }.sorted()
    if items.isEmpty { return "; the lines are the same, but not who they are for or why" }
    func text(_ quantities: [ItemName: Int64]) -> String {
      let shown = items.prefix(Self.shownLines).map { "\($0) \(quantities[$0].map { "\($0)" } ?? "none")" }
      return shown.joined(separator: ", ")
        + (items.count > Self.shownLines ? " and \(items.count - Self.shownLines) more" : "")
    }
    return " (log: \(text(old)); file: \(text(new)))"
  }

  private mutating func contents(
    _ command: PendingCommand, _ history: any ImportHistory
  ) throws(ImportError) -> (logged: [Line], asked: [Line])? {
    switch command.command.operation {
    case .reserve(let id, let lines, _, _, _):
      guard let status = try history.reservation(id) else { return nil }
      return (status.lines.map { Line($0.item, $0.reserved) }, lines)
    case .receive(let lines, _), .returned(let lines, _):
      return try event(of: command, history).map { ($0.lines.map { Line($0.item, $0.quantity) }, lines) }
    case .adjust(let item, let change, _, _):
      let asked =
        switch change {
        case .to(let quantity), .by(let quantity): quantity
        }
      return try event(of: command, history).map { event in
        (event.lines.map { Line($0.item, event.adjustedTo ?? $0.onHandChange) }, [Line(item, asked)])
      }
    default: return nil
    }
  }

  private mutating func event(
    of command: PendingCommand, _ history: any ImportHistory
  ) throws(ImportError) -> RecordedEvent? {
    guard lookUps > 0, let key = command.command.key else { return nil }
    lookUps -= 1
    return try history.event(of: key)
  }
}
