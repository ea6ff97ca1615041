import TallyAudit

/// Figures that stay as they are until an event changes them, over time.
struct StepChart {
  struct Line {
    var name: String
    /// A class of the style sheet.
    var style: String
    /// In order of time; where the line begins, and every change.
    var points: [(time: Int64, value: Int64)]
    /// It is filled down to zero.
    var isFilled = false
  }

  let span: TimeSpan
  let lines: [Line]
  let spots: [ChartFrame.Spot]
  let description: String

  var svg: String {
    let values = lines.flatMap { $0.points.map(\.value) }
    let frame = ChartFrame(
      span: span, units: UnitScale(low: values.min() ?? 0, high: values.max() ?? 0), description: description)
    // What is filled comes first, or it would hide lines.
    var (areas, marks) = ("", "")
    for line in lines {
      guard let first = line.points.first else { continue }
      var path = "M\(frame.x(first.time)) \(frame.y(Double(first.value)))"
      var (lastX, lastY) = (frame.x(first.time), frame.y(Double(first.value)))
      for point in line.points.dropFirst() {
        let (x, y) = (frame.x(point.time), frame.y(Double(point.value)))
        if x != lastX { path += "H\(x)" }
        if y != lastY { path += "V\(y)" }
        (lastX, lastY) = (x, y)
      }
      if lastX != tenths(ChartFrame.width) { path += "H1000" }
      if line.isFilled {
        let zero = frame.y(0)
        areas += "<path class=\"area\" d=\"\(path)V\(zero)H\(frame.x(first.time))Z\"/>"
      }
      marks += "<path class=\"line \(line.style)\" d=\"\(path)\"/>"
    }
    return frame.svg(areas + marks, spots: spots)
  }

  /// What the lines are called, beside a piece of each.
  var legend: String {
    let entries = lines.map { line in
      "<li><svg class=\"sample\" viewBox=\"0 0 28 10\" aria-hidden=\"true\"><path class=\"line \(line.style)\" d=\"M0 5H28\"/>"
        + "</svg>\(escaped(line.name))</li>"
    }
    return "<ul class=\"legend\">\(entries.joined())</ul>"
  }
}
