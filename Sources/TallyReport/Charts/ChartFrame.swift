import TallyAudit

/// What every chart has: axes, grid, zero, and places that say their values under the pointer.
///
/// Lines stand in a picture that is stretched to the width there is; letters beside it are not, so that they can be read on a
/// telephone as well as on paper.
struct ChartFrame {
  /// A place that says something when it is pointed at.
  struct Spot {
    /// From 0 to 1.
    var left: Double
    var right: Double
    var text: String
  }

  /// Of the stretched picture's own coordinates.
  static let width = 1000.0
  static let height = 300.0

  let span: TimeSpan
  let units: UnitScale
  /// The chart in one sentence, for those who do not see it.
  let description: String

  func x(_ time: Int64) -> String { tenths(span.share(of: time) * ChartFrame.width) }
  func y(_ value: Double) -> String { tenths((1 - units.share(of: value)) * ChartFrame.height) }

  /// - Parameters:
  ///   - marks: what is drawn, in the stretched picture.
  ///   - spots: each with its words.
  func svg(_ marks: String, spots: [Spot]) -> String {
    var out = "<div class=\"plot\"><svg role=\"img\" aria-label=\"\(escaped(description))\">\n"
    out += "<svg viewBox=\"0 0 1000 300\" preserveAspectRatio=\"none\">"
    for tick in units.ticks where tick != 0 { out += "<path class=\"grid\" d=\"M0 \(y(tick))H1000\"/>" }
    out += marks
    out += "<path class=\"zero\" d=\"M0 \(y(0))H1000\"/>"
    for spot in spots {
      let (left, right) = (spot.left * ChartFrame.width, spot.right * ChartFrame.width)
      out += "<rect class=\"spot\" x=\"\(tenths(left))\" width=\"\(tenths(max(right - left, 1)))\" height=\"300\">"
      out += "<title>\(escaped(spot.text))</title></rect>"
    }
    out += "</svg>\n"
    for tick in units.ticks {
      let place = tenths((1 - units.share(of: tick)) * 100)
      out += "<text class=\"\(tick == 0 ? "unit nought" : "unit")\" x=\"-8\" y=\"\(place)%\" dy=\"4\">"
      out += "\(escaped(UnitScale.label(tick)))</text>"
    }
    return out + times + "</svg></div>"
  }

  private var times: String {
    var out = ""
    let ticks = TimeScale(span).ticks
    // Every other one has room on a telephone: those of which more say the day.
    func days(_ parity: Int) -> Int { ticks.indices.count { $0 % 2 == parity && !ticks[$0].context.isEmpty } }
    let hidden = days(0) < days(1) ? 0 : 1
    for (index, tick) in ticks.enumerated() {
      let place = tenths(tick.share * 100)
      let anchor = tick.share < 0.06 ? " start" : tick.share > 0.94 ? " end" : ""
      let odd = ticks.count > 4 && index % 2 == hidden ? " odd" : ""
      out += "<line class=\"tick\(odd)\" x1=\"\(place)%\" x2=\"\(place)%\" y1=\"100%\" y2=\"102%\"/>"
      out += "<text class=\"time\(anchor)\(odd)\" x=\"\(place)%\" y=\"100%\" dy=\"18\">\(escaped(tick.label))</text>"
      if !tick.context.isEmpty {
        out +=
          "<text class=\"time day\(anchor)\(odd)\" x=\"\(place)%\" y=\"100%\" dy=\"33\">\(escaped(tick.context))</text>"
      }
    }
    return out
  }
}

/// With one decimal, without a needless `.0`.
func tenths(_ value: Double) -> String {
  let whole = Int((min(max(value, -1e9), 1e9) * 10).rounded())
  let sign = whole < 0 ? "-" : ""
  let size = abs(whole)
  return size % 10 == 0 ? "\(sign)\(size / 10)" : "\(sign)\(size / 10).\(size % 10)"
}
