/// A day of the Gregorian calendar, reckoned back before it was introduced (ISO 8601).
package struct CalendarDay: Equatable, Sendable {
  /// 0 and below are years before the year 1.
  package let year: Int64
  /// 1 to 12.
  package let month: Int
  /// 1 to 31.
  package let day: Int

  /// `nil` if the calendar has no such day, or the year is beyond a hundred million.
  package init?(year: Int64, month: Int, day: Int) {
    guard (-100_000_000...100_000_000).contains(year), (1...12).contains(month), day >= 1,
      day <= CalendarDay.days(inMonth: month, of: year)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  // Years that begin in March put the leap day last, and 400 of them, an era, always have 146,097 days. An era that
  // begins on 1 March of a year divisible by 400 begins 719,468 days before 1970 if that year is 0.
  private static let daysOfEra: Int64 = 146_097
  private static let daysBefore1970: Int64 = 719_468

  /// The day that many days after 1 January 1970.
  ///
  /// - Parameter days: less than 2^62 from 0.
  package init(daysSince1970 days: Int64) {
    let shifted = days + CalendarDay.daysBefore1970
    let era = shifted.dividedDown(by: CalendarDay.daysOfEra)
    let dayOfEra = shifted - era * CalendarDay.daysOfEra
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = Int(dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100))
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
  }

  /// Days since 1 January 1970.
  package var daysSince1970: Int64 {
    let year = month <= 2 ? year - 1 : year
    let era = year.dividedDown(by: 400)
    let yearOfEra = year - era * 400
    let dayOfYear = Int64((153 * ((month + 9) % 12) + 2) / 5 + day - 1)
    return era * CalendarDay.daysOfEra + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
      - CalendarDay.daysBefore1970
  }

  /// - Parameter month: 1 to 12.
  static func days(inMonth month: Int, of year: Int64) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension Int64 {
  /// The quotient, rounded down; `divisor` is positive.
  func dividedDown(by divisor: Int64) -> Int64 { self >= 0 ? self / divisor : (self + 1) / divisor - 1 }
}
