/// How a file writes quantities: whole numbers, perhaps with a fraction of zeros and separated thousands.
public struct NumberPattern: Equatable, Sendable {
  /// Between the whole part and the fraction.
  public var decimal: UInt8 = UInt8(ascii: ".")
  /// Between groups of three digits; a blank stands for no-break spaces, too. `nil`: none.
  public var thousands: UInt8?

  public init() {}

  /// The whole number; `nil` if it is none, has a fraction other than zeros, or is beyond 64 bits. Linear.
  public func parse(_ bytes: ArraySlice<UInt8>) -> Int64? {
    var rest = bytes
    var isNegative = false
    if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") {
      isNegative = rest.removeFirst() == UInt8(ascii: "-")
    } else if rest.starts(with: NumberPattern.minus) {
      rest.removeFirst(NumberPattern.minus.count)
      isNegative = true
    }
    var value: Int64 = 0
    var digits = 0
    // Digits since the last separator; `nil`: there was none yet.
    var group: Int?
    while let byte = rest.first, byte != decimal {
      if byte &- 48 < 10 {
        rest.removeFirst()
        digits += 1
        group = group.map { $0 + 1 }
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(Int64(byte - 48))
        if overflow || carry { return nil }
        value = sum
      } else if takeSeparator(&rest) {
        guard digits > 0, group.map({ $0 == 3 }) ?? (digits <= 3) else { return nil }
        group = 0
      } else {
        return nil
      }
    }
    guard digits > 0, group.map({ $0 == 3 }) ?? true else { return nil }
    if rest.first == decimal {
      rest.removeFirst()
      guard !rest.isEmpty, rest.allSatisfy({ $0 == 48 }) else { return nil }
    }
    return isNegative ? -value : value
  }

  private static let minus = Array("\u{2212}".utf8)
  private static let spaces = ["\u{A0}", "\u{202F}", "\u{2009}"].map { Array($0.utf8) }

  private func takeSeparator(_ rest: inout ArraySlice<UInt8>) -> Bool {
    guard let thousands else { return false }
    if rest.first == thousands {
      rest.removeFirst()
      return true
    }
    guard thousands == UInt8(ascii: " "), let space = NumberPattern.spaces.first(where: { rest.starts(with: $0) })
    else { return false }
    rest.removeFirst(space.count)
    return true
  }
}
