/// A small line chart as inline SVG.
struct LineChart {
  struct Line {
    var name: String
    var color: String
    var y: [Double]
  }

  var x: [Double]
  var lines: [Line]

  private static let width = 800.0
  private static let height = 200.0
  private static let margin = 8.0

  var svg: String {
    let values = lines.flatMap(\.y)
    let (left, right) = (x.min() ?? 0, x.max() ?? 0)
    let (low, high) = (min(values.min() ?? 0, 0), values.max() ?? 0)
    var out = "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\">"
    for line in lines {
      var points = ""
      for (x, y) in zip(x, line.y) {
        let across = place(x, from: left, to: right, over: Self.width)
        let up = place(y, from: low, to: high, over: Self.height)
        points += "\(tenths(across)),\(tenths(Self.height - up)) "
      }
      out += "<polyline fill=\"none\" stroke=\"\(line.color)\" stroke-width=\"1.5\" points=\"\(points.dropLast())\">"
      out += "<title>\(escaped(line.name))</title></polyline>"
    }
    out += "<text x=\"\(Int(Self.margin))\" y=\"16\" font-size=\"12\" fill=\"#55606e\">\(grouped(Int(high)))</text>"
    return out + "</svg>"
  }

  private func place(_ value: Double, from low: Double, to high: Double, over size: Double) -> Double {
    let inner = size - 2 * Self.margin
    return Self.margin + (high > low ? (value - low) / (high - low) * inner : inner / 2)
  }

  private func tenths(_ value: Double) -> String {
    let whole = Int((value * 10).rounded())
    return "\(whole / 10).\(abs(whole % 10))"
  }
}
