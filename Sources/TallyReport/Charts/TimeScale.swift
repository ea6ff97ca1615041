import TallyAudit
import TallyText

/// The level axis of a chart: time in UTC, with ticks where clocks and calendars have them.
package struct TimeScale: Sendable {
  /// Where an axis says what time it is.
  package struct Tick: Sendable, Equatable {
    /// From 0, the axis' beginning, to 1.
    package var share: Double
    /// `14:05`, `14:05:10`, `3 Nov`, `Nov`, `2026`
    package var label: String
    /// The day or the year, where it is another than that of the tick before; empty: it is not.
    package var context: String
  }

  private static let mostTicks = 7
  /// With milliseconds, which take half as much room again: on a telephone the others would be on top of each other.
  private static let mostFineTicks = 4
  /// Milliseconds that ticks may be apart.
  private static let steps: [Int64] = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000,
    900_000, 1_800_000, 3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, day, 2 * day, 7 * day, 14 * day,
  ]
  private static let monthSteps: [Int64] = [1, 2, 3, 6]
  private static let day: Int64 = 86_400_000
  /// A Monday.
  private static let firstMonday: Int64 = 4 * day

  package let ticks: [Tick]

  package init(_ span: TimeSpan) {
    let length = Double(span.last) - Double(span.first)
    if length < 1 {
      ticks = [
        Tick(
          share: 0, label: TimeScale.clock(span.first, 1),
          context: TimeScale.context(CalendarDay(milliseconds: span.first), after: nil, 1))
      ]
    } else if let step = TimeScale.steps.first(where: { length / Double($0) <= Double(TimeScale.most($0) - 1) }) {
      ticks = TimeScale.even(span, step)
    } else {
      ticks = TimeScale.months(span, length)
    }
  }

  private static func most(_ step: Int64) -> Int { step < 1_000 ? mostFineTicks : mostTicks }

  private static func even(_ span: TimeSpan, _ step: Int64) -> [Tick] {
    // Weeks begin on Mondays; days, and what divides them, at midnight.
    let origin = step % (7 * day) == 0 ? firstMonday : 0
    let before = (Double(span.first - origin) / Double(step)).rounded(.up)
    var time = Int64(before) * step + origin
    var ticks: [Tick] = []
    var said: CalendarDay?
    while time <= span.last {
      let date = CalendarDay(milliseconds: time)
      let label = step < day ? clock(time, step) : dayAndMonth(date)
      ticks.append(Tick(share: span.share(of: time), label: label, context: context(date, after: said, step)))
      said = date
      time += step
    }
    return ticks
  }

  /// At the first of months, or of years.
  private static func months(_ span: TimeSpan, _ length: Double) -> [Tick] {
    let about = length / (Double(day) * 30.44)
    var step = monthSteps.first { about / Double($0) <= Double(mostTicks - 1) } ?? 12
    var factors: [Int64] = [2, 5, 10]
    while about / Double(step) > Double(mostTicks - 1) {
      step = 12 * factors[0]
      factors = Array(factors.dropFirst()) + [factors[0] * 10]
    }
    let first = CalendarDay(milliseconds: span.first)
    var month = (first.year * 12 + Int64(first.month) - 1) / step * step
    var ticks: [Tick] = []
    var said = ""
    while let start = CalendarDay(year: month / 12, month: Int(month % 12) + 1, day: 1) {
      let time = start.daysSince1970 * day
      if time > span.last { break }
      if time >= span.first {
        let year = String(start.year)
        ticks.append(
          Tick(
            share: span.share(of: time), label: step % 12 == 0 ? year : monthNames[start.month - 1],
            context: step % 12 == 0 || year == said ? "" : year))
        said = year
      }
      month += step
    }
    return ticks
  }

  // MARK: - Words

  private static let monthNames = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// As fine as the step needs.
  private static func clock(_ time: Int64, _ step: Int64) -> String {
    let text = Timestamp.text(time).split(separator: "T").last ?? ""
    return String(text.prefix(step < 1_000 ? 12 : step < 60_000 ? 8 : 5))
  }

  private static func dayAndMonth(_ day: CalendarDay) -> String { "\(day.day) \(monthNames[day.month - 1])" }

  /// The day of a tick, or only its year where the tick says the day, as far as the tick before has not said it.
  private static func context(_ date: CalendarDay, after said: CalendarDay?, _ step: Int64) -> String {
    let year = date.year == said?.year ? "" : String(date.year)
    if step >= day || date == said { return year }
    return year.isEmpty ? dayAndMonth(date) : "\(dayAndMonth(date)) \(year)"
  }
}

extension CalendarDay {
  /// - Parameter milliseconds: since 1970.
  init(milliseconds: Int64) {
    self.init(daysSince1970: Int64((Double(milliseconds) / 86_400_000).rounded(.down)))
  }
}
