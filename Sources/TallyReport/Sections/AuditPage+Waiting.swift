import TallyAudit
import TallyFormat

/// Who waited, and when they were served.
extension AuditPage {
  private static let mostWanted = 20

  var waiting: String {
    guard let history = findings.history else { return "" }
    let waits = history.waiting
    let title = "Who waited, and when they were served"
    guard waits.joined + waits.filled + waits.gaveUp + waits.withdrawn + waits.stillCount > 0 else {
      return section("waiting", title, paragraph("Nobody stood in line."))
    }
    return section(
      "waiting", title, paragraph(outcome(waits)), paragraph(turns), lineChart(waits), served(waits),
      list("The longest waits that were served", waits.longest, of: waits.filled, ended: "Served (UTC)"),
      list(
        "The longest waits in vain: their time was over", waits.longestInVain, of: waits.gaveUp, ended: "Gave up (UTC)"),
      list("Who waits still, the first in line first", waits.still, of: waits.stillCount, ended: nil), wanted)
  }

  private func outcome(_ waits: WaitingHistory) -> String {
    "\(counted(waits.joined, "reservation")) joined a line; \(grouped(waits.filled)) got what they waited for, "
      + "\(grouped(waits.gaveUp)) gave up when their time was over, \(grouped(waits.withdrawn)) withdrew, and "
      + "\(grouped(waits.stillCount)) \(waits.stillCount == 1 ? "waits" : "wait") still."
  }

  /// Whether anybody jumped the queue.
  private var turns: String {
    let rules: Set<Rule> = [.overtaking, .fillingLate, .filledWithoutStock, .notWaiting]
    let broken = findings.violations.count { rules.contains($0.rule) }
    if broken > 0 {
      return
        "Turns were not kept: \(counted(broken, "of the violations above is", "of the violations above are")) about it."
    }
    if findings.violationCount > findings.violations.count {
      return "None of the violations listed above is about turns; there are more than are listed."
    }
    return
      "Nobody was overtaken: after every event, what came free went to whoever had stood in line longest and could be "
      + "served from it, and to nobody who came later."
  }

  private func lineChart(_ waits: WaitingHistory) -> String {
    let points = waits.line.points
    guard !points.isEmpty else { return "" }
    let most = points.map(\.value).max() ?? 0
    let chart = StepChart(
      span: waits.line.span,
      lines: [
        .init(name: "in line", style: "available", points: points.map { ($0.time, $0.value) }, isFilled: true)
      ], spots: Spots.of([("in line", waits.line)]),
      description: "Reservations in line over time; at most \(grouped(most)).")
    return figure(chart.svg, caption: "Reservations that stood in line, over time; at most \(grouped(most)) at once.")
  }

  private func served(_ waits: WaitingHistory) -> String {
    guard waits.filled > 0 else { return "" }
    let most = Double(waits.served.max() ?? 1)
    let bounds = WaitingHistory.bounds
    let used = waits.served.indices.filter { waits.served[$0] > 0 }
    guard let first = used.first, let last = used.last else { return "" }
    return Table(
      caption: "How long those waited who were served", heads: ["Waited", "Reservations", "Share"],
      rows: (first...last).map { index in
        let words =
          index < bounds.count
          ? "less than \(Moments.duration(bounds[index]))" : "\(Moments.duration(bounds[index - 1])) or longer"
        let count = waits.served[index]
        return [.text(words), .number(grouped(count)), .bar(Double(count) / max(most, 1), style: "wait")]
      }
    ).html
  }

  private func list(_ caption: String, _ waits: [WaitingHistory.Wait], of count: Int, ended: String?) -> String {
    guard !waits.isEmpty else { return "" }
    return Table(
      caption: caption,
      heads: ["Reservation", "Waited for", "Joined (UTC)", ended ?? "Has waited"] + (ended == nil ? [] : ["Waited"]),
      rows: waits.map { wait in
        let item = wait.item?.name ?? "nothing that there is"
        let more = wait.moreItems > 0 ? " and \(counted(wait.moreItems, "more item"))" : ""
        var row: [Table.Cell] = [
          .code(wait.id), .text("\(grouped(wait.units)) of \(item)\(more)"),
          .pair(Moments.clock(wait.joinedTime), "event \(grouped(wait.joined))"),
        ]
        if ended == nil {
          row.append(.number(Moments.duration(wait.duration)))
        } else {
          row.append(.pair(Moments.clock(wait.endedTime), "event \(grouped(wait.ended))"))
          row.append(.number(Moments.duration(wait.duration)))
        }
        return row
      }, others: count - waits.count
    ).html
  }

  private var wanted: String {
    guard !findings.waitedFor.isEmpty else { return "" }
    let shown = findings.waitedFor.prefix(AuditPage.mostWanted)
    return Table(
      caption: "What is waited for now", heads: ["Item", "In line", "Units waited for", "Available"],
      rows: shown.map {
        [
          .text(HistoryItem(sku: $0.sku, location: $0.location).name), .number(grouped($0.reservations)),
          .number(grouped($0.units)), .number(grouped($0.available)),
        ]
      }, others: findings.waitedFor.count - shown.count, othersWords: "items or more"
    ).html
  }
}
