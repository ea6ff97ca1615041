import TallyAudit
import TallyText

extension AuditReport {
  /// The table of facts, for people.
  package var facts: [(name: String, value: String)] {
    var facts = [
      ("log", log?.description ?? "unknown"),
      ("events", events == 0 ? "0" : "\(grouped(events)) (\(grouped(firstSequence)) to \(grouped(lastSequence)))"),
    ]
    if let rememberedSequence {
      facts.append(("judged before", "up to event \(grouped(rememberedSequence)), by an audit that is remembered"))
    }
    if events > 0 { facts.append(("time", "\(Timestamp.text(firstTime)) to \(Timestamp.text(lastTime))")) }
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
