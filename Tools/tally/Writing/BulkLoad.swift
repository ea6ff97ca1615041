import TallyImport
import TallyJSON
import TallyText
import Tallystick

/// Commands from a stream into the log, or to its server, answers in the same order out.
///
/// What has come is submitted at once and shares a sync; while it is made durable more comes.
final class BulkLoad {
  /// Commands that go to the log together.
  private static let batchSize = 8192

  private let input: LineReader
  private let target: any CommandTarget
  private let stopsOnError: Bool
  private let customers: Pseudonyms?
  private let output = Output()
  private var progress: Progress
  /// Lines that wait for their answers, in order; those that are no commands know it already.
  private var pending: [(line: Int, flaw: String?)] = []
  private var commands: [Command] = []
  private var counts = BulkCounts()
  /// Of the last line that was answered.
  private var lastLine = 0
  /// A line was no command, and that ends the load.
  private var isStopped = false

  init(input: LineReader, target: any CommandTarget, stopsOnError: Bool, customers: Pseudonyms? = nil) {
    self.customers = customers
    self.input = input
    self.target = target
    self.stopsOnError = stopsOnError
    progress = Progress(total: input.size)
    commands.reserveCapacity(BulkLoad.batchSize)
  }

  /// Until the input's end, an interrupt, or a failure of the log.
  func run() throws {
    defer { progress.finish() }
    do {
      while !isOver, try input.fill() {
        while !isOver, let line = input.next() { try take(line) }
        try submit()
      }
    } catch is OutputClosed {
      throw CommandFailure(
        .inputOutput,
        "nobody reads the answers any more: stopped after line \(lastLine); what was acknowledged stays")
    }
  }

  private var isOver: Bool { isStopped || counts.failure != nil || Interrupt.isRequested }

  /// Says on standard error how it went; throws the exit code if it is not success.
  func report() throws {
    let summary = "\(counts.description); last event \(target.lastSequence)"
    if let failure = counts.failure {
      throw CommandFailure(
        .inputOutput, "failed: \(failure); \(summary); the outcome of failed lines is unknown: run it again")
    }
    if Interrupt.isRequested {
      throw CommandFailure(
        Interrupt.exitCode,
        "stopped after line \(lastLine): \(summary); what was answered stays. "
          + "Run it again to continue: lines with an id or a key happen once")
    }
    StandardError.print(isStopped ? "stopped at line \(lastLine): \(summary)" : summary)
    if counts.invalid > 0 { throw CommandFailure(.badData) }
    if counts.rejected + counts.lapsed > 0 { throw CommandFailure(.rejected) }
  }

  private func take(_ line: LineReader.Line) throws {
    let number = input.lineNumber
    switch line {
    case .tooLong: try refuse(number, "the line has more than \(LineReader.maxLineBytes) bytes")
    case .text(let bytes):
      if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return }
      do {
        var command = try CommandParser.parse(bytes)
        if let customers { command.operation.replaceCustomers(by: customers) }
        pending.append((number, nil))
        commands.append(command)
        // The log may find a batch too large, which nothing after it may overtake.
        if case .batch = command.operation, stopsOnError { try submit() }
      } catch let error as InvalidCommand {
        try refuse(number, error.message)
      }
    }
    if commands.count >= BulkLoad.batchSize || pending.count >= 4 * BulkLoad.batchSize { try submit() }
  }

  private func refuse(_ line: Int, _ flaw: String) throws {
    pending.append((line, flaw))
    guard stopsOnError else { return }
    try submit()
    isStopped = true
  }

  /// Gives the log what waits, and its answers out.
  private func submit() throws {
    guard !pending.isEmpty else { return }
    let outcomes = commands.isEmpty ? [] : try target.take(commands)
    var next = 0
    for (line, flaw) in pending {
      let outcome: Outcome
      if let flaw {
        outcome = .invalid(flaw)
      } else {
        outcome = outcomes[next]
        next += 1
      }
      counts.add(outcome)
      if stopsOnError, case .invalid = outcome { isStopped = true }
      try output.json { $0.write(outcome, line: line) }
      lastLine = line
    }
    pending.removeAll(keepingCapacity: true)
    commands.removeAll(keepingCapacity: true)
    try output.flush()
    progress.update(bytes: input.bytesDone, lines: lastLine)
  }
}
