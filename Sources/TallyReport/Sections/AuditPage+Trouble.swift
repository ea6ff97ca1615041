import TallyAudit

/// What is wrong, and what a reader should know.
extension AuditPage {
  private static let mostListed = 50

  var trouble: String {
    let parts = [damage, contradictions, violations, warnings].joined()
    return parts.isEmpty ? "" : section("findings", "What was found", parts)
  }

  private var damage: String {
    guard let damage = findings.damage else { return "" }
    return Table(
      caption: "Damage", heads: ["File", "Byte", "From event", "Detail"],
      rows: [
        [
          .code(damage.file), .number(grouped(damage.offset)), .number(grouped(damage.sequence)), .text(damage.detail),
        ]
      ]
    ).html
  }

  private var contradictions: String {
    guard !findings.contradictions.isEmpty else { return "" }
    let shown = findings.contradictions.prefix(AuditPage.mostListed)
    return Table(
      caption: "Contradictions", heads: ["Witness", "Event", "Detail"],
      rows: shown.map { [.term($0.witness), .number(grouped($0.sequence)), .text($0.detail)] },
      others: findings.contradictions.count - shown.count
    ).html
  }

  private var violations: String {
    guard findings.violationCount > 0 else { return "" }
    let shown = findings.violations.prefix(100)
    return Table(
      caption: "Violations, in the log's order", heads: ["Event", "Rule", "Item", "Detail", "Where"],
      rows: shown.map { violation in
        let item = violation.sku.map { HistoryItem(sku: $0, location: violation.location ?? "main").name } ?? ""
        return [
          .number(grouped(violation.sequence)), .term(violation.rule.rawValue), .text(item), .text(violation.detail),
          .text(violation.position.description),
        ]
      }, others: findings.violationCount - shown.count
    ).html
  }

  private var warnings: String {
    guard !findings.warnings.isEmpty else { return "" }
    let shown = findings.warnings.prefix(AuditPage.mostListed)
    return Table(
      caption: "Worth knowing, though it changes no verdict", heads: ["No.", "Warning"],
      rows: shown.enumerated().map { [.text("\($0.offset + 1)"), .text($0.element)] },
      others: findings.warnings.count - shown.count
    ).html
  }
}
