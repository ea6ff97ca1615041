import TallyAudit

/// Holds that nobody paid for in time.
extension AuditPage {
  var expiries: String {
    guard let expired = findings.history?.expiries else { return "" }
    let title = "Holds that expired"
    guard expired.count > 0 else { return section("expiries", title, paragraph("No hold expired.")) }
    let share = findings.reservations > 0 ? Double(expired.count) / Double(findings.reservations) * 100 : 0
    let words =
      "\(counted(expired.count, "hold")) expired, \(tenths(share)) % of all reservations: what they held came free again."
    let chart = ColumnChart(
      columns: expired.holds, kinds: [("holds expired", "expired")],
      description: "Holds that expired, over time. \(words)")
    let table = Table(
      caption: "By item, those of which most holds expired first", heads: ["Item", "Holds", "Units that came free"],
      rows: expired.items.map { [.text($0.item.name), .number(grouped($0.holds)), .number(grouped($0.units))] },
      others: expired.itemCount - expired.items.count, othersWords: "items")
    return section(
      "expiries", title, paragraph(words),
      figure(chart.svg, caption: "Holds that expired in each \(TimeColumns.mostPlaces)th of the time."), table.html)
  }
}
