import TallyAudit
import TallyFormat

/// One HTML file without scripts or other files: verdict, facts, violations, items, charts.
struct HTMLReport {
  let findings: AuditReport
  let path: String

  init(_ findings: AuditReport, path: String) {
    self.findings = findings
    self.path = path
  }

  /// Writes the file, replacing what was there.
  func write(to path: String, files: any FileSystem) throws(FileError) {
    let file = try files.open(path, .readWriteOrCreate)
    defer { file.close() }
    let bytes = Array(html.utf8)
    try file.truncate(to: 0)
    try file.write(bytes, at: 0)
  }

  var html: String {
    """
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(escaped(path)): \(findings.verdict.rawValue)</title>
    <style>
    body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1c2430; }
    h1 { font-size: 1.6rem } h2 { font-size: 1.15rem; margin-top: 2rem }
    .verdict { display: inline-block; padding: .2rem .8rem; border-radius: .4rem; color: #fff; background: #b3261e }
    .proven { background: #1a7f4b }
    table { border-collapse: collapse; width: 100% }
    th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #dde2e9; vertical-align: top }
    td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
    td { overflow-wrap: anywhere } code { font-size: .9em }
    svg { width: 100%; height: auto; background: #f7f9fb; border: 1px solid #dde2e9 }
    figcaption { color: #55606e; font-size: .9rem } figure { margin: 1rem 0 }
    </style>
    <h1>\(escaped(path))</h1>
    <p><strong class="verdict \(findings.verdict.rawValue)">\(findings.verdict.rawValue)</strong>
    \(escaped(findings.verdict.meaning)).</p>
    \(facts)
    \(trouble)
    \(violations)
    \(charts)
    \(items)
    \(lines)
    \(refused)
    \(recipes)
    \(snapshots)
    </html>

    """
  }

  private var facts: String {
    table(
      nil, [],
      findings.facts.map { [.text($0.name), .text($0.value)] })
  }

  private var trouble: String {
    var rows = [[Cell]]()
    if let damage = findings.damage {
      rows.append([
        .text("damage"), .text("\(damage.file), byte \(damage.offset), from event \(damage.sequence)"),
        .text(damage.detail),
      ])
    }
    for contradiction in findings.contradictions {
      rows.append([
        .text("contradiction"), .text("\(contradiction.witness), event \(contradiction.sequence)"),
        .text(contradiction.detail),
      ])
    }
    for warning in findings.warnings { rows.append([.text("warning"), .text(""), .text(warning)]) }
    return rows.isEmpty ? "" : table("Findings", ["What", "Where", "Detail"], rows)
  }

  private var violations: String {
    guard findings.violationCount > 0 else { return "" }
    let shown = findings.violations.count
    let title =
      shown == findings.violationCount ? "Violations" : "Violations (the first \(shown) of \(findings.violationCount))"
    return table(
      title, ["Event", "Rule", "Item", "Detail", "Frame"],
      findings.violations.map {
        [
          .number(grouped($0.sequence)), .text($0.rule.rawValue),
          .text($0.sku.map { sku in "\(sku)@" } ?? "", $0.location ?? ""), .text($0.detail),
          .text($0.position.description),
        ]
      })
  }

  private var items: String {
    guard !findings.lowest.isEmpty else { return "" }
    return table(
      "Lowest available by item", ["SKU", "Location", "Lowest", "After event", "On hand now", "Held now"],
      findings.lowest.map {
        [
          .text($0.sku), .text($0.location), .number(grouped($0.available)), .number(grouped($0.sequence)),
          .number(grouped($0.onHand)), .number(grouped($0.held)),
        ]
      })
  }

  private var lines: String {
    guard !findings.waitedFor.isEmpty else { return "" }
    return table(
      "Waited for", ["SKU", "Location", "Reservations in line", "Units waited for", "Available"],
      findings.waitedFor.map {
        [
          .text($0.sku), .text($0.location), .number(grouped($0.reservations)), .number(grouped($0.units)),
          .number(grouped($0.available)),
        ]
      })
  }

  private var refused: String {
    guard !findings.refused.isEmpty else { return "" }
    let bars = findings.refused.map { one in
      let name = one.sku.map { "\($0)@\(one.location ?? "")" } ?? "further items"
      return BarChart.Bar(name: name, parts: [one.insufficient, one.limited])
    }
    let chart = BarChart(
      bars: Array(bars.prefix(20)), parts: [("less was available", "#b3261e"), ("the customer's limit", "#9a6700")])
    return table(
      "Demand that was not met, as the log tells it", ["SKU", "Location", "Asks", "Units", "For lack", "By a limit"],
      findings.refused.map {
        [
          .text($0.sku ?? "further items"), .text($0.location ?? ""), .number(grouped($0.asks)),
          .number(grouped($0.units)), .number(grouped($0.insufficient)), .number(grouped($0.limited)),
        ]
      })
      + "<figure>\(chart.svg)<figcaption>Units refused: \(chart.legend). Repeated asks count again.</figcaption></figure>"
  }

  private var recipes: String {
    guard !findings.recipes.isEmpty else { return "" }
    return table(
      "Recipes", ["SKU", "Location", "One takes"],
      findings.recipes.map { recipe in
        let parts = recipe.parts.map { "\(grouped($0.quantity)) × \($0.sku)@\($0.location)" }
        return [
          .text(recipe.sku), .text(recipe.location),
          .text(parts.joined(separator: ", "), recipe.hasOwnStock ? ", and one of its own stock" : ""),
        ]
      })
  }

  private var snapshots: String {
    guard !findings.snapshots.isEmpty else { return "" }
    return table(
      "Snapshots", ["File", "Status", "Detail"],
      findings.snapshots.map {
        [
          .text($0.file), .text($0.status.rawValue),
          .text($0.detail.isEmpty ? $0.stateDigest?.description ?? "" : $0.detail),
        ]
      })
  }

  private var charts: String {
    guard findings.timeline.count > 1 else { return "" }
    let points = findings.timeline
    let byEvents = LineChart(
      x: points.map { Double($0.sequence) },
      lines: [
        .init(name: "on hand", color: "#2f6fb3", y: points.map { Double($0.onHand) }),
        .init(name: "held", color: "#c4622d", y: points.map { Double($0.held) }),
      ])
    let byTime = LineChart(
      x: points.map { Double($0.time) },
      lines: [.init(name: "events", color: "#1a7f4b", y: points.map { Double($0.sequence) })])
    return """
      <h2>Stock</h2>
      <figure>\(byEvents.svg)<figcaption>Sum over all items, <span style="color:#2f6fb3">on hand</span> and
      <span style="color:#c4622d">held</span>, from event \(grouped(points[0].sequence)) to
      \(grouped(findings.lastSequence)).</figcaption></figure>
      <h2>Events over time</h2>
      <figure>\(byTime.svg)<figcaption>Events so far, from \(utc(points[0].time)) to
      \(utc(findings.lastTime)).</figcaption></figure>
      """
  }

  // MARK: - HTML

  private enum Cell {
    case text(String, String = "")
    case number(String)
  }

  private func table(_ title: String?, _ heads: [String], _ rows: [[Cell]]) -> String {
    var out = title.map { "<h2>\(escaped($0))</h2>\n" } ?? ""
    out += "<table>\n"
    if !heads.isEmpty { out += "<tr>" + heads.map { "<th>\(escaped($0))</th>" }.joined() + "</tr>\n" }
    for row in rows {
      out += "<tr>"
      for cell in row {
        switch cell {
        case .text(let text, let more): out += "<td>\(escaped(text + more))</td>"
        case .number(let text): out += "<td class=\"number\">\(escaped(text))</td>"
        }
      }
      out += "</tr>\n"
    }
    return out + "</table>"
  }
}

/// Text in HTML. SKUs and ids are other people's words.
func escaped(_ text: String) -> String {
  var out = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": out += "&amp;"
    case "<": out += "&lt;"
    case ">": out += "&gt;"
    case "\"": out += "&quot;"
    case "'": out += "&#39;"
    default: out.unicodeScalars.append(scalar)
    }
  }
  return out
}
