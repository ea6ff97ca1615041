import TallyAudit
import TallyFormat
import Tallystick
import Testing

@testable import TallyJetStream

extension TallyLog {
  @discardableResult
  func receive(_ sku: Name, _ quantity: Int64) -> Outcome { append(Command(.receive([Line(sku: sku, quantity)]))) }

  @discardableResult
  func reserve(_ id: Name, _ sku: Name, _ quantity: Int64) -> Outcome {
    append(Command(.reserve(id: id, [Line(sku: sku, quantity)])))
  }
}

extension Outcome {
  /// It happened now, and not before.
  var isAccepted: Bool {
    if case .accepted = self { true } else { false }
  }
}

/// Audits the log and expects it to be proven.
func proven(_ store: StreamLog) throws -> AuditReport {
  let report = try Auditor(store).run()
  #expect(report.verdict == .proven, "\(report)")
  return report
}
