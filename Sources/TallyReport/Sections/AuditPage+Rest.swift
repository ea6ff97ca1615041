import TallyAudit

/// Recipes, the pace at which events came, and all figures.
extension AuditPage {
  private static let mostRecipes = 50
  private static let mostParts = 12
  private static let mostSnapshots = 30

  var recipes: String {
    guard !findings.recipes.isEmpty else { return "" }
    let shown = findings.recipes.prefix(AuditPage.mostRecipes)
    let table = Table(
      caption: "What one unit takes, after the last event", heads: ["Item", "Takes"],
      rows: shown.map { recipe in
        var parts = recipe.parts.prefix(AuditPage.mostParts).map {
          "\(grouped($0.quantity)) × \(HistoryItem(sku: $0.sku, location: $0.location).name)"
        }
        if recipe.parts.count > parts.count { parts.append("\(grouped(recipe.parts.count - parts.count)) more parts") }
        if recipe.hasOwnStock { parts.append("one of its own stock") }
        return [
          .text(HistoryItem(sku: recipe.sku, location: recipe.location).name), .text(parts.joined(separator: ", ")),
        ]
      }, others: findings.recipes.count - shown.count, othersWords: "items or more")
    return section("recipes", "Recipes", table.html)
  }

  var pace: String {
    guard let history = findings.history, history.span.last > history.span.first else { return "" }
    let most = history.pace.sums.first?.max() ?? 0
    let words = "Events in each \(TimeColumns.mostPlaces)th of the time; at most \(grouped(most))."
    let chart = ColumnChart(
      columns: history.pace, kinds: [("events", "events")], description: "When events happened. \(words)")
    return section("pace", "Events over time", figure(chart.svg, caption: words))
  }

  var figures: String {
    let table = Table(
      caption: "All figures", heads: ["Figure", "Value"],
      rows: findings.facts.map { [.text($0.name), .text($0.value)] })
    return section("figures", "Figures", table.html, snapshots)
  }

  private var snapshots: String {
    guard !findings.snapshots.isEmpty else { return "" }
    // What is wrong first, then the newest.
    let sorted = findings.snapshots.sorted {
      ($0.status == .consistent ? 1 : 0, $1.sequence) < ($1.status == .consistent ? 1 : 0, $0.sequence)
    }
    let shown = sorted.prefix(AuditPage.mostSnapshots)
    return Table(
      caption: "Snapshots, compared with the replay", heads: ["File", "Status", "State digest, or what is wrong"],
      rows: shown.map {
        [
          .code($0.file), .text($0.status.rawValue),
          .code($0.detail.isEmpty ? $0.stateDigest?.description ?? "" : $0.detail),
        ]
      }, others: sorted.count - shown.count
    ).html
  }
}
