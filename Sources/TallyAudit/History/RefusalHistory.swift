import TallyFormat

/// What the log says was refused, over time.
package struct RefusalHistory: Sendable {
  /// The log was made to tell; otherwise it knows nothing of what was refused.
  package var isKept = false
  /// Units, by the causes' numbers.
  package private(set) var units: TimeColumns
  /// How often, by the causes' numbers.
  package private(set) var asks: [UInt64]

  init(_ span: TimeSpan) {
    units = TimeColumns(span, kinds: RefusalCause.allCases.count)
    asks = Array(repeating: 0, count: RefusalCause.allCases.count)
  }

  mutating func note(_ group: EventColumns.Refusals, _ index: Int, at time: Int64) {
    let cause = Int(group.causes[index])
    guard cause < asks.count else { return }
    units.add(group.units[index], kind: cause, at: time)
    asks[cause] &+= group.asks[index]
  }
}
