import TallyAudit
import TallyReport
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
