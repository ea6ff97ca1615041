extension LogReader {
  /// The names of items by their numbers, as frames hold them. Cost: a fold from the newest snapshot.
  ///
  /// - Throws: ``TallyError/outOfRange(_:)`` for a number that no item of the log has.
  package func itemNames(of numbers: [ItemNumber]) throws(TallyError) -> [ItemName] {
    let state = try state(at: .now).state
    guard numbers.allSatisfy({ Int($0.rawValue) < state.items.count }) else {
      throw .outOfRange("the log has \(state.items.count) items")
    }
    return numbers.map { state.itemNames[Int($0.rawValue)] }
  }
}
