/// A moment as RFC 3339 writes it, in UTC with milliseconds: `2026-11-24T00:09:17.250Z`.
enum Timestamp {
  /// - Parameter milliseconds: Unix milliseconds, not negative.
  static func text(_ milliseconds: Int64) -> String {
    let days = milliseconds / 86_400_000
    let inDay = milliseconds % 86_400_000
    // The Gregorian calendar with years counted from March, so that leap days come last; an era is 400 years.
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * month + 2) / 5 + 1
    let year = era * 400 + yearOfEra + (month >= 10 ? 1 : 0)
    return padded(year, 4) + "-" + padded(month < 10 ? month + 3 : month - 9, 2) + "-" + padded(day, 2) + "T"
      + padded(inDay / 3_600_000, 2) + ":" + padded(inDay / 60_000 % 60, 2) + ":" + padded(inDay / 1000 % 60, 2) + "."
      + padded(inDay % 1000, 3) + "Z"
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
