import TallyFormat

/// What each customer holds or has bought of the items that have a limit.
struct CustomerCounts {
  /// By item, so that dropping a limit drops all its counts at once. Counts are above 0.
  private var counts: [Int: [Name: Int64]] = [:]

  /// Adds to a count, which ends at 0 or above.
  ///
  /// - Returns: the count after.
  mutating func add(_ change: Int64, item: Int, customer: Name) -> Int64 {
    let after = max(bounded(counts[item]?[customer] ?? 0, plus: change), 0)
    counts[item, default: [:]][customer] = after == 0 ? nil : after
    return after
  }

  mutating func drop(item: Int) { counts[item] = nil }

  /// Bytes, roughly, to be asked for when so many more reservations count: names in hash tables that double.
  func growth(by more: Int) -> Int {
    guard !counts.isEmpty else { return 0 }
    return (more + (counts.values.map(\.capacity).max() ?? 0)) * 256
  }

  /// All counts by item number, then by the customer's bytes.
  var sorted: [(item: Int, customer: Name, count: Int64)] {
    counts.keys.sorted().flatMap { item in
      (counts[item] ?? [:]).sorted { $0.key < $1.key }.map { (item, $0.key, $0.value) }
    }
  }
}
