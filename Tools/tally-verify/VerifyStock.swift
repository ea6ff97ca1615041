import ArgumentParser
import TallyAudit
import TallyFormat
import TallyProcess
import TallyProof
import TallyText

/// Checks what is stated about a stock: who says so; and with the log, whether it is so.
struct VerifyStock {
  private let statement: StockStatement
  private let verifier: NoteVerifier
  private let cosigners: [WitnessQuorum.Cosigner]
  private let log: String?
  private let json: Bool

  init(
    _ statement: StockStatement, _ verifier: NoteVerifier, _ cosigners: [WitnessQuorum.Cosigner], log: String?,
    json: Bool
  ) {
    self.cosigners = cosigners
    self.statement = statement
    self.verifier = verifier
    self.log = log
    self.json = json
  }

  /// Prints the verdict.
  ///
  /// - Throws: `ProofFlaw`, `LogError`, or the exit code.
  func run() throws {
    let (head, isSigned) = try statement.check(verifier)
    guard let log else {
      guard isSigned else {
        throw ProofFlaw.refuted("nobody has signed its figures: only who has the log can check them (--log)")
      }
      return try tell("signed", head, isSigned, "SIGNED, not proven")
    }
    var options = AuditOptions()
    options.treeHead = head
    options.stock = StockQuestion(
      sku: statement.figures.sku, location: statement.figures.location, sequence: statement.figures.sequence)
    let report = try Auditor(LogDirectory(log), options: options).run()
    if let flaw = flaw(report, head) {
      if json {
        try StandardOutput.line(object("\(flaw.verdict.rawValue)", head, isSigned, detail: flaw.detail))
      }
      complain("\(log): \(flaw.detail)")
      throw ExitCode(flaw.verdict == .damaged ? 65 : 1)
    }
    try tell("proven", head, isSigned, "PROVEN")
  }

  /// Why the log does not bear the statement out; `nil`: it does. What happened after the event is not looked at, but for the
  /// checkpoint.
  private func flaw(_ report: AuditReport, _ head: TreeHead) -> (verdict: Verdict, detail: String)? {
    let figures = statement.figures
    if let damage = report.damage, report.lastSequence < figures.sequence {
      return (.damaged, "\(damage.file) is damaged at byte \(damage.offset): \(damage.detail)")
    }
    if let contradiction = report.contradictions.first { return (.inconsistent, contradiction.detail) }
    if report.damage != nil, UInt64(report.frames) < head.size {
      return (.damaged, "it is damaged before the checkpoint's last frame")
    }
    if let first = report.violations.first, first.sequence <= figures.sequence {
      return (.violated, "event \(first.sequence) breaks the rule \(first.rule.rawValue): \(first.detail)")
    }
    guard let found = report.stock else {
      return (.inconsistent, "after event \(figures.sequence) there was no such item")
    }
    let stated = StockFinding(
      onHand: figures.onHand, held: figures.held, floor: figures.floor, changed: figures.changed, time: figures.time,
      stateDigest: figures.stateDigest)
    guard found != stated else { return nil }
    let what =
      "after event \(figures.sequence) there were \(found.onHand) on hand and \(found.held) held, with a floor of"
      + " \(found.floor)"
    return (.inconsistent, found.stateDigest == stated.stateDigest ? what : "\(what), and the state was another one")
  }

  private func tell(_ verdict: String, _ head: TreeHead, _ isSigned: Bool, _ word: String) throws {
    if json { return try StandardOutput.line(object(verdict, head, isSigned, detail: nil)) }
    let figures = statement.figures
    try StandardOutput.line(
      "\(word): \(figures.sku)@\(figures.location) had \(figures.available) available (\(figures.onHand) on hand,"
        + " \(figures.held) held, floor \(figures.floor)) after event \(figures.sequence), at"
        + " \(Timestamp.text(figures.time))")
    let who = isSigned ? "\(head.origin) has signed these figures" : "nobody has signed these figures"
    try StandardOutput.line(
      "  \(who), and the checkpoint of \(head.size) frames that they stand under"
        + (verdict == "proven"
          ? "; the log has those frames, kept every rule up to there, and comes to the same figures and state"
          : ". Whether they are right is shown by the log: --log DIR") + VerifyProof.words(cosigners))
  }

  private func object(_ verdict: String, _ head: TreeHead, _ isSigned: Bool, detail: String?) -> String {
    let figures = statement.figures
    var json = JSONWriter()
    json.object { json in
      json.field("verdict", verdict)
      json.field("type", StockStatement.type)
      json.field("origin", head.origin)
      json.field("log", figures.log)
      json.field("seq", figures.sequence)
      json.write(figures)
      json.field("signed", isSigned)
      json.field("frames", head.size)
      json.write(cosigners)
      if let detail { json.field("detail", detail) }
    }
    return String(decoding: json.bytes, as: UTF8.self)
  }
}
