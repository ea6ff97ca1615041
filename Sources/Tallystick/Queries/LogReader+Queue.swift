extension LogReader {
  /// Who reads the log, and how far each has come, at a moment; by name.
  ///
  /// Cost: a fold from the newest snapshot.
  public func consumers(at moment: Moment = .now) throws(TallyError) -> [ConsumerPosition] {
    try state(at: moment).state.consumerPositions
  }

  /// Who waits for a SKU at a moment, in order, at each of its locations that somebody waits for.
  ///
  /// Cost: a fold from the newest snapshot, and some 100 ns for each that waits.
  /// - Returns: by item number, then by place; `nil`: there is no such item.
  public func queue(of sku: Name, at moment: Moment = .now) throws(TallyError) -> [WaitingPlace]? {
    let state = try state(at: moment).state
    let numbers = state.itemNames.numbers(of: [sku])
    return numbers.isEmpty ? nil : numbers.flatMap { state.queue(of: $0) }
  }
}
