/// Why units were refused.
public enum RefusalCause: UInt8, CaseIterable, Sendable {
  /// Less was available than asked for.
  case insufficient
  /// The customer's limit stood in the way.
  case limit

  /// As a refused command's reason.
  public var name: String {
    switch self {
    case .insufficient: "insufficient"
    case .limit: "limit"
    }
  }
}

extension EventColumns {
  /// `refused`.
  public struct Refusals: ColumnGroup {
    /// What was asked for; `nil`: further items, which were too many to be told apart.
    public internal(set) var items: [ItemNumber?] = []
    /// Each a ``RefusalCause``.
    public internal(set) var causes: [UInt8] = []
    /// How often, 1 or more.
    public internal(set) var asks: [UInt64] = []
    /// How many units all asks together were for.
    public internal(set) var units: [UInt64] = []
    /// Milliseconds from the event's time to the last of the asks.
    public internal(set) var delays: [Int64] = []

    @inline(__always) var count: Int { items.count }

    mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure) {
      try visitor.visit(&items, OptionalItemForm.self)
      try visitor.visit(&causes, RefusalCauseForm.self)
      // Numbers from 0 to the largest quantity, as durations are.
      try visitor.visit(&asks, DurationForm.self)
      try visitor.visit(&units, DurationForm.self)
      try visitor.visit(&delays, ChangeForm.self)
    }
  }

  /// Appends a `refused` row, which is a step of its own.
  ///
  /// - Parameters:
  ///   - item: what was asked for; `nil`: further items.
  ///   - cause: why it was refused.
  ///   - asks: how often, 1 … 2^53 − 1.
  ///   - units: for how many in all, at least as many as `asks`, up to 2^53 − 1.
  ///   - delay: milliseconds from `time` to the last of the asks, below 2^53 in size.
  ///   - time: Unix milliseconds.
  ///   - more: the next row belongs to the same step, which no reader admits.
  public mutating func appendRefusal(
    _ item: ItemNumber?, _ cause: RefusalCause, asks: UInt64, units: UInt64, delay: Int64, time: Int64,
    more: Bool = false
  ) {
    begin(.refused, time, more: more, bound: 32)
    refused.items.append(item)
    refused.causes.append(cause.rawValue)
    refused.asks.append(asks)
    refused.units.append(units)
    refused.delays.append(delay)
  }
}

/// An item's number + 1; 0: none.
private enum OptionalItemForm: NumberForm {
  static var bound: UInt64 { (1 << 32) + 1 }
  static var filler: ItemNumber? { nil }
  @inline(__always) static func number(_ value: ItemNumber?) -> UInt64 { value.map { UInt64($0.rawValue) + 1 } ?? 0 }
  @inline(__always) static func value(_ number: UInt64) -> ItemNumber? {
    number == 0 ? nil : ItemNumber(UInt32(truncatingIfNeeded: number - 1))
  }
}

private enum RefusalCauseForm: NumberForm {
  static var bound: UInt64 { UInt64(RefusalCause.allCases.count) }
  static var filler: UInt8 { 0 }
  @inline(__always) static func number(_ value: UInt8) -> UInt64 { UInt64(value) }
  @inline(__always) static func value(_ number: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: number) }
}
