import ArgumentParser
import TallyImport
import TallyProcess
import TallyText
import Tallystick

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Orders, movements and stock lists from a CSV file.",
    discussion: """
      The mapping says which column is what; data/README.md describes its keys, and
      --list-maps names those that are there for the exports of common shops. A
      document with a row that cannot be read is left out whole and reported; the
      corrected file brings it. Running an import again does only what is missing:
      every command has an id or key made from its document's number.

      Example:
        tally import data/shop-week.csv --map data/shop-week.map.json --dry-run
        tally import data/shop-week.csv --map data/shop-week.map.json --report left-out.csv
        tally import orders_export.csv --map shopify-orders
        tally import unknown.csv --propose > unknown.map.json
      """)

  @Argument(help: ArgumentHelp("The CSV file; .gz is unpacked.", valueName: "file"))
  var file: String?

  @Option(help: ArgumentHelp("The mapping: a JSON file, or a name that --list-maps has.", valueName: "file"))
  var map: String?

  @Flag(help: "Report what would happen, to the last answer, and write nothing.")
  var dryRun = false

  @Option(help: ArgumentHelp("Write every row that was left out, and why, into this CSV file.", valueName: "file"))
  var report: String?

  @Flag(help: "Print the mapping that fits the file best, as JSON, and import nothing.")
  var propose = false

  @Flag(help: "Name the mappings that are there already.")
  var listMaps = false

  @Option(help: "How many rows of each kind of problem to show.")
  var show = 20

  @OptionGroup var customers: PseudonymOption
  @OptionGroup var waiting: WaitOption
  @OptionGroup var shared: SharedOptions

  func validate() throws {
    if show < 0 { throw ValidationError("--show is a count") }
    if listMaps { return }
    if file == nil { throw ValidationError("name the CSV file") }
    if map == nil && !propose {
      throw ValidationError("name a mapping with --map FILE, or see --propose and --list-maps")
    }
  }

  func run() throws {
    if listMaps { return try ImportText.give(ReadyMapping.all, json: shared.json) }
    guard let file else { return }
    // Neither the log nor what is read for the import.
    if let report,
      let objection = FilePlace.objection(
        toWriting: report, "--report", log: try? shared.path,
        keeping: [file, map, customers.pseudonyms].compactMap { $0 })
    {
      throw CommandFailure.usage(objection)
    }
    do {
      if propose { return try propose(file) }
      let customers = try customers.checked()
      let session = try ImportSession(self, try mapping(), customers)
      defer { session.end() }
      try give(try session.run(file))
    } catch let error as ImportError {
      throw CommandFailure(error)
    }
  }

  /// A file's, or one that is there already.
  private func mapping() throws(ImportError) -> ImportMapping {
    let name = map ?? ""
    if let ready = ReadyMapping.named(name) { return try ready.mapping() }
    do throws(ImportError) { return try ImportMapping(path: name) } catch {
      guard case .file(let what) = error, !name.contains("/"), !name.contains(".") else { throw error }
      throw .file("\(what); --list-maps names those that are there already")
    }
  }

  private func propose(_ file: String) throws {
    let proposal = try MappingProposal(file)
    for note in proposal.notes { StandardError.print(note) }
    let output = Output()
    try output.raw(Array(proposal.json.utf8))
    try output.flush()
  }

  /// The counts, and the exit code that they mean.
  private func give(_ report: ImportReport) throws {
    let output = Output()
    if dryRun { StandardError.print("a dry run: nothing was written") }
    if shared.json {
      try output.json { $0.write(report, isDryRun: dryRun) }
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

extension CommandFailure {
  init(_ error: ImportError) {
    switch error {
    case .mapping(let what), .input(let what): self.init(.badData, what)
    case .file(let what): self.init(.inputOutput, what)
    }
  }
}
