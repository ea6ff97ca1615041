import TallyText

/// How a file writes its dates: a small `strptime` that knows numbers only and reads everything as UTC.
///
/// `%Y` year (four digits), `%m` month, `%d` day, `%H` hour, `%M` minute, `%S` second, `%L` milliseconds (three
/// digits), `%%` a percent sign; every other character stands for itself. Month, day, hour, minute and second have one or two
/// digits.
public struct TimePattern: Equatable, Sendable {
  enum Part: Equatable, Sendable {
    case literal(UInt8)
    case field(Field)
  }
  enum Field: UInt8, CaseIterable, Sendable {
    case year = 0x59
    case month = 0x6D
    case day = 0x64
    case hour = 0x48
    case minute = 0x4D
    case second = 0x53
    case millisecond = 0x4C

    var digits: ClosedRange<Int> {
      switch self {
      case .year: 4...4
      case .millisecond: 3...3
      default: 1...2
      }
    }
    var range: ClosedRange<Int64> {
      switch self {
      case .year: 1970...9999
      case .month: 1...12
      case .day: 1...31
      case .hour: 0...23
      case .minute, .second: 0...59
      case .millisecond: 0...999
      }
    }
  }

  private let parts: [Part]

  /// - Throws: ``ImportError/mapping(_:)`` if the pattern has an unknown letter, one twice, or no whole date.
  public init(_ text: String) throws(ImportError) {
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
        let name = Character(Unicode.Scalar(letter))
        throw .mapping("the time format \"\(text)\" has %\(name); it may have %Y %m %d %H %M %S %L and %%")
      }
      if seen.contains(field) { throw .mapping("the time format \"\(text)\" has the same part twice") }
      seen.append(field)
      parts.append(.field(field))
    }
    guard [Field.year, .month, .day].allSatisfy(seen.contains) else {
      throw .mapping("the time format \"\(text)\" needs %Y, %m and %d")
    }
    self.parts = parts
  }

  /// Unix milliseconds; `nil` if the bytes do not fit the pattern or name no day that there is.
  public func parse(_ bytes: ArraySlice<UInt8>) -> Int64? {
    var rest = bytes
    var values: [Int64] = [1970, 1, 1, 0, 0, 0, 0]
    for part in parts {
      switch part {
      case .literal(let byte): guard rest.popFirst() == byte else { return nil }
      case .field(let field):
        var value: Int64 = 0
        var count = 0
        while count < field.digits.upperBound, let digit = rest.first, digit &- 48 < 10 {
          value = value * 10 + Int64(digit - 48)
          count += 1
          rest.removeFirst()
        }
        guard count >= field.digits.lowerBound, field.range.contains(value) else { return nil }
        values[TimePattern.position(of: field)] = value
      }
    }
    guard rest.isEmpty, let date = CalendarDay(year: values[0], month: Int(values[1]), day: Int(values[2])) else {
      return nil
    }
    return (((date.daysSince1970 * 24 + values[3]) * 60 + values[4]) * 60 + values[5]) * 1000 + values[6]
  }

  private static func position(of field: Field) -> Int {
    switch field {
    case .year: 0
    case .month: 1
    case .day: 2
    case .hour: 3
    case .minute: 4
    case .second: 5
    case .millisecond: 6
    }
  }
}
