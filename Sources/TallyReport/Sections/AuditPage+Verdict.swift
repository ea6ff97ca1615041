import TallyAudit

/// What comes first: the verdict, of what, against what.
extension AuditPage {
  var verdict: String {
    let isProven = findings.verdict == .proven
    return """
      <div class="verdict\(isProven ? "" : " bad")" role="status">
      <strong>\(findings.verdict.rawValue)</strong>
      \(paragraph(sentence(findings.verdict.meaning)))\(paragraph(checked))\(paragraph(against))\(paragraph(judged, style: "note"))</div>

      """
  }

  private func sentence(_ words: String) -> String { words.prefix(1).uppercased() + words.dropFirst() + "." }

  private var checked: String {
    guard findings.events > 0 else {
      return findings.frames > 0 || findings.damage == nil ? "The log has no events." : "No event could be read."
    }
    var text = "Checked: \(counted(findings.events, "event")), number \(grouped(findings.firstSequence)) to "
    text += "\(grouped(findings.lastSequence)), in \(counted(findings.frames, "frame")), from "
    text += "\(Moments.range(findings.firstTime, findings.lastTime))."
    if let remembered = findings.rememberedSequence {
      text += " Those up to event \(grouped(remembered)) an earlier audit had proven, whose signed notes were checked; "
      text += "this one judged what has come since, and its charts begin there."
    }
    return text
  }

  private var against: String {
    let consistent = findings.snapshots.count { $0.status == .consistent }
    var parts = [origin.checkpoint.map { "Compared with \($0)" } ?? "No checkpoint was given to compare it with"]
    if !findings.snapshots.isEmpty {
      parts.append(
        "snapshots that agree with the replay: \(grouped(consistent)) of \(grouped(findings.snapshots.count))")
    }
    if findings.tornBytes > 0 {
      parts.append("\(grouped(findings.tornBytes)) bytes at the end are of a frame that was never acknowledged")
    }
    return parts.joined(separator: "; ") + "."
  }

  private var judged: String {
    "The audit recomputed the hash of every frame and its tie to the one before, and judged after every event, with a fold of "
      + "its own, whether anything on hand, held or available is below zero, an id is used or a hold settled twice, limits, "
      + "floors and recipes were kept, holds expired in time, and whoever waits was served in turn."
  }

  var tiles: String {
    var tiles = [("Events", grouped(findings.events), false), ("Reservations", grouped(findings.reservations), false)]
    tiles.append(("Items", grouped(findings.items), false))
    if let least = findings.minAvailable { tiles.append(("Least available", grouped(least), least < 0)) }
    if findings.violationCount > 0 { tiles.append(("Violations", grouped(findings.violationCount), true)) }
    if let refused = findings.history?.refusals, refused.isKept {
      tiles.append(("Asks refused", grouped(refused.asks.reduce(0, &+)), false))
    }
    if findings.waited > 0 { tiles.append(("Stood in line", grouped(findings.waited), false)) }
    if let expired = findings.history?.expiries, expired.count > 0 {
      tiles.append(("Holds expired", grouped(expired.count), false))
    }
    let cells = tiles.map { "<div><dt>\($0.0)</dt><dd\($0.2 ? " class=\"bad\"" : "")>\(escaped($0.1))</dd></div>" }
    return "<dl class=\"tiles\">\(cells.joined())</dl>\n"
  }
}
