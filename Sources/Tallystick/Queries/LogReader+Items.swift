extension LogReader {
  /// The names of items by their numbers, as frames hold them.
  ///
  /// Cost: nothing is folded. The items at the beginning of the two newest snapshots are read, some 30 ns each. The
  /// digest of a snapshot, 1 ns a byte of its state, is worked out for items that are newer than the one before it; the
  /// frames behind the newest are decoded, some 30 ns an event, up to where an item is registered that it does not
  /// have.
  ///
  /// - Throws: ``TallyError/outOfRange(_:)`` for a number that no item of the log has.
  package func itemNames(of numbers: [ItemNumber]) throws(TallyError) -> [ItemName] {
    let found = try ItemSearch(stored: stored, warn: warn).names(of: Set(numbers))
    let names = numbers.compactMap { found.names[$0] }
    guard names.count == numbers.count else { throw .outOfRange("the log has \(found.count ?? 0) items") }
    return names
  }
}
