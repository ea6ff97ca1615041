import TallyText

/// How a file writes its dates: a small `strptime`.
///
/// `%Y` year (four digits), `%y` year (two: 70 to 99 are 19…, 00 to 69 are 20…), `%m` month, `%b` or `%B` its English
/// name, short or whole, `%d` day, `%a` or `%A` the English name of the weekday (not checked), `%H` hour, `%I` hour of
/// twelve with `%p` (AM, PM), `%M` minute, `%S` second, `%L` milliseconds (three digits), `%f` a fraction of a second
/// (one to nine digits), `%z` an offset from UTC (`+0200`, `+02:00`, `+02`, `Z`, `UTC`), `%s` seconds since 1970,
/// `%%` a percent sign; every other character stands for itself. Month, day, hour, minute and second have one or two
/// digits. The pattern `iso8601` is any date of ISO 8601 with or without time, fraction and offset.
public struct TimePattern: Equatable, Sendable {
  /// A date and time that was read.
  public struct Reading: Equatable, Sendable {
    /// Milliseconds since 1970 on a clock that shows this date and time.
    public var milliseconds: Int64
    /// That clock's place is known: the milliseconds are Unix time.
    public var isUniversal: Bool
  }

  enum Part: Equatable, Sendable {
    case literal(UInt8)
    case field(Field)
  }
  enum Field: UInt8, CaseIterable, Sendable {
    case year = 0x59
    case shortYear = 0x79
    case month = 0x6D
    case monthAbbreviation = 0x62
    case monthName = 0x42
    case day = 0x64
    case weekdayAbbreviation = 0x61
    case weekdayName = 0x41
    case hour = 0x48
    case hourOfTwelve = 0x49
    case halfOfDay = 0x70
    case minute = 0x4D
    case second = 0x53
    case millisecond = 0x4C
    case fraction = 0x66
    case offset = 0x7A
    case sinceEpoch = 0x73
  }

  /// As it was written.
  public let text: String
  /// `nil`: ISO 8601.
  private let parts: [Part]?

  /// ISO 8601.
  static let iso8601 = TimePattern()

  private init() {
    text = "iso8601"
    parts = nil
  }

  /// - Throws: ``ImportError/mapping(_:)`` if the pattern has an unknown letter, one twice, or no whole date.
  public init(_ text: String) throws(ImportError) {
    self.text = text
    if text == "iso8601" {
      parts = nil
      return
    }
    var parts = [Part]()
    var seen = [Field]()
    var bytes = Array(text.utf8)[...]
    while let byte = bytes.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        parts.append(.literal(byte))
        continue
      }
      guard let letter = bytes.popFirst() else { throw .mapping("the time format \"\(text)\" ends with a lone %") }
      if letter == UInt8(ascii: "%") {
        parts.append(.literal(letter))
        continue
      }
      guard let field = Field(rawValue: letter) else {
        let all = Field.allCases.map { "%\(Character(Unicode.Scalar($0.rawValue)))" }.joined(separator: " ")
        throw .mapping(
          "the time format \"\(text)\" has %\(Character(Unicode.Scalar(letter))); it may have \(all) and %%, or be "
            + "\"iso8601\"")
      }
      if seen.contains(field) { throw .mapping("the time format \"\(text)\" has the same part twice") }
      seen.append(field)
      parts.append(.field(field))
    }
    if let flaw = TimePattern.flaw(of: seen) { throw .mapping("the time format \"\(text)\" \(flaw)") }
    self.parts = parts
  }

  private static func flaw(of seen: [Field]) -> String? {
    func count(_ fields: Field...) -> Int { fields.count { seen.contains($0) } }
    if seen.contains(.sinceEpoch) {
      return count(.sinceEpoch, .millisecond, .fraction) == seen.count ? nil : "has %s, which is a whole date itself"
    }
    let isWhole = count(.year, .shortYear) > 0 && count(.month, .monthAbbreviation, .monthName) > 0
    if !isWhole || !seen.contains(.day) { return "needs %Y, %m and %d (or %y for the year, %b or %B for the month)" }
    if count(.year, .shortYear) > 1 || count(.month, .monthAbbreviation, .monthName) > 1
      || count(.hour, .hourOfTwelve) > 1
      || count(.millisecond, .fraction) > 1
    {
      return "says the same in two ways"
    }
    if seen.contains(.hourOfTwelve) != seen.contains(.halfOfDay) { return "needs %p with %I, and %I with %p" }
    return nil
  }

  /// Unix milliseconds, read as UTC where the text says no offset; `nil` if the bytes do not fit the pattern, name no
  /// day that there is, or one before 1970.
  public func parse(_ bytes: ArraySlice<UInt8>) -> Int64? {
    guard let reading = read(bytes), reading.milliseconds >= 0 else { return nil }
    return reading.milliseconds
  }

  /// The date and time; `nil` if the bytes do not fit the pattern or name no day that there is. Linear.
  public func read(_ bytes: ArraySlice<UInt8>) -> Reading? {
    guard let parts else { return TimePattern.readISO(bytes) }
    var scanner = DateScanner(bytes)
    for part in parts {
      switch part {
      case .literal(let byte): guard scanner.take(byte) else { return nil }
      case .field(let field): guard scanner.take(field) else { return nil }
      }
    }
    return scanner.isAtEnd ? scanner.reading : nil
  }

  /// `2026-01-02`, `2026-01-02T03:04`, `2026-01-02 03:04:05.678+02:00`, `20260102T030405Z`…
  private static func readISO(_ bytes: ArraySlice<UInt8>) -> Reading? {
    var scanner = DateScanner(bytes)
    guard scanner.take(.year) else { return nil }
    let isLong = scanner.take(UInt8(ascii: "-"))
    guard scanner.twoDigits(.month), !isLong || scanner.take(UInt8(ascii: "-")), scanner.twoDigits(.day) else {
      return nil
    }
    if scanner.isAtEnd { return scanner.reading }
    guard scanner.take(UInt8(ascii: "T")) || scanner.take(UInt8(ascii: "t")) || scanner.take(UInt8(ascii: " ")),
      scanner.twoDigits(.hour)
    else { return nil }
    let hasColons = scanner.take(UInt8(ascii: ":"))
    guard scanner.twoDigits(.minute) else { return nil }
    if hasColons ? scanner.take(UInt8(ascii: ":")) : scanner.isAtDigit {
      guard scanner.twoDigits(.second) else { return nil }
      if scanner.take(UInt8(ascii: ".")) || scanner.take(UInt8(ascii: ",")) {
        guard scanner.take(.fraction) else { return nil }
      }
    }
    _ = scanner.take(UInt8(ascii: " "))
    if !scanner.isAtEnd, !scanner.take(.offset) { return nil }
    return scanner.isAtEnd ? scanner.reading : nil
  }
}
