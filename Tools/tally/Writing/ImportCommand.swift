import ArgumentParser
import TallyImport
import TallyText
import Tallystick

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Orders and movements from a CSV file.",
    discussion: """
      The mapping file says which column is what; data/README.md describes its keys. Rows that are wrong are reported
      with their line number, and the rest goes on. Running an import again does only what is missing: every command
      has an id or key made from its document's number.

      Example:
        tally import data/shop-week.csv --map data/shop-week.map.json
      """)

  @Argument(help: ArgumentHelp("The CSV file; its first line names the columns.", valueName: "file"))
  var file: String

  @Option(help: ArgumentHelp("The mapping file (JSON).", valueName: "file"))
  var map: String

  @Option(help: "How many rows of each kind of problem to show.")
  var show = 20

  @OptionGroup var waiting: WaitOption
  @OptionGroup var shared: SharedOptions

  func validate() throws {
    if show < 0 { throw ValidationError("--show is a count") }
  }

  func run() throws {
    let mapping: ImportMapping
    do { mapping = try ImportMapping(path: map) } catch { throw CommandFailure(error) }
    let log = try waiting.open(shared)
    defer { log.close() }
    Interrupt.listen()
    // The lock is ours: nothing is appended between this and the first command.
    let stock = try shared.reader().stock()
    let target = ImportTarget(lastTime: stock.time, lastSequence: stock.sequence) { log.append($0) }
    var progress = Progress(total: 1000)
    var problems = ProblemList(limit: show)
    let observer = ImportObserver(
      problem: { problem in
        progress.finish()
        problems.show(problem)
      },
      progress: { done, total, rows in progress.update(bytes: done * 1000 / max(1, total), lines: rows) },
      isCancelled: { Interrupt.isRequested })
    let report: ImportReport
    do {
      report = try CSVImport(file, mapping: mapping).run(into: target, observer: observer)
    } catch {
      progress.finish()
      throw CommandFailure(error)
    }
    progress.finish()
    problems.finish()
    log.close(givesUpSnapshot: Interrupt.isRequested)
    try give(report)
  }

  /// The counts, and the exit code that they mean.
  private func give(_ report: ImportReport) throws {
    let output = Output()
    if shared.json {
      try output.json { $0.write(report) }
    } else {
      for line in ImportText.lines(report) { try output.line(line) }
    }
    try output.flush()
    if let failure = report.failure {
      throw CommandFailure(
        .inputOutput,
        "failed after line \(report.lastLine): \(failure); what was acknowledged stays: run it again to go on")
    }
    if report.isStopped {
      throw CommandFailure(
        Interrupt.exitCode,
        "stopped after line \(report.lastLine), event \(report.lastSequence): what was acknowledged stays; "
          + "run it again to go on")
    }
    if report.malformed > 0 { throw CommandFailure(.badData) }
    if report.hasRejections { throw CommandFailure(.rejected) }
  }
}

/// Problems on standard error, so many of each kind and then how many more.
private struct ProblemList {
  private let limit: Int
  private var malformed = 0
  private var rejected = 0

  init(limit: Int) { self.limit = limit }

  mutating func show(_ problem: ImportProblem) {
    let count: Int
    switch problem.kind {
    case .malformed:
      malformed += 1
      count = malformed
    case .rejected:
      rejected += 1
      count = rejected
    }
    if count <= limit { StandardError.print(problem.description) }
  }

  func finish() {
    if malformed > limit { StandardError.print("and \(malformed - limit) more rows that are wrong") }
    if rejected > limit { StandardError.print("and \(rejected - limit) more that were rejected") }
  }
}

extension CommandFailure {
  fileprivate init(_ error: ImportError) {
    switch error {
    case .mapping(let what), .input(let what): self.init(.badData, what)
    case .file(let what): self.init(.inputOutput, what)
    }
  }
}
