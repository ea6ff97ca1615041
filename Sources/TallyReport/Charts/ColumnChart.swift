import TallyAudit

/// Sums over equal parts of time, as columns; of a few kinds on top of each other.
struct ColumnChart {
  let columns: TimeColumns
  /// What each kind is called, and its class in the style sheet.
  let kinds: [(name: String, style: String)]
  let description: String

  var svg: String {
    let count = columns.places
    let sums = (0..<count).map { place in columns.sums.reduce(0.0) { $0 + Double($1[place]) } }
    let most = sums.max() ?? 0
    let frame = ChartFrame(
      span: columns.span, units: UnitScale(low: 0, high: Int64(clamping: UInt64(min(most, 9e18)))),
      description: description)
    let width = ChartFrame.width / Double(count)
    var marks = ""
    var spots: [ChartFrame.Spot] = []
    for place in 0..<count where sums[place] > 0 {
      var below = 0.0
      for (kind, one) in kinds.enumerated() where columns.sums[kind][place] > 0 {
        let top = below + Double(columns.sums[kind][place])
        let (y, foot) = ((1 - frame.units.share(of: top)) * 300, (1 - frame.units.share(of: below)) * 300)
        // What is there is seen, however little beside the others.
        let height = max(foot - y, 1.5)
        marks += "<rect class=\"column \(one.style)\" x=\"\(tenths(Double(place) * width + width * 0.08))\""
        marks += " y=\"\(tenths(foot - height))\" width=\"\(tenths(width * 0.84))\" height=\"\(tenths(height))\"/>"
        below = top
      }
      let parts = kinds.enumerated().filter { columns.sums[$0.offset][place] > 0 }
      let said = parts.map { "\(grouped(columns.sums[$0.offset][place])) \($0.element.name)" }
      spots.append(
        .init(
          left: Double(place) / Double(count), right: Double(place + 1) / Double(count),
          text: "\(Moments.range(columns.span, place, of: count)): \(said.joined(separator: ", "))"))
    }
    return frame.svg(marks, spots: spots)
  }

  var legend: String {
    let entries = kinds.map { kind in
      "<li><svg class=\"sample\" viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"column \(kind.style)\" width=\"10\""
        + " height=\"10\"/></svg>\(escaped(kind.name))</li>"
    }
    return "<ul class=\"legend\">\(entries.joined())</ul>"
  }
}
