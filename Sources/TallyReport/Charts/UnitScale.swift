import TallyText

/// The upright axis of a chart: units, from zero or lower, with round figures.
package struct UnitScale: Sendable, Equatable {
  /// Steps at most between the lowest tick and the highest.
  private static let mostSteps = 5.0

  /// The lowest and the highest that is drawn: round figures both, and zero is between them.
  package let low: Double
  package let high: Double
  /// From tick to tick: 1, 2 or 5 times a power of ten.
  package let step: Double

  package init(low: Int64, high: Int64) {
    let (least, most) = (Double(min(low, 0)), Double(max(high, 0)))
    var step = 1.0
    var factors = [2.0, 2.5, 2.0]
    while max((most / step).rounded(.up) - (least / step).rounded(.down), 1) > UnitScale.mostSteps {
      let factor = factors.removeFirst()
      factors.append(factor)
      step *= factor
    }
    self.step = step
    self.low = (least / step).rounded(.down) * step
    self.high = max((most / step).rounded(.up) * step, self.low + step)
  }

  /// From the lowest up.
  package var ticks: [Double] {
    let count = Int(((high - low) / step).rounded())
    return (0...count).map { low + Double($0) * step }
  }

  /// How far up a value is, from 0 to 1.
  package func share(of value: Double) -> Double { (value - low) / (high - low) }

  /// A tick in few letters: `17,500`, `250k`, `1.5M`.
  package static func label(_ value: Double) -> String {
    let size = abs(value)
    guard size >= 100_000 else { return grouped(Int(value.rounded())) }
    for (unit, letter) in [(1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M")] where size >= unit {
      let tenths = Int((value / unit * 10).rounded())
      return tenths % 10 == 0
        ? "\(grouped(tenths / 10))\(letter)" : "\(grouped(tenths / 10)).\(abs(tenths % 10))\(letter)"
    }
    return "\(Int((value / 1e3).rounded()))k"
  }
}
