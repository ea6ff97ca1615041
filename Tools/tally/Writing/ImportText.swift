import TallyImport
import TallyJSON
import TallyText
import Tallystick

/// An import's counts, for people.
enum ImportText {
  static func lines(_ report: ImportReport) -> [String] {
    var table = Table([("rows", .left), ("", .right)])
    table.add("accepted", "\(report.rowAnswers.accepted)")
    if report.rowAnswers.repeated > 0 { table.add("repeated (the log had them)", "\(report.rowAnswers.repeated)") }
    for reason in Rejection.Reason.allCases {
      if let rows = report.rowAnswers.rejected[reason] { table.add("rejected: \(reason.rawValue)", "\(rows)") }
    }
    if report.rowAnswers.invalid > 0 { table.add("invalid", "\(report.rowAnswers.invalid)") }
    if report.rowAnswers.failed > 0 { table.add("outcome unknown", "\(report.rowAnswers.failed)") }
    for reason in ImportReport.SkipReason.allCases {
      if let rows = report.skipped[reason] { table.add("skipped: \(reason.rawValue)", "\(rows)") }
    }
    if report.unsent > 0 { table.add("not asked for", "\(report.unsent)") }
    table.add("all", "\(report.rows)")

    var commands = Table([
      ("commands", .left), ("accepted", .right), ("repeated", .right), ("rejected", .right), ("units", .right),
    ])
    for kind in ImportReport.CommandKind.allCases {
      guard let count = report.commands[kind] else { continue }
      commands.add(
        kind.rawValue, "\(count.accepted)", "\(count.repeated)", "\(count.rejectedTotal)",
        kind == .commit ? "" : "\(report.units[kind, default: 0])")
    }
    var lines = table.lines + [""] + commands.lines + ["", "last event \(report.lastSequence)"]
    if report.lateRows > 0 { lines.append("\(report.lateRows) rows were recorded later than they are dated") }
    return lines + notes(report)
  }

  /// What was done to what the file has, once each.
  private static func notes(_ report: ImportReport) -> [String] {
    var notes = [String]()
    if report.trimmedFields > 0 {
      notes.append("\(report.trimmedFields) fields had blanks around them, which were left out")
    }
    if report.shortenedNames > 0 {
      notes.append(
        "\(report.shortenedNames) names above 64 bytes were shortened: 47 bytes, ~, 16 digits of their SHA-256")
    }
    if report.parts > 0 {
      notes.append("documents with more than \(Limits.maxLinesPerEvent) items were cut: \(report.parts) more commands")
    }
    if !report.ignoredColumns.isEmpty {
      let names = report.ignoredColumns.map { "\"\($0)\"" }.joined(separator: ", ")
      notes.append("the mapping does not look at \(names): if that says what a row means, see \"rows\"")
    }
    if report.isSorted {
      notes.append("rows were sorted: the file has them in another order, or documents stand apart")
    }
    return notes
  }

  /// The mappings that are there already.
  static func give(_ mappings: [ReadyMapping], json: Bool) throws {
    try Output.reading { output in
      if json {
        for mapping in mappings {
          try output.json { writer in
            writer.beginObject()
            writer.field("name", mapping.name)
            writer.field("title", mapping.title)
            writer.field("mapping", mapping.json)
            writer.endObject()
          }
        }
        return
      }
      var table = Table([("name", .left), ("what it reads", .left)])
      for mapping in mappings { table.add(mapping.name, mapping.title) }
      for line in table.lines { try output.line(line) }
    }
  }
}

extension JSONWriter {
  /// An import's counts as one object: `rows` is the sum of what follows it up to `unsent`.
  mutating func write(_ report: ImportReport, isDryRun: Bool) {
    beginObject()
    field("dry_run", isDryRun)
    field("rows", report.rows)
    write(report.rowAnswers)
    key("skipped")
    beginObject()
    for reason in ImportReport.SkipReason.allCases { field(reason.key, report.skipped[reason, default: 0]) }
    endObject()
    field("unsent", report.unsent)
    key("commands")
    beginObject()
    for kind in ImportReport.CommandKind.allCases {
      guard let count = report.commands[kind] else { continue }
      key(kind.key)
      beginObject()
      write(count)
      field("units", report.units[kind, default: 0])
      endObject()
    }
    endObject()
    field("opening_items", report.openingItems)
    field("late_rows", report.lateRows)
    field("trimmed_fields", report.trimmedFields)
    field("shortened_names", report.shortenedNames)
    field("parts", report.parts)
    field("sorted", report.isSorted)
    key("ignored_columns")
    beginArray()
    for name in report.ignoredColumns { string(name.utf8) }
    endArray()
    key("problems")
    beginArray()
    for problem in report.problems {
      beginObject()
      field("reason", problem.reason)
      field("rows", problem.rows)
      field("example", problem.example)
      endObject()
    }
    endArray()
    field("last_line", report.lastLine)
    field("last_seq", report.lastSequence)
    field("stopped", report.isStopped)
    if let failure = report.failure { field("failure", failure) }
    endObject()
  }

  private mutating func write(_ count: ImportReport.Count) {
    field("accepted", count.accepted)
    field("repeated", count.repeated)
    key("rejected")
    beginObject()
    for reason in Rejection.Reason.allCases {
      if let rows = count.rejected[reason] { field(reason.key, rows) }
    }
    endObject()
    field("invalid", count.invalid)
    field("failed", count.failed)
  }
}

extension ImportReport.SkipReason {
  fileprivate var key: StaticString {
    switch self {
    case .blank: "blank"
    case .notStock: "not-stock"
    case .zeroQuantity: "zero-quantity"
    case .bySign: "by-sign"
    case .malformed: "malformed"
    case .notUTF8: "not-utf8"
    case .noRow: "no-row"
    case .leftOut: "left-out"
    case .nothingToCancel: "nothing-to-cancel"
    }
  }
}

extension ImportReport.CommandKind {
  fileprivate var key: StaticString {
    switch self {
    case .opening: "opening"
    case .receive: "receive"
    case .order: "order"
    case .commit: "commit"
    case .returned: "return"
    case .writeOff: "write-off"
    case .found: "found"
    case .count: "count"
    case .transfer: "transfer"
    case .cancel: "cancel"
    case .amend: "amend"
    case .stockList: "stock-list"
    }
  }
}

extension Rejection.Reason {
  fileprivate var key: StaticString {
    switch self {
    case .time: "time"
    case .conflict: "conflict"
    case .unknownReservation: "unknown-reservation"
    case .settled: "settled"
    case .expired: "expired"
    case .unknownItem: "unknown-item"
    case .changed: "changed"
    case .limit: "limit"
    case .insufficient: "insufficient"
    case .overflow: "overflow"
    }
  }
}
