/// A chart of horizontal bars, each of parts end to end, as inline SVG.
struct BarChart {
  struct Bar {
    var name: String
    var parts: [UInt64]
  }

  var bars: [Bar]
  /// What the parts are, and their colours.
  var parts: [(name: String, color: String)]

  private static let width = 800
  private static let row = 24
  private static let names = 240
  private static let numbers = 110

  var legend: String {
    parts.map { "<span style=\"color:\($0.color)\">■</span> \(escaped($0.name))" }.joined(separator: ", ")
  }

  var svg: String {
    func sum(_ bar: Bar) -> Double { bar.parts.reduce(0) { $0 + Double($1) } }
    let most = max(bars.map(sum).max() ?? 0, 1)
    let room = Double(Self.width - Self.names - Self.numbers)
    let height = bars.count * Self.row + 8
    var out =
      "<svg viewBox=\"0 0 \(Self.width) \(height)\" role=\"img\" aria-label=\"Bars; the table has their numbers\">"
    for (index, bar) in bars.enumerated() {
      let top = index * Self.row + 8
      let name = bar.name.count > 30 ? bar.name.prefix(29) + "…" : bar.name[...]
      out +=
        "<text x=\"\(Self.names - 8)\" y=\"\(top + 13)\" text-anchor=\"end\" font-size=\"12\" fill=\"currentColor\">"
      out += "\(escaped(String(name)))</text>"
      var left = Self.names
      for (part, units) in zip(parts, bar.parts) where units > 0 {
        let length = max(1, Int(Double(units) / most * room))
        out += "<rect x=\"\(left)\" y=\"\(top)\" width=\"\(length)\" height=\"16\" fill=\"\(part.color)\">"
        out += "<title>\(escaped(bar.name)): \(grouped(units)), \(escaped(part.name))</title></rect>"
        left += length
      }
      out += "<text x=\"\(left + 6)\" y=\"\(top + 13)\" font-size=\"12\" fill=\"currentColor\">"
      out += "\(grouped(UInt64(sum(bar))))</text>"
    }
    return out + "</svg>"
  }
}
