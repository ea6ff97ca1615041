import Tallystick

/// One import under way: gathers rows into documents, documents into batches, and answers into the report.
struct ImportRun {
  /// A batch shares one sync; it ends when it has this many commands or lines.
  private static let batchCommands = 4096
  private static let batchLines = 1 << 15
  /// How far ahead of the clock the log accepts a time, in milliseconds.
  private static let clockTolerance: Int64 = 60_000

  private let mapping: ImportMapping
  private let target: ImportTarget
  private let observer: ImportObserver
  private var document: PendingDocument?
  private var batch: [PendingCommand] = []
  private var batchLineCount = 0
  /// Nothing may be dated before it: the latest time that the log has or was sent.
  private var latest: Int64
  /// Whether the order that was answered last exists, so that its commit means something.
  private var orderStands = false
  private(set) var report = ImportReport()

  init(mapping: ImportMapping, target: ImportTarget, observer: ImportObserver) {
    self.mapping = mapping
    self.target = target
    self.observer = observer
    latest = target.lastTime
    report.lastSequence = target.lastSequence
  }

  /// Whether to read on.
  var goesOn: Bool { !report.isStopped && report.failure == nil }

  mutating func open(_ opening: OpeningStock) {
    let commands = opening.commands(mapping: mapping)
    report.openingItems = opening.lines.count
    for command in commands { add(command) }
  }

  mutating func add(_ reading: RowReading, line: Int) {
    report.rows += 1
    switch reading {
    case .skipped(let reason, let problem):
      report.skipped[reason, default: 0] += 1
      if let problem { observer.problem(ImportProblem(kind: .malformed, line: line, message: problem)) }
    case .row(let row):
      if document?.number != row.document { endDocument() }
      var current = document ?? PendingDocument(row)
      document = nil
      let writeOff = current.add(row, mapping: mapping)
      document = current
      if let writeOff { add(writeOff) }
    }
  }

  /// Sends what is left, or, when stopped, counts it as not sent.
  mutating func finish() {
    if goesOn { endDocument() }
    if goesOn { send() }
    report.unsent =
      report.rows - report.rowAnswers.total - report.skipped.values.reduce(0, +)
  }

  mutating func stop() { report.isStopped = true }

  // MARK: Documents

  private mutating func endDocument() {
    guard let ended = document else { return }
    document = nil
    for command in ended.commands(mapping: mapping) {
      guard command.isTooLong else {
        add(command)
        continue
      }
      // Counted when everything before it is, so that answers stay in the file's order.
      send()
      count(.invalid, command)
      let message = "document \(command.document) has more than \(Limits.maxLinesPerEvent) items; split it"
      observer.problem(ImportProblem(kind: .malformed, line: command.line, message: message))
    }
    if batch.count >= ImportRun.batchCommands || batchLineCount >= ImportRun.batchLines { send() }
  }

  private mutating func add(_ command: PendingCommand) {
    var command = command
    if let time = command.command.time {
      if time < latest {
        command.isLate = true
        command.command.time = latest
        if mapping.late == .reject {
          // No log has this sequence number: repeats are answered, everything else is rejected and leaves nothing.
          command.isProbe = true
          command.command.expectedSequence = .max
        }
      } else if time <= target.clock() + ImportRun.clockTolerance {
        latest = time
      }
    }
    batch.append(command)
    batchLineCount += command.lineCount
    // A commit is never parted from its order: only write-offs end a batch here.
    if command.kind == .writeOff && batch.count >= ImportRun.batchCommands { send() }
  }

  // MARK: Answers

  private mutating func send() {
    guard !batch.isEmpty, goesOn else { return }
    let sent = batch
    batch.removeAll(keepingCapacity: true)
    batchLineCount = 0
    for (command, outcome) in zip(sent, target.append(sent.map(\.command))) { take(outcome, of: command) }
  }

  private mutating func take(_ outcome: Outcome, of command: PendingCommand) {
    if command.kind == .commit && !orderStands { return }
    switch outcome {
    case .accepted(let acceptance):
      count(.accepted, command)
      report.lastSequence = max(report.lastSequence, acceptance.sequence)
      report.units[command.kind] = report.units[command.kind, default: 0].saturatingSum(command.units)
      if command.isLate { report.lateRows += command.rows }
    case .repeated(let acceptance) where acceptance.sequence > target.lastSequence:
      // Made by this very run: its rows do not stand together.
      count(.rejected(.conflict), command)
      tell(command, "conflict: its rows do not stand together; sort the file by document")
    case .repeated: count(.repeated, command)
    case .rejected(let rejection):
      let isLate = command.isProbe && rejection.reason != .conflict
      count(.rejected(isLate ? .time : rejection.reason), command)
      tell(command, isLate ? ImportRun.lateExplanation : ImportRun.explanation(of: rejection))
    case .invalid(let message):
      count(.invalid, command)
      observer.problem(
        ImportProblem(kind: .malformed, line: command.line, message: "document \(command.document): \(message)"))
    case .busy(let busy):
      // An import has one batch in flight, which a queue without others always takes.
      count(.failed, command)
      report.failure = "the log is busy: \(busy)"
    case .failed(let failure):
      count(.failed, command)
      report.failure = failure.description
    }
  }

  private mutating func count(_ answer: ImportReport.Answer, _ command: PendingCommand) {
    report.commands[command.kind, default: ImportReport.Count()].add(answer, 1)
    report.rowAnswers.add(answer, command.rows)
    if let line = command.line, report.failure == nil { report.lastLine = max(report.lastLine, line) }
    guard command.kind == .order else { return }
    switch answer {
    case .accepted, .repeated: orderStands = true
    default: orderStands = false
    }
  }

  private func tell(_ command: PendingCommand, _ what: String) {
    let subject = command.kind == .opening ? "opening stock" : "\(command.kind.rawValue) \(command.document)"
    observer.problem(ImportProblem(kind: .rejected, line: command.line, message: "\(subject) is rejected, \(what)"))
  }

  private static let lateExplanation =
    "time: it is not in the log, and dated before the log's last event or the row above it; sort the file by date, "
    + "or have the mapping say \"late\": \"record\""

  /// The reason and what to make of it.
  private static func explanation(of rejection: Rejection) -> String {
    let reason = rejection.reason.rawValue
    switch rejection.reason {
    case .insufficient:
      let short = rejection.short.prefix(3).map { "\($0.item) asked \($0.asked) available \($0.available)" }
      let more = rejection.short.count - short.count
      return "\(reason): \(short.joined(separator: ", "))\(more > 0 ? " and \(more) more" : "")"
    case .time: return "time: dated more than a minute ahead of the clock"
    case .conflict: return "conflict: the log has this number with other content"
    default: return rejection.item.map { "\(reason): \($0)" } ?? reason
    }
  }
}
