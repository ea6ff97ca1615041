import TallyAudit
import TallyText

/// How anybody checks this again.
extension AuditPage {
  var repeating: String {
    var rows: [[Table.Cell]] = [
      [.text("Log"), .code(findings.log?.description ?? "unknown")],
      [.text("Last event"), .text(grouped(findings.lastSequence))],
      [.text("Head hash"), .code(findings.head.hash.description)],
      [.text("State digest"), .code(findings.agreedStateDigest?.description ?? "none: a rule is broken")],
    ]
    if let snapshot = findings.snapshots.last(where: { $0.status == .consistent }), let digest = snapshot.stateDigest {
      rows.append([.text("Newest snapshot"), .code(snapshot.file)])
      rows.append([.text("Its digest"), .code(digest.description)])
    }
    let table = Table(caption: "What must come out again", heads: ["Figure", "Value"], rows: rows)
    return section(
      "repeating", "How to repeat this audit", paragraph("This report was made with"), command(origin.commandLine),
      paragraph(
        "Anybody who has the log, or a copy of it, may run it again, on any machine; it writes nothing into the log. As long as "
          + "nothing was added, the same figures come out."), table.html, later, snapshotWords)
  }

  /// A log grows: what proves later that it still begins with what was judged here.
  private var later: String {
    guard findings.head.nextFrame > 0, let log = findings.log else { return "" }
    var json = JSONWriter()
    json.object {
      $0.field("log", log.description)
      $0.field("last_seq", findings.lastSequence)
      $0.field("head_hash", findings.head.hash.description)
      $0.field("frames", findings.frames)
      $0.field("epoch", findings.head.epoch)
      if let digest = findings.agreedStateDigest { $0.field("state_digest", digest.description) }
    }
    return paragraph(
      "When the log has grown, these lines show whether it still begins with what was judged here: save the first as "
        + "checkpoint.json, and run the second.") + command(json.text, id: "checkpoint")
      + command("tally-verify \(ReportOrigin.quoted(origin.path)) --from-checkpoint checkpoint.json")
  }

  private var snapshotWords: String {
    guard findings.snapshots.contains(where: { $0.status == .consistent }) else { return "" }
    return paragraph(
      "A snapshot's state digest needs no program of ours: lz4 -dc FILE | sha256sum prints it.", style: "note")
  }

  private func command(_ text: String, id: String? = nil) -> String {
    "<pre\(id.map { " id=\"\($0)\"" } ?? "")><code>\(escaped(text))</code></pre>\n"
  }
}
