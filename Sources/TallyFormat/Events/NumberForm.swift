/// How the values of a plain column are written: `Column` in the format document, below a bound.
protocol NumberForm {
  associatedtype Value: Sendable
  /// Every number of the column is below it.
  static var bound: UInt64 { get }
  /// What a decoder fills new memory with before it writes the values.
  static var filler: Value { get }
  static func number(_ value: Value) -> UInt64
  /// - Parameter number: not judged yet: it may be `bound` or more, and must not trap.
  static func value(_ number: UInt64) -> Value
}

enum ItemForm: NumberForm {
  static var bound: UInt64 { 1 << 32 }
  static var filler: ItemNumber { ItemNumber(0) }
  @inline(__always) static func number(_ value: ItemNumber) -> UInt64 { UInt64(value.rawValue) }
  @inline(__always) static func value(_ number: UInt64) -> ItemNumber {
    ItemNumber(UInt32(truncatingIfNeeded: number))
  }
}

enum FlagForm: NumberForm {
  static var bound: UInt64 { 2 }
  static var filler: Bool { false }
  @inline(__always) static func number(_ value: Bool) -> UInt64 { value ? 1 : 0 }
  @inline(__always) static func value(_ number: UInt64) -> Bool { number == 1 }
}

/// Changes of either sign.
enum ChangeForm: NumberForm {
  static var bound: UInt64 { 1 << 56 }
  static var filler: Int64 { 0 }
  @inline(__always) static func number(_ value: Int64) -> UInt64 { zigzag(value) }
  @inline(__always) static func value(_ number: UInt64) -> Int64 { unzigzag(number) }
}

/// Quantities, whose range is the fold's to judge.
enum QuantityForm: NumberForm {
  static var bound: UInt64 { 1 << 56 }
  static var filler: Int64 { 0 }
  @inline(__always) static func number(_ value: Int64) -> UInt64 { UInt64(bitPattern: value) }
  @inline(__always) static func value(_ number: UInt64) -> Int64 { Int64(truncatingIfNeeded: number) }
}

/// Milliseconds from 0 to the largest quantity.
enum DurationForm: NumberForm {
  static var bound: UInt64 { UInt64(Limits.maxQuantity) + 1 }
  static var filler: UInt64 { 0 }
  @inline(__always) static func number(_ value: UInt64) -> UInt64 { value }
  @inline(__always) static func value(_ number: UInt64) -> UInt64 { number }
}

/// Sequence numbers that need not be an earlier event's; 0: of none.
enum SequenceForm: NumberForm {
  static var bound: UInt64 { UInt64(Limits.maxQuantity) + 1 }
  static var filler: UInt64 { 0 }
  @inline(__always) static func number(_ value: UInt64) -> UInt64 { value }
  @inline(__always) static func value(_ number: UInt64) -> UInt64 { number }
}

/// A limit + 1; 0: none.
enum LimitForm: NumberForm {
  static var bound: UInt64 { UInt64(Limits.maxQuantity) + 2 }
  static var filler: UInt64 { 0 }
  @inline(__always) static func number(_ value: UInt64) -> UInt64 { value }
  @inline(__always) static func value(_ number: UInt64) -> UInt64 { number }
}

/// 0: none, 1: newest, 2: oldest; 3 and 4 likewise, but only what is missing.
enum PolicyForm: NumberForm {
  static var bound: UInt64 { 5 }
  static var filler: UInt8 { 0 }
  @inline(__always) static func number(_ value: UInt8) -> UInt64 { UInt64(value) }
  @inline(__always) static func value(_ number: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: number) }
}
