import ArgumentParser
import Glibc
import TallyAudit
import TallyFormat
import TallyProcess
import TallyReport
import TallyText

/// The report for people, and what it is to show.
struct ReportOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write a report that a browser shows, without any other file, and that prints well. It takes a second reading of the "
        + "log.", valueName: "file.html"))
  var report: String?

  @Option(
    help: ArgumentHelp(
      "Draw this item's stock over time in the report, at all its locations or at one; may be given several times, of which "
        + "the first \(HistoryRequest.mostItems) are drawn (default: those that ran lowest, and those most asked for).",
      valueName: "sku[@location]"))
  var item: [String] = []

  func validate() throws {
    guard report?.isEmpty != true else { throw ValidationError("--report needs a name.") }
    guard report != nil || item.isEmpty else { throw ValidationError("--item goes with --report.") }
    for text in item {
      let wanted = ReportOptions.item(text)
      for name in [wanted.sku] + (wanted.location.map { [$0] } ?? []) {
        if let flaw = name.flaw() { throw ValidationError("--item \(text.printable): a name of it \(flaw).") }
      }
    }
  }

  /// What the audit must gather; `nil`: no report is wanted.
  var history: HistoryRequest? {
    report == nil ? nil : HistoryRequest(items: item.map(ReportOptions.item))
  }

  /// Split at the last `@`, as everywhere.
  private static func item(_ text: String) -> HistoryRequest.Item {
    guard let at = text.utf8.lastIndex(of: UInt8(ascii: "@")) else { return .init(sku: Name(text), location: nil) }
    return .init(sku: Name(text[..<at]), location: Name(text[text.utf8.index(after: at)...]))
  }

  /// Writes the file, replacing what was there; says on standard error which items there are none of.
  func write(
    _ findings: AuditReport, path: String, checkpoint: CheckpointFile?
  ) throws(OutputFile.Failure) {
    guard let report else { return }
    for item in findings.history?.unknownItems ?? [] {
      let place = item.location.isEmpty ? "" : "@\(item.location)"
      complain("there is no item \(item.sku)\(place) in the log: the report goes without it")
    }
    let origin = ReportOrigin(
      path: path, command: ["tally-verify"] + CommandLine.arguments.dropFirst(), checkpoint: checkpoint?.words,
      made: WallClock.milliseconds, version: ProgramVersion.current)
    let bytes = Array(AuditPage(findings, origin: origin).html.utf8)
    try OutputFile(report).write(bytes)
  }
}

extension CheckpointFile {
  /// Of which log's what it is, for people.
  fileprivate var words: String {
    switch self {
    case .signed(let head): "a signed checkpoint of \(head.origin): \(grouped(head.size)) frames, root \(head.root)"
    case .plain(let checkpoint):
      "a checkpoint that was written down: event \(grouped(checkpoint.head.lastSequence)), head hash \(checkpoint.head.hash)"
    }
  }
}
