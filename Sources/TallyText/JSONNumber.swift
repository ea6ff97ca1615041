/// A number as it was written.
package struct JSONNumber: Equatable, Sendable {
  package internal(set) var isNegative = false
  /// The digits before a fraction; `UInt64.max` if they do not fit.
  package internal(set) var magnitude: UInt64 = 0
  /// The digits do not fit into 64 bits.
  package internal(set) var isHuge = false
  /// Written without fraction and exponent.
  package internal(set) var isWhole = true

  /// The value, if it is whole and in the range.
  package func value(in range: ClosedRange<Int64>) -> Int64? {
    guard isWhole, !isHuge, magnitude <= UInt64(Int64.max) else { return nil }
    let value = isNegative ? -Int64(magnitude) : Int64(magnitude)
    return range.contains(value) ? value : nil
  }

  /// The value, if it is whole, not negative and fits.
  package var unsigned: UInt64? { isWhole && !isHuge && (!isNegative || magnitude == 0) ? magnitude : nil }
}
