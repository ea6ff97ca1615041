import Tallystick

/// One import under way: gathers rows into documents, documents into batches, and answers into the report.
///
/// Not copied: what is gathered is large, and its parts are handed on, not shared.
struct ImportRun: ~Copyable {
  /// A batch shares one sync; it ends when it has this many commands or lines.
  private static let batchCommands = 4096
  private static let batchLines = 1 << 15
  /// How far ahead of the clock the log accepts a time, in milliseconds.
  private static let clockTolerance: Int64 = 60_000

  let mapping: ImportMapping
  let target: ImportTarget
  let observer: ImportObserver
  /// Documents that a row of which cannot be read, and its line.
  private let flawed: [Name: Int]
  private var document: PendingDocument?
  private var leftOut: LeftOutDocument?
  private var batch: [PendingCommand] = []
  private var batchLineCount = 0
  /// Orders of the batch, whose state the log cannot tell yet: of its first commands, as far as somebody asked.
  private var batchOrders: Set<Name> = []
  private var noted = 0
  /// Nothing may be dated before it: the latest time that the log has or was sent.
  private var latest: Int64
  /// The latest time that the log accepted by the clock when it was asked last.
  private var latestByClock = Int64.min
  /// The latest time that a document of the file has.
  private var latestOfFile = Int64.min
  /// Whether the order that was answered last exists, so that its commit means something.
  private var orderStands = false
  /// Orders that the log has with other content.
  private var conflicts = ConflictTeller()
  private var answerCounts = AnswerCounts()
  /// Complete only after ``finish()``.
  var report: ImportReport

  /// - Parameter report: what is known from reading the file.
  init(
    mapping: ImportMapping, target: ImportTarget, observer: ImportObserver, flawed: [Name: Int], report: ImportReport
  ) {
    self.mapping = mapping
    self.target = target
    self.observer = observer
    self.flawed = flawed
    self.report = report
    latest = target.lastTime
    self.report.lastSequence = target.lastSequence
  }

  /// Whether to read on.
  var goesOn: Bool { !report.isStopped && report.failure == nil }

  mutating func open(_ opening: OpeningStock) throws(ImportError) {
    var opened = OpenedStock()
    if target.lastSequence > 0, let history = target.history { opened = try history.opened(mapping.openingKey) }
    report.openingItems = opening.lines.count
    for command in opening.commands(mapping: mapping, after: opened) { add(command) }
  }

  /// Whether no row of the document was wrong.
  func isWhole(_ document: Name) -> Bool { flawed[document] == nil }

  mutating func add(_ row: ImportRow) throws(ImportError) {
    if let line = flawed[row.document] { return leaveOut(row, because: line) }
    endLeftOut()
    if document?.number != row.document {
      try endDocument()
      document = PendingDocument(row, notesLines: observer.leftOut != nil)
    }
    for command in document?.add(row, mapping: mapping) ?? [] { add(command) }
  }

  /// Sends what is left, or, when stopped, counts it as not sent.
  mutating func finish() throws(ImportError) {
    endLeftOut()
    if goesOn { try endDocument() }
    if goesOn { send() }
    answerCounts.addAll(to: &report)
    report.unsent =
      report.rows - report.rowAnswers.total - report.skipped.values.reduce(0, +)
  }

  mutating func stop() { report.isStopped = true }

  // MARK: Documents

  private mutating func endDocument() throws(ImportError) {
    guard let ended = document.take() else { return }
    for command in ended.commands(mapping: mapping) {
      if command.kind == .cancel {
        try cancel(command)
      } else if let flaw = command.isTooLong ? ImportRun.tooLong : command.flaw {
        // Counted when everything before it is, so that answers stay in the file's order.
        send()
        count(.invalid, command)
        tell(command, .malformed, "document \(command.document) \(flaw)", reason: "a document \(flaw)")
      } else {
        add(command)
      }
    }
    if batch.count >= ImportRun.batchCommands || batchLineCount >= ImportRun.batchLines { send() }
  }

  private static let tooLong = "has more than \(Limits.maxLinesPerEvent) items; split it"

  private mutating func leaveOut(_ row: ImportRow, because line: Int) {
    if leftOut?.number != row.document { endLeftOut() }
    var current = leftOut ?? LeftOutDocument(number: row.document, line: row.line, flawedLine: line)
    current.rows += row.recordCount
    leftOut = current
    report.skipped[.leftOut, default: 0] += row.recordCount
    observer.leftOut?(LeftOutRow(line: row.line, document: row.document, reason: "left out: \(current.reason)"))
  }

  private mutating func endLeftOut() {
    guard let ended = leftOut else { return }
    leftOut = nil
    observer.problem(ended.problem)
  }

  /// Gives back what an order that was called off holds, or what was sold of it.
  private mutating func cancel(_ command: PendingCommand) throws(ImportError) {
    // What the log does not know yet.
    if isInBatch(order: command.document) { send() }
    guard goesOn else { return }
    guard let history = target.history else { return add(command) }
    guard let status = try history.reservation(command.document) else {
      skip(command, .nothingToCancel)
      return
    }
    switch status.state {
    case .open, .waiting: add(command)
    case .committed: add(command, returning: status.lines.map { Line($0.item, $0.reserved) })
    case .released: add(command)
    case .expired: skip(command, .nothingToCancel)
    case .partlySettled, .mixed:
      let sold = try history.committed(of: command.document)
      guard status.state == .partlySettled else { return add(command, returning: sold) }
      add(command)
      if sold.isEmpty { return }
      var rest = command
      rest.rows = 0
      add(rest, returning: sold)
    }
  }

  private mutating func isInBatch(order: Name) -> Bool {
    for command in batch[noted...] where command.kind == .order { batchOrders.insert(command.document) }
    noted = batch.count
    return batchOrders.contains(order)
  }

  private mutating func add(_ command: PendingCommand, returning lines: [Line]) {
    guard !lines.isEmpty else { return skip(command, .nothingToCancel) }
    var command = command
    command.command.operation = .returned(lines, reference: command.document)
    command.command.key = MovementKey.name(command.document, "/cancel/return")
    add(command)
  }

  private mutating func skip(_ command: PendingCommand, _ reason: ImportReport.SkipReason) {
    report.skipped[reason, default: 0] += command.rows
    for line in command.rowLines {
      observer.leftOut?(LeftOutRow(line: line, document: command.document, reason: reason.rawValue))
    }
  }

  mutating func add(_ command: PendingCommand) {
    var command = command
    if let time = command.command.time {
      let goesBack = time < latestOfFile
      let isAccepted = isAccepted(time)
      if isAccepted { latestOfFile = max(latestOfFile, time) }
      if time < latest {
        command.isLate = true
        command.command.time = latest
        if !command.settles && (mapping.late == .reject || mapping.late == .catchUp && goesBack) {
          // No log has this sequence number: repeats are answered, everything else is rejected and leaves nothing.
          command.isProbe = true
          command.command.expectedSequence = .max
        }
      } else if isAccepted {
        latest = time
      }
    }
    batchLineCount += command.lineCount
    let standsAlone = command.kind != .order && command.kind != .commit
    batch.append(command)
    // A commit is never parted from its order: only what stands alone ends a batch here.
    if standsAlone && batch.count >= ImportRun.batchCommands { send() }
  }

  /// Whether the log accepts a time by the clock, which is asked only for what is later than ever.
  private mutating func isAccepted(_ time: Int64) -> Bool {
    if time > latestByClock { latestByClock = target.clock() + ImportRun.clockTolerance }
    return time <= latestByClock
  }

  // MARK: Answers

  mutating func send() {
    guard !batch.isEmpty, goesOn else { return }
    let sent = batch
    batch = []
    batch.reserveCapacity(ImportRun.batchCommands + 2)
    batchLineCount = 0
    batchOrders.removeAll(keepingCapacity: true)
    noted = 0
    let known = knownOrders(in: sent)
    if known.isEmpty {
      let outcomes = target.append(sent.map { $0.command })
      for index in 0..<min(sent.count, outcomes.count) { take(outcomes[index], of: sent[index]) }
      return
    }
    // A commit of what is not what the file says would sell something else.
    let asked = sent.compactMap { command in
      let isAsked = command.isOfOrder ? known[command.document]?.asks(command.kind) ?? true : true
      return isAsked ? command.amended(by: known) : nil
    }
    var answers = Array(zip(asked, target.append(asked.map(\.command))))[...]
    for command in sent {
      if command.isOfOrder, let order = known[command.document], !order.asks(command.kind) {
        take(order.outcome, of: command)
      } else if let (command, outcome) = answers.popFirst() {
        take(outcome, of: command)
      }
    }
  }

  /// Orders that the log has with other content than the file; asked for beforehand, without any effect.
  private func knownOrders(in sent: [PendingCommand]) -> [Name: KnownOrder] {
    guard target.lastSequence > 0 else { return [:] }
    let orders = sent.filter { $0.kind == .order }
    if orders.isEmpty { return [:] }
    let probes = orders.map { order in
      var command = order.command
      command.expectedSequence = .max
      return command
    }
    var known = [Name: KnownOrder]()
    var stands = [PendingCommand]()
    for (order, outcome) in zip(orders, target.append(probes)) {
      if case .repeated = outcome { stands.append(order) }
      guard case .rejected(let rejection) = outcome, rejection.reason == .conflict else { continue }
      known[order.document] = KnownOrder(order, outcome, target.history, mapping.edited)
    }
    if mapping.edited == .amend { addSold(orders, stands, sent, to: &known) }
    return known
  }

  private mutating func take(_ outcome: Outcome, of command: PendingCommand) {
    if command.kind == .commit && !orderStands { return }
    switch outcome {
    case .accepted(let acceptance):
      count(.accepted, command)
      report.lastSequence = max(report.lastSequence, acceptance.sequence)
      answerCounts.addUnits(command.units, command.kind)
      if command.isLate { report.lateRows += command.rows }
    case .repeated(let acceptance) where acceptance.sequence > target.lastSequence:
      // Made by this very run.
      count(.rejected(.conflict), command)
      tell(command, .conflict, "conflict: the same stands in the file twice")
    case .repeated: count(.repeated, command)
    case .rejected(let rejection): take(rejection, of: command)
    case .invalid(let message):
      count(.invalid, command)
      tell(command, .malformed, "document \(command.document): \(message)", reason: "it is no command")
    case .busy(let busy):
      // An import has one batch in flight, which a queue without others always takes.
      count(.failed, command)
      report.failure = "the log is busy: \(busy)"
    case .failed(let failure):
      count(.failed, command)
      report.failure = failure.description
    }
  }

  private mutating func take(_ rejection: Rejection, of command: PendingCommand) {
    if command.kind == .cancel && (rejection.reason == .settled || rejection.reason == .expired) {
      return skip(command, .nothingToCancel)
    }
    let isLate = command.isProbe && rejection.reason != .conflict
    let reason = isLate ? .time : rejection.reason
    count(.rejected(reason), command)
    var what = isLate ? ImportRun.lateExplanation : ImportRun.explanation(of: rejection, command)
    if reason == .conflict { what += conflicts.difference(command, target.history) }
    tell(command, reason, what)
  }

  mutating func count(_ answer: ImportReport.Answer, _ command: PendingCommand) {
    answerCounts.add(answer, command.kind)
    report.rowAnswers.add(answer, command.rows)
    if let line = command.line, report.failure == nil { report.lastLine = max(report.lastLine, line) }
    if command.isPart { report.parts += 1 }
    guard command.kind == .order || command.kind == .amend else { return }
    switch answer {
    case .accepted, .repeated: orderStands = true
    default: orderStands = false
    }
  }

  private func tell(_ command: PendingCommand, _ reason: Rejection.Reason, _ what: String) {
    let subject = command.kind == .opening ? "opening stock" : "\(command.kind.rawValue) \(command.document)"
    tell(
      command, .rejected, "\(subject) is rejected, \(what)",
      reason: "\(command.kind.rawValue) rejected: \(reason.rawValue)")
  }

  private func tell(_ command: PendingCommand, _ kind: ImportProblem.Kind, _ message: String, reason: String) {
    observer.problem(
      ImportProblem(kind: kind, reason: reason, rows: max(command.rows, 1), line: command.line, message: message))
    for line in command.rowLines {
      observer.leftOut?(LeftOutRow(line: line, document: command.document, reason: message))
    }
  }
}
