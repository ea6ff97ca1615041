import ArgumentParser
import TallyExport
import TallyText
import Tallystick

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "The whole log for other programs.",
    discussion: """
      jsonl        an event a line, as events --json
      csv          a row for each line of an event, for spreadsheets
      cloudevents  CloudEvents 1.0, an event a line
      sqlite       a database: events, event_lines, items, stock, reservations

      A file appears only when it is whole. Without one, text goes to standard output.

      Example:
        tally export --format csv events.csv
        tally export --format sqlite shop.db && sqlite3 shop.db 'SELECT * FROM stock'
        tally export --format jsonl | gzip > events.jsonl.gz
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case jsonl, csv, cloudevents, sqlite
  }

  @Option(help: "What to write.")
  var format: Format

  @Argument(help: ArgumentHelp("The file to write (default: standard output).", valueName: "file"))
  var file: String?

  @Flag(help: "Replace the file if it exists.")
  var force = false

  @Flag(help: "CSV: do not put an apostrophe before texts that a spreadsheet would run as a formula.")
  var exact = false

  @OptionGroup var shared: SharedOptions

  func run() throws {
    let reader = try shared.reader()
    let end = StandardError.isTerminal ? try reader.stock().sequence : 0
    Interrupt.listen()
    var progress = Progress(total: Int(clamping: end))
    let observer = ExportObserver(
      progress: { progress.update(bytes: Int(clamping: $0), lines: Int(clamping: $0)) },
      isCancelled: { Interrupt.isRequested })
    defer { progress.finish() }
    do {
      guard let file, file != "-" else { return try toOutput(reader, observer) }
      let last =
        switch TextFormat(rawValue: format.rawValue) {
        case nil: try SQLiteExport(reader, path: file, replaces: force).run(observer: observer)
        case let format?:
          try TextExport(reader, format: format, guardsFormulas: !exact)
            .run(toFile: file, replaces: force, observer: observer)
        }
      progress.finish()
      try answer(file, last)
    } catch let error as ExportError {
      progress.finish()
      throw CommandFailure(error)
    }
  }

  private func toOutput(_ reader: LogReader, _ observer: ExportObserver) throws {
    guard let format = TextFormat(rawValue: format.rawValue) else {
      throw CommandFailure.usage("a database needs a file; write: tally export --format sqlite FILE")
    }
    try Output.reading { output in
      try TextExport(reader, format: format, guardsFormulas: !exact).run(observer: observer) { try output.raw($0) }
    }
  }

  private func answer(_ file: String, _ last: UInt64) throws {
    try Output.reading { output in
      if shared.json {
        try output.json {
          $0.beginObject()
          $0.field("file", file)
          $0.field("format", format.rawValue)
          $0.field("last_seq", last)
          $0.endObject()
        }
      } else {
        try output.line("\(file): all events up to \(last)")
      }
    }
  }
}

extension CommandFailure {
  fileprivate init(_ error: ExportError) {
    switch error {
    case .file(let error): self = CommandFailure(error as any Error) ?? CommandFailure(.inputOutput, "\(error)")
    case .exists, .noRegularFile: self.init(.usage, error.description)
    case .database: self.init(.inputOutput, error.description)
    case .doesNotAddUp: self.init(.badData, error.description)
    case .cancelled: self.init(Interrupt.exitCode, error.description)
    }
  }
}
