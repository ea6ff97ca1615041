import Glibc
import TallyImport
import Tallystick

/// An import from the opening of the log to the last problem told.
final class ImportSession {
  private let mapping: ImportMapping
  private let customers: Pseudonyms?
  private let log: TallyLog
  private let reader: LogReader
  private var problems: ProblemList
  private var leftOut: LeftOutFile?
  private var progress = Progress(total: 1000)
  /// Of a dry run: where what it writes goes.
  private let dryRun: DryRunDirectory?

  /// - Throws: ``CommandFailure``, ``TallyError`` or ``ImportError``; nothing is open then.
  init(_ command: ImportCommand, _ mapping: ImportMapping, _ customers: Pseudonyms?) throws {
    self.mapping = mapping
    self.customers = customers
    problems = ProblemList(limit: command.show)
    if let path = command.report { leftOut = try LeftOutFile(path) }
    let dryRun = command.dryRun ? try DryRunDirectory() : nil
    self.dryRun = dryRun
    do {
      if let dryRun {
        let path = try command.shared.path
        log = try TallyLog(path, options: dryRun.options)
        reader = try LogReader(path, files: dryRun.files)
      } else {
        log = try command.waiting.open(command.shared)
        reader = try command.shared.reader()
      }
    } catch {
      dryRun?.remove()
      throw error
    }
  }

  func end() {
    log.close()
    dryRun?.remove()
  }

  func run(_ file: String) throws -> ImportReport {
    Interrupt.listen()
    let observer = ImportObserver(
      problem: { self.problems.add($0) },
      progress: { done, total, rows in self.progress.update(bytes: done * 1000 / max(1, total), lines: rows) },
      isCancelled: { Interrupt.isRequested },
      leftOut: leftOut.map { file in { file.add($0) } })
    defer {
      progress.finish()
      problems.show()
    }
    var report = try CSVImport(file, mapping: mapping, pseudonyms: customers)
      .run(into: try ImportTarget(log, reader), observer: observer)
    report.problems = problems.counts
    log.close(givesUpSnapshot: Interrupt.isRequested)
    try leftOut?.finish()
    return report
  }
}

/// A directory for the files of a dry run.
final class DryRunDirectory {
  let files: DryRunFiles
  private let path: String

  init() throws {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent.isEmpty ? "/tmp" : parent)/tally-dry-run.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw CommandFailure.system("cannot make a directory in \(parent)") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    files = DryRunFiles(scratch: path)
  }

  /// Nothing of it must last.
  var options: LogOptions {
    var options = LogOptions()
    options.files = files
    options.takesSnapshots = false
    options.isDurable = false
    return options
  }

  func remove() {
    files.removeCopies()
    rmdir(path)
  }
}
