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
    return lines
  }
}

extension JSONWriter {
  /// An import's counts as one object: `rows` is the sum of what follows it up to `unsent`.
  mutating func write(_ report: ImportReport) {
    beginObject()
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
