import TallyText

/// Reads the parts of a date and time from a text, one after the other.
struct DateScanner {
  private var rest: ArraySlice<UInt8>
  private var year: Int64 = 1970
  private var month: Int64 = 1
  private var day: Int64 = 1
  private var hour: Int64 = 0
  private var minute: Int64 = 0
  private var second: Int64 = 0
  private var millisecond: Int64 = 0
  private var isAfternoon: Bool?
  /// Milliseconds east of UTC.
  private var offset: Int64?
  private var sinceEpoch: Int64?

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  var isAtEnd: Bool { rest.isEmpty }
  var isAtDigit: Bool { rest.first.map { $0 &- 48 < 10 } ?? false }

  /// The date and time of the parts so far; `nil` if there is no such day.
  var reading: TimePattern.Reading? {
    if let sinceEpoch {
      return TimePattern.Reading(milliseconds: sinceEpoch * 1000 + millisecond, isUniversal: true)
    }
    guard let date = CalendarDay(year: year, month: Int(month), day: Int(day)) else { return nil }
    var hour = hour
    if let isAfternoon { hour = hour % 12 + (isAfternoon ? 12 : 0) }
    let local = (((date.daysSince1970 * 24 + hour) * 60 + minute) * 60 + second) * 1000 + millisecond
    return TimePattern.Reading(milliseconds: local - (offset ?? 0), isUniversal: offset != nil)
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard rest.first == byte else { return false }
    rest.removeFirst()
    return true
  }

  mutating func take(_ field: TimePattern.Field) -> Bool {
    switch field {
    case .year: return set(\.year, digits(4...4), 1970...9999)
    case .shortYear:
      guard set(\.year, digits(2...2), 0...99) else { return false }
      year += year < 70 ? 2000 : 1900
      return true
    case .month: return set(\.month, digits(1...2), 1...12)
    case .monthAbbreviation, .monthName: return takeMonthName()
    case .day: return set(\.day, digits(1...2), 1...31)
    case .weekdayAbbreviation, .weekdayName: return (3...9).contains(letters().count)
    case .hour: return set(\.hour, digits(1...2), 0...23)
    case .hourOfTwelve: return set(\.hour, digits(1...2), 1...12)
    case .halfOfDay: return takeHalfOfDay()
    case .minute: return set(\.minute, digits(1...2), 0...59)
    case .second: return set(\.second, digits(1...2), 0...59)
    case .millisecond: return set(\.millisecond, digits(3...3), 0...999)
    case .fraction: return takeFraction()
    case .offset: return takeOffset()
    case .sinceEpoch:
      guard let seconds = digits(1...12), seconds <= 253_402_300_799 else { return false }
      sinceEpoch = seconds
      return true
    }
  }

  /// As ``take(_:)``, of exactly two digits.
  mutating func twoDigits(_ field: TimePattern.Field) -> Bool {
    guard rest.prefix(2).count == 2, rest.prefix(2).allSatisfy({ $0 &- 48 < 10 }) else { return false }
    return take(field)
  }

  private mutating func set(
    _ part: WritableKeyPath<DateScanner, Int64>, _ value: Int64?, _ range: ClosedRange<Int64>
  ) -> Bool {
    guard let value, range.contains(value) else { return false }
    self[keyPath: part] = value
    return true
  }

  private mutating func digits(_ count: ClosedRange<Int>) -> Int64? {
    var value: Int64 = 0
    var found = 0
    while found < count.upperBound, let digit = rest.first, digit &- 48 < 10 {
      value = value * 10 + Int64(digit - 48)
      found += 1
      rest.removeFirst()
    }
    return found >= count.lowerBound ? value : nil
  }

  /// In lower case.
  private mutating func letters() -> [UInt8] {
    let word = rest.prefix { ($0 | 0x20) &- 97 < 26 }
    rest.removeFirst(word.count)
    return word.map { $0 | 0x20 }
  }

  private static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
  ].map { Array($0.utf8) }

  private mutating func takeMonthName() -> Bool {
    let word = letters()
    // "Sept" is common, too.
    guard word.count >= 3, let index = DateScanner.months.firstIndex(where: { $0.starts(with: word) }) else {
      return false
    }
    month = Int64(index + 1)
    return true
  }

  /// `AM`, `PM`, `a.m.`, `p.m.`
  private mutating func takeHalfOfDay() -> Bool {
    guard let letter = rest.popFirst().map({ $0 | 0x20 }), letter == 0x61 || letter == 0x70 else { return false }
    let hasDots = take(UInt8(ascii: "."))
    guard let next = rest.popFirst(), next | 0x20 == 0x6D else { return false }
    if hasDots { _ = take(UInt8(ascii: ".")) }
    isAfternoon = letter == 0x70
    return true
  }

  private mutating func takeFraction() -> Bool {
    let digits = rest.prefix { $0 &- 48 < 10 }
    guard (1...9).contains(digits.count) else { return false }
    rest.removeFirst(digits.count)
    millisecond = (0..<3).reduce(0) { value, place in
      value * 10 + (place < digits.count ? Int64(digits[digits.startIndex + place] - 48) : 0)
    }
    return true
  }

  /// `+0200`, `-02:00`, `+02`, `Z`, `UTC`, `GMT`.
  private mutating func takeOffset() -> Bool {
    if let first = rest.first, (first | 0x20) &- 97 < 26 {
      let word = letters()
      offset = 0
      return ["z", "utc", "gmt"].contains { $0.utf8.elementsEqual(word) }
    }
    let isEast = take(UInt8(ascii: "+"))
    guard isEast || take(UInt8(ascii: "-")), let hours = digits(2...2), hours < 24 else { return false }
    var minutes: Int64 = 0
    if take(UInt8(ascii: ":")) || isAtDigit {
      guard let written = digits(2...2), written < 60 else { return false }
      minutes = written
    }
    offset = (isEast ? 1 : -1) * (hours * 60 + minutes) * 60_000
    return true
  }
}
