/// Unix milliseconds ↔ RFC 3339, by hand: a calendar library would double a command's start.
package enum Timestamp {
  static let millisecondsOfDay: Int64 = 86_400_000

  /// In UTC, with milliseconds: `2026-01-02T03:04:05.678Z`. Years beyond 9999 have more digits.
  package static func text(_ milliseconds: Int64) -> String {
    let days = milliseconds.dividedDown(by: millisecondsOfDay)
    let rest = milliseconds - days * millisecondsOfDay
    let date = CalendarDay(daysSince1970: days)
    let day = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
    let time = "\(padded(rest / 3_600_000, 2)):\(padded(rest / 60_000 % 60, 2)):\(padded(rest / 1000 % 60, 2))"
    return "\(day)T\(time).\(padded(rest % 1000, 3))Z"
  }

  /// Unix milliseconds of an RFC 3339 date and time, finer fractions cut off; `nil` if it is none.
  ///
  /// A leap second (`:60`) is the first of the next minute.
  package static func milliseconds(_ text: String) -> Int64? {
    var scanner = TimeScanner(text.utf8)
    guard let year = scanner.digits(4), scanner.take("-"), let month = scanner.digits(2), scanner.take("-"),
      let day = scanner.digits(2), scanner.take("T") || scanner.take("t") || scanner.take(" "),
      let hour = scanner.digits(2), scanner.take(":"), let minute = scanner.digits(2), scanner.take(":"),
      let second = scanner.digits(2), let fraction = scanner.fraction(), let offset = scanner.offset(),
      scanner.isAtEnd, let date = CalendarDay(year: Int64(year), month: month, day: day), hour < 24, minute < 60,
      second <= 60
    else { return nil }
    let clock = hour * 3600 + (minute - offset) * 60 + second
    return date.daysSince1970 * millisecondsOfDay + Int64(clock) * 1000 + Int64(fraction)
  }

  private static func padded(_ number: some BinaryInteger, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

/// Reads a time's text from its beginning on.
private struct TimeScanner {
  private var rest: ArraySlice<UInt8>

  init(_ text: String.UTF8View) { rest = Array(text)[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  /// Exactly `count` digits.
  mutating func digits(_ count: Int) -> Int? {
    let digits = rest.prefix(count)
    guard digits.count == count, digits.allSatisfy({ $0 &- 48 < 10 }) else { return nil }
    rest.removeFirst(count)
    return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
  }

  /// Milliseconds; 0 if there is no fraction.
  mutating func fraction() -> Int? {
    guard take(".") else { return 0 }
    let digits = rest.prefix { $0 &- 48 < 10 }
    guard !digits.isEmpty else { return nil }
    rest.removeFirst(digits.count)
    return (0..<3).reduce(0) { value, place in
      value * 10 + (place < digits.count ? Int(digits[digits.startIndex + place] - 48) : 0)
    }
  }

  /// Minutes east of UTC.
  mutating func offset() -> Int? {
    if take("Z") || take("z") { return 0 }
    let isEast = take("+")
    guard isEast || take("-"), let hours = digits(2), take(":"), let minutes = digits(2), hours < 24, minutes < 60
    else { return nil }
    return (isEast ? 1 : -1) * (hours * 60 + minutes)
  }
}
