import TallyAudit
import TallyFormat

/// One page that needs nothing else: the verdict, the facts, what is wrong, and stock over the log's history.
struct HTMLReport {
  private let report: AuditReport
  private let path: String

  init(_ report: AuditReport, path: String) {
    self.report = report
    self.path = path
  }

  func write(to file: String) throws {
    let files = LocalFileSystem()
    do throws(FileError) {
      let output = try files.open(file, .readWriteOrCreate)
      defer { output.close() }
      try output.truncate(to: 0)
      try output.write(Array(html.utf8), at: 0)
    } catch {
      throw Exit.fail("the report cannot be written: \(error)", code: 74)
    }
  }

  private var html: String {
    let color = report.verdict == .proven ? "#1a7f37" : "#b42318"
    var page = """
      <!doctype html><html lang="en"><meta charset="utf-8"><title>Audit of \(escaped(path))</title>
      <style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1f2328}
      h1 b{color:\(color)}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;
      border-bottom:1px solid #d8dee4;overflow-wrap:anywhere;vertical-align:top}th{white-space:nowrap}
      td.n{text-align:right}svg{width:100%;height:auto}</style>
      <h1>\(escaped(path)): <b>\(report.verdict.rawValue)</b></h1><table>
      """
    for (name, value) in TextReport.facts(report) { page += "<tr><th>\(name)<td>\(escaped(value))" }
    page += "</table>\(chart)"
    let findings = report.findings
    if !findings.isEmpty {
      page += "<h2>What is wrong</h2><table><tr><th>Event<th>Rule<th>Item<th>Where<th>What"
      for finding in findings {
        let item = [finding.sku, finding.location].compactMap { $0 }.joined(separator: "@")
        page += "<tr><td class=n>\(finding.sequence)<td>\(finding.rule)<td>\(escaped(item))"
        page += "<td>\(escaped(finding.file)) at byte \(finding.offset)<td>\(escaped(finding.detail))"
      }
      page += "</table>"
    }
    if !report.lowest.isEmpty {
      page += "<h2>Where stock came closest to nothing</h2><table><tr><th>Item<th>Lowest available<th>After event"
      page += "<th>On hand now<th>Held now"
      for item in report.lowest {
        page += "<tr><td>\(escaped(item.sku))@\(escaped(item.location))<td class=n>\(item.available)"
        page += "<td class=n>\(item.sequence)<td class=n>\(item.onHand)<td class=n>\(item.held)"
      }
      page += "</table>"
    }
    for warning in report.warnings { page += "<p>Warning: \(escaped(warning))" }
    return page + "\n"
  }

  /// On hand and held, summed over all items, along the log.
  private var chart: String {
    let points = report.timeline
    guard points.count > 1, let top = points.map(\.onHand).max(), top > 0 else { return "" }
    func line(_ value: (TimelinePoint) -> Int64) -> String {
      points.enumerated().map { index, point in
        let x = 10 + 780 * index / (points.count - 1)
        let y = 190 - Int(Double(value(point)) / Double(top) * 170)
        return "\(x),\(y)"
      }.joined(separator: " ")
    }
    return """
      <h2>Stock over the log's history</h2><svg viewBox="0 0 800 220" role="img" aria-label="stock over time">
      <line x1="10" y1="190" x2="790" y2="190" stroke="#8c959f"/>
      <polyline points="\(line(\.onHand))" fill="none" stroke="#0969da" stroke-width="2"/>
      <polyline points="\(line(\.held))" fill="none" stroke="#bf8700" stroke-width="2"/>
      <text x="10" y="14" font-size="12" fill="#0969da">on hand, all items (up to \(top))</text>
      <text x="250" y="14" font-size="12" fill="#bf8700">held</text>
      <text x="10" y="210" font-size="12">event \(points.first?.sequence ?? 0)</text>
      <text x="790" y="210" font-size="12" text-anchor="end">event \(points.last?.sequence ?? 0)</text></svg>
      """
  }

  private func escaped(_ text: String) -> String {
    text.reduce(into: "") { out, character in
      switch character {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      default: out.append(character)
      }
    }
  }
}
