import TallyAudit
import TallyFormat

/// Demand that was not met.
extension AuditPage {
  private static let mostRefused = 20

  var refusals: String {
    guard let history = findings.history else { return "" }
    let refused = history.refusals
    let title = "Refusals over time, and why"
    let asks = refused.asks.reduce(0, &+)
    if asks == 0 {
      return section(
        "refusals", title,
        paragraph(
          refused.isKept
            ? "The log keeps a journal of refusals, and nothing was refused."
            : "This log keeps no journal of refusals: what was asked for in vain left no trace in it. One that does is made with "
              + "tally init --journal-refusals."))
    }
    let chart = ColumnChart(
      columns: refused.units,
      kinds: RefusalCause.allCases.map { ($0.words, $0.name) },
      description: "Units refused over time, by reason. \(summary(refused, asks))")
    let caption = "Units refused in each \(TimeColumns.mostPlaces)th of the time. Whoever asks again counts again."
    return section(
      "refusals", title, paragraph(summary(refused, asks)),
      figure(chart.svg, legend: chart.legend, caption: caption), byReason(refused), byItem,
      paragraph(
        "The writer tells what it refused, and the chain keeps what it told; that it told all of it cannot be proven.",
        style: "note"))
  }

  private func summary(_ refused: RefusalHistory, _ asks: UInt64) -> String {
    let units = refused.asks.indices.reduce(UInt64(0)) { $0 &+ refused.units.total($1) }
    return "\(counted(asks, "ask")) for \(counted(units, "unit")) \(asks == 1 ? "was" : "were") refused."
  }

  private func byReason(_ refused: RefusalHistory) -> String {
    Table(
      caption: "By reason", heads: ["Reason", "Asks", "Units"],
      rows: RefusalCause.allCases.enumerated().map {
        [
          .text($0.element.words), .number(grouped(refused.asks[$0.offset])),
          .number(grouped(refused.units.total($0.offset))),
        ]
      }
    ).html
  }

  private var byItem: String {
    let shown = findings.refused.prefix(AuditPage.mostRefused)
    let most = Double(shown.map(\.units).max() ?? 1)
    return Table(
      caption: "By item, the most refused first", heads: ["Item", "Asks", "Units", "For lack", "By a limit", "Share"],
      rows: shown.map { one in
        let name = one.sku.map { HistoryItem(sku: $0, location: one.location ?? "main").name } ?? "further items"
        return [
          .text(name), .number(grouped(one.asks)), .number(grouped(one.units)), .number(grouped(one.insufficient)),
          .number(grouped(one.limited)), .bar(Double(one.units) / max(most, 1), style: "insufficient"),
        ]
      }, others: findings.refused.count - shown.count, othersWords: "items or more"
    ).html
  }
}

extension RefusalCause {
  /// For people.
  var words: String {
    switch self {
    case .insufficient: "less was available"
    case .limit: "the customer's limit"
    }
  }
}
