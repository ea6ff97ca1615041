/// Sums over equal parts of a known span, of a few kinds beside each other.
package struct TimeColumns: Sendable {
  package static let mostPlaces = 96

  package let span: TimeSpan
  /// By kind, then by part.
  package private(set) var sums: [[UInt64]]

  package init(_ span: TimeSpan, kinds: Int, places: Int = TimeColumns.mostPlaces) {
    self.span = span
    sums = Array(repeating: Array(repeating: 0, count: places), count: kinds)
  }

  package var places: Int { sums.first?.count ?? 0 }

  package mutating func add(_ amount: UInt64, kind: Int, at time: Int64) {
    let place = span.place(of: time, among: places)
    let (sum, overflows) = sums[kind][place].addingReportingOverflow(amount)
    sums[kind][place] = overflows ? .max : sum
  }

  /// Of a kind over the whole span.
  package func total(_ kind: Int) -> UInt64 {
    sums[kind].reduce(0) { $0.addingReportingOverflow($1).overflow ? .max : $0 + $1 }
  }
}
