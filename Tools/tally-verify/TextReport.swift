import TallyAudit

/// What was found, for people.
struct TextReport {
  private let report: AuditReport
  private let listsSnapshots: Bool

  init(_ report: AuditReport, listsSnapshots: Bool) {
    self.report = report
    self.listsSnapshots = listsSnapshots
  }

  /// The facts in the order in which people ask for them.
  static func facts(_ report: AuditReport) -> [(String, String)] {
    var facts = [
      ("verdict", "\(report.verdict.rawValue)\(meaning(report.verdict))"),
      ("log", report.log?.description ?? "unknown"),
      ("events", report.events == 0 ? "none" : "\(report.events), from \(report.firstSequence) to \(report.lastSequence)"),
      ("frames", "\(report.frames)"),
      ("reservations", "\(report.reservations)"),
      ("items", "\(report.items)"),
    ]
    if let least = report.minAvailable, let sequence = report.minAvailableSequence {
      facts.append(("lowest available", "\(least), after event \(sequence)"))
    }
    facts.append(("head hash", report.headHash.description))
    facts.append(("state digest", report.stateDigest.description))
    if report.tornBytes > 0 {
      facts.append(("torn tail", "\(report.tornBytes) bytes of a frame that was never acknowledged"))
    }
    let checked = report.snapshots.filter { $0.status == .consistent }.count
    facts.append(("snapshots", report.snapshots.isEmpty ? "none" : "\(checked) of \(report.snapshots.count) agree with the log"))
    let rate = report.seconds > 0 ? Int(Double(report.events) / report.seconds) : 0
    facts.append(("took", "\((report.seconds * 1000).rounded() / 1000) s, \(rate) events/s"))
    return facts
  }

  private static func meaning(_ verdict: Verdict) -> String {
    switch verdict {
    case .proven: ": the chain is whole, and every rule held after every event"
    case .violated: ": the bytes are intact, but an event breaks a rule"
    case .inconsistent: ": the log contradicts a checkpoint or a snapshot"
    case .damaged: ": bytes that cannot be trusted; what is said holds up to there"
    }
  }

  var text: String {
    var text = ""
    for (name, value) in TextReport.facts(report) {
      text += name + String(repeating: " ", count: 18 - name.count) + value + "\n"
    }
    let findings = report.findings
    if !findings.isEmpty { text += "\n" }
    for finding in findings {
      let item = finding.sku.map { " \($0)\(finding.location == "main" ? "" : "@\(finding.location ?? "")")" } ?? ""
      text += "event \(finding.sequence)  \(finding.rule)\(item)  \(finding.file) at byte \(finding.offset): \(finding.detail)\n"
    }
    let unlisted = report.violationCount - report.violations.count
    if unlisted > 0 { text += "and \(unlisted) more violations\n" }
    if listsSnapshots {
      for snapshot in report.snapshots {
        text += "snapshot \(snapshot.sequence)  \(snapshot.status.rawValue)  \(snapshot.stateDigest?.description ?? "")"
        text += snapshot.detail.isEmpty ? "\n" : "  \(snapshot.detail)\n"
      }
    }
    for warning in report.warnings { text += "warning: \(warning)\n" }
    return text
  }
}
