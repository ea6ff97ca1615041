/// What the writer's state amounts to after an event: what an auditor's must equal.
public struct StateDigest: Equatable, Sendable {
  /// The last event that it includes.
  public var sequence: UInt64
  /// SHA-256 of the state's canonical form.
  public var digest: Digest
  /// How long the writer stood still for it.
  public var duration: Duration

  /// The log makes these; public for what stands in for a log in tests.
  public init(sequence: UInt64, digest: Digest, duration: Duration) {
    self.sequence = sequence
    self.digest = digest
    self.duration = duration
  }
}

/// Questions to the log while it is open, answered from the writer's live state without reading the log.
///
/// An answer comes when everything that it shows is durable, after whatever was handed over before it: a caller reads its
/// own writes. Each question has an async form, and one that blocks the thread. `nil` means that there is no such thing;
/// a log that is closed, has failed or is busy throws ``LogFailure``.
extension TallyLog {
  /// What there is of these items; `nil` for an item that does not exist.
  ///
  /// - Returns: one an item, in order. Cost to the writer: some 100 ns an item.
  public func stock(_ items: [ItemName]) async throws(LogFailure) -> [StockLevel?] {
    try await ask { judge in items.map { judge.state.level(of: $0) } }
  }

  /// As `stock(_:)`, blocking the thread.
  public func stock(_ items: [ItemName]) throws(LogFailure) -> [StockLevel?] {
    try askBlocking { judge in items.map { judge.state.level(of: $0) } }
  }

  /// What there is of everything, after one event.
  ///
  /// Cost: the writer stands still while the numbers are copied, some 5 ms a million items, and for a tenth of a
  /// millisecond now and then while the names are (longer if holds are overdue: some 20 ns an open hold); the report itself, some 0.2 µs an item, is made by the caller.
  public func stock() async throws(LogFailure) -> StockReport {
    let copy = StockCopy(items: try await ask { $0.state.items.count }, clock: clock)
    try await ask { copy.takeLevels($0) }
    while !copy.isComplete { try await ask { copy.takeNames($0) } }
    return copy.report
  }

  /// As `stock()`, blocking the thread.
  public func stock() throws(LogFailure) -> StockReport {
    let copy = StockCopy(items: try askBlocking { $0.state.items.count }, clock: clock)
    try askBlocking { copy.takeLevels($0) }
    while !copy.isComplete { try askBlocking { copy.takeNames($0) } }
    return copy.report
  }

  /// Where a reservation stands; `nil` if there is none of that id. What happened to it is ``LogReader/show(_:)``'s to
  /// tell.
  ///
  /// Cost to the writer: some 100 ns a line; for one that was closed long ago, reading a frame of the log.
  public func reservation(_ id: Name) async throws(LogFailure) -> ReservationStatus? {
    let clock = clock
    return try await ask { $0.status(of: id, now: clock()) }
  }

  /// As `reservation(_:)`, blocking the thread.
  public func reservation(_ id: Name) throws(LogFailure) -> ReservationStatus? {
    let clock = clock
    return try askBlocking { $0.status(of: id, now: clock()) }
  }

  /// Who waits for an item, in order; `nil` for an item that does not exist.
  ///
  /// Cost to the writer: some 100 ns for each that waits.
  public func queue(of item: ItemName) async throws(LogFailure) -> [WaitingPlace]? {
    try await ask { judge in judge.state.number(of: item).map { judge.state.queue(of: $0) } }
  }

  /// As `queue(of:)`, blocking the thread.
  public func queue(of item: ItemName) throws(LogFailure) -> [WaitingPlace]? {
    try askBlocking { judge in judge.state.number(of: item).map { judge.state.queue(of: $0) } }
  }

  /// Who reads the log, and how far each has come; by name.
  ///
  /// Cost to the writer: some 100 ns a consumer.
  public func consumers() async throws(LogFailure) -> [ConsumerPosition] {
    try await ask { $0.state.consumerPositions }
  }

  /// As `consumers()`, blocking the thread.
  public func consumers() throws(LogFailure) -> [ConsumerPosition] { try askBlocking { $0.state.consumerPositions } }

  /// The digest of the state, and the last event that it includes. Blocks the thread.
  ///
  /// Cost: the writer stands still while its whole state is hashed, some 0.1 µs an item or open reservation: to be asked
  /// rarely.
  public func stateDigest() throws(LogFailure) -> StateDigest {
    try askBlocking { judge in
      let clock = ContinuousClock()
      let start = clock.now
      let digest = judge.state.digest
      return StateDigest(sequence: judge.state.lastSequence, digest: digest, duration: clock.now - start)
    }
  }

  /// The number by which ``CommandRows`` name an item; `nil` if nothing was ever received of it. Blocks the thread.
  public func number(of item: ItemName) throws(LogFailure) -> ItemNumber? {
    try askBlocking { $0.state.number(of: item) }
  }
}
