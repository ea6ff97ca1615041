import TallyAudit
import TallyText

/// What people see on a terminal or in a pipe.
struct TextReport {
  let findings: AuditReport
  let path: String
  let listsSnapshots: Bool

  init(_ findings: AuditReport, path: String, listsSnapshots: Bool) {
    self.findings = findings
    self.path = path
    self.listsSnapshots = listsSnapshots
  }

  var text: String {
    var lines = ["\(findings.verdict.rawValue.uppercased())  \(findings.verdict.meaning)", ""]
    let width = findings.facts.map(\.name.count).max() ?? 0
    for fact in findings.facts { lines.append("  \(padded(fact.name, width))  \(fact.value)") }
    if let damage = findings.damage {
      lines += [
        "", "damage", "  \(damage.file), byte \(damage.offset), from event \(damage.sequence): \(damage.detail)",
      ]
    }
    if !findings.contradictions.isEmpty {
      lines += ["", "contradictions"]
      lines += findings.contradictions.map { "  \($0.witness) at event \($0.sequence): \($0.detail)" }
    }
    lines += violations
    if listsSnapshots {
      lines += ["", "snapshots"]
      if findings.snapshots.isEmpty { lines.append("  none") }
      for snapshot in findings.snapshots {
        let detail = snapshot.detail.isEmpty ? snapshot.stateDigest.map { "state \($0)" } ?? "" : snapshot.detail
        lines.append("  \(snapshot.file)  \(padded(snapshot.status.rawValue, 12))  \(detail)")
      }
    }
    if !findings.warnings.isEmpty { lines += ["", "warnings"] + findings.warnings.map { "  \($0)" } }
    // A hostile log may hold names that are none.
    return lines.map(\.printable).joined(separator: "\n")
  }

  private var violations: [String] {
    guard findings.violationCount > 0 else { return [] }
    var lines = ["", "violations (\(grouped(findings.violationCount)))"]
    for violation in findings.violations {
      let item = violation.sku.map { " \($0)@\(violation.location ?? "")" } ?? ""
      lines.append("  event \(violation.sequence)  \(violation.rule.rawValue)\(item): \(violation.detail)")
      lines.append("    in \(violation.position)")
    }
    let others = findings.violationCount - findings.violations.count
    if others > 0 { lines.append("  and \(grouped(others)) more") }
    return lines
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 0))
  }
}

extension Verdict {
  var meaning: String {
    switch self {
    case .proven: "the chain is whole and every rule held after every event"
    case .violated: "the chain is whole, but an event breaks a rule"
    case .inconsistent: "the log contradicts a checkpoint or a snapshot"
    case .damaged: "there are bytes that cannot be trusted; what follows holds for the part before them"
    }
  }
}

extension AuditReport {
  /// The table of facts, for people.
  var facts: [(name: String, value: String)] {
    var facts = [
      ("log", log?.description ?? "unknown"),
      ("events", events == 0 ? "0" : "\(grouped(events)) (\(grouped(firstSequence)) to \(grouped(lastSequence)))"),
    ]
    if let rememberedSequence {
      facts.append(("judged before", "up to event \(grouped(rememberedSequence)), by an audit that is remembered"))
    }
    if events > 0 { facts.append(("time", "\(utc(firstTime)) to \(utc(lastTime))")) }
    facts += [("frames", grouped(frames)), ("reservations", grouped(reservations))]
    if waited > 0 {
      facts.append(
        (
          "stood in line",
          "\(grouped(waited)), of whom \(grouped(filled)) were filled\(violationCount == 0 ? " in their turn" : "")"
            + " and \(grouped(waiting)) still wait"
        ))
    }
    if consumers > 0 {
      facts.append(("consumers", "\(grouped(consumers)), all of whom have handled event \(grouped(lowestConsumed))"))
    }
    facts += [
      ("items", grouped(items)),
      (
        "lowest available",
        minAvailable.map { "\(grouped($0)), after event \(grouped(minAvailableSequence ?? 0))" } ?? "no stock was taken"
      ),
      ("head hash", head.hash.description),
      ("state digest", agreedStateDigest?.description ?? "none: a rule is broken"),
    ]
    if tornBytes > 0 { facts.append(("torn bytes", "\(grouped(tornBytes)) of a frame that was never acknowledged")) }
    if !snapshots.isEmpty {
      let good = snapshots.count { $0.status == .consistent }
      facts.append(("snapshots", "\(good) of \(snapshots.count) consistent"))
    }
    let rate = seconds > 0 ? Int(Double(events) / seconds) : 0
    facts.append(("took", "\(hundredths(seconds)) s, \(grouped(rate)) events/s"))
    return facts
  }
}

private func hundredths(_ seconds: Double) -> String {
  let whole = Int((seconds * 100).rounded())
  return "\(whole / 100).\(String(100 + whole % 100).dropFirst())"
}
