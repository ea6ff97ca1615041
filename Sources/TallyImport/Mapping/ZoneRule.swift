import TallyText

/// A yearly rule such as `CET-1CEST,M3.5.0,M10.5.0/3` (POSIX), as zone files have it at their end.
struct ZoneRule {
  /// A day of the year as "the n-th weekday of a month", and seconds after its midnight.
  private struct Change {
    var month: Int64
    var week: Int64
    var weekday: Int64
    var seconds: Int64

    func local(in year: Int64) -> Int64? {
      guard let first = CalendarDay(year: year, month: Int(month), day: 1) else { return nil }
      let start = first.daysSince1970
      // 1 January 1970 was a Thursday.
      let weekdayOfFirst = (start + 4) % 7
      var day = start + (weekday - weekdayOfFirst + 7) % 7 + (week - 1) * 7
      while CalendarDay(daysSince1970: day).month != Int(month) { day -= 7 }
      return day * 86_400 + seconds
    }
  }

  private let standard: Int64
  private let summer: Int64
  private let begin: Change
  private let end: Change

  /// `nil` if there is no rule, or one that names no days by month, week and weekday.
  init?(_ text: ArraySlice<UInt8>) {
    var scanner = Scanner(rest: text)
    guard scanner.name(), let standard = scanner.time() else { return nil }
    guard scanner.name() else { return nil }
    self.standard = -standard
    if scanner.rest.first == UInt8(ascii: ",") {
      summer = self.standard + 3600
    } else {
      guard let written = scanner.time() else { return nil }
      summer = -written
    }
    guard let begin = scanner.change(), let end = scanner.change(), scanner.rest.isEmpty else { return nil }
    self.begin = begin
    self.end = end
  }

  /// Adds the changes of the years after the last one that is there.
  func extend(_ starts: inout [Int64], _ offsets: inout [Int64], to lastYear: Int64) {
    let last = starts.last ?? 0
    let firstYear = CalendarDay(daysSince1970: last / 86_400).year
    guard firstYear <= lastYear else { return }
    for year in firstYear...lastYear {
      let changes = [(begin, standard, summer), (end, summer, standard)].compactMap { change, before, after in
        change.local(in: year).map { (at: $0 - before, offset: after) }
      }
      for change in changes.sorted(by: { $0.at < $1.at }) where change.at > (starts.last ?? .min) {
        starts.append(change.at)
        offsets.append(change.offset)
      }
    }
  }

  private struct Scanner {
    var rest: ArraySlice<UInt8>

    mutating func take(_ byte: UInt8) -> Bool {
      guard rest.first == byte else { return false }
      rest.removeFirst()
      return true
    }

    /// `CET`, `<+03>`.
    mutating func name() -> Bool {
      if take(UInt8(ascii: "<")) {
        rest = rest.drop { $0 != UInt8(ascii: ">") }
        return take(UInt8(ascii: ">"))
      }
      let letters = rest.prefix { ($0 | 0x20) &- 97 < 26 }
      rest.removeFirst(letters.count)
      return letters.count >= 3
    }

    mutating func number() -> Int64? {
      let digits = rest.prefix { $0 &- 48 < 10 }
      guard (1...3).contains(digits.count) else { return nil }
      rest.removeFirst(digits.count)
      return digits.reduce(0) { $0 * 10 + Int64($1 - 48) }
    }

    /// Seconds of `-1`, `3`, `2:30`, `-3:30:00`.
    mutating func time() -> Int64? {
      let isNegative = take(UInt8(ascii: "-"))
      if !isNegative { _ = take(UInt8(ascii: "+")) }
      guard var seconds = number().map({ $0 * 3600 }) else { return nil }
      for unit in [60, 1] as [Int64] where take(UInt8(ascii: ":")) {
        guard let value = number() else { return nil }
        seconds += value * unit
      }
      return isNegative ? -seconds : seconds
    }

    /// `,M3.5.0`, `,M10.5.0/3`.
    mutating func change() -> Change? {
      guard take(UInt8(ascii: ",")), take(UInt8(ascii: "M")), let month = number(), take(UInt8(ascii: ".")),
        let week = number(), take(UInt8(ascii: ".")), let weekday = number(), (1...12).contains(month),
        (1...5).contains(week), (0...6).contains(weekday)
      else { return nil }
      var seconds: Int64 = 7200
      if take(UInt8(ascii: "/")) {
        guard let written = time() else { return nil }
        seconds = written
      }
      return Change(month: month, week: week, weekday: weekday, seconds: seconds)
    }
  }
}
