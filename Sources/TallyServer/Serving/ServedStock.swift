import TallyShards
import Tallystick

/// What commands and questions of clients go to: a log, or a shop of several.
protocol ServedStock: Sendable {
  /// None yet: see ``TallyLog/gatherCommands()``.
  func gatherCommands() -> GatheredCommands
  /// Has commands judged: see ``TallyLog/hand(_:answer:)-(GatheredCommands,_)``.
  func hand(_ commands: GatheredCommands, answer: @escaping @Sendable (CommandAnswers) -> Void)
  /// Looks items and reservations up: see ``TallyLog/look(up:_:answer:)``.
  func look(
    up items: [ItemName], _ reservations: [Name],
    answer: @escaping @Sendable (Result<([StockLevel?], [ReservationStatus?]), LogFailure>) -> Void)
  func submit(_ command: Command) async -> Outcome
  func submit(_ commands: [Command]) async -> [Outcome]
  /// How long the oldest command that is not judged yet has waited.
  var queueDelay: Duration { get }
  /// The last durable event; of several logs, of the one that has most.
  var lastSequence: UInt64 { get }
  /// The log's identity, or the shop's.
  var identity: LogID { get }
  /// What there is of everything, at one moment.
  func everything() async throws(LogFailure) -> StockReport
}

extension TallyLog: ServedStock {
  var identity: LogID { id }
  func everything() async throws(LogFailure) -> StockReport { try await stock() }
}

extension ShardedLog: ServedStock {
  var identity: LogID { map.shop }

  func gatherCommands() -> GatheredCommands { shards[0].gatherCommands() }

  /// The router looks at each command.
  func hand(_ commands: GatheredCommands, answer: @escaping @Sendable (CommandAnswers) -> Void) {
    hand(commands.commands) { answer(CommandAnswers($0)) }
  }

  /// Without a sequence number: each shard has its own.
  func everything() async throws(LogFailure) -> StockReport {
    let found: Result<[StockReport], LogFailure> = await withUnsafeContinuation { continuation in
      stock { continuation.resume(returning: $0) }
    }
    let reports = try found.get()
    var whole = StockReport(told: reports.flatMap(\.levels))
    for report in reports { whole.due.merge(report.due) { $0 + $1 } }
    return whole
  }
}

extension ServedStock {
  /// One item.
  func level(_ item: ItemName) async throws(LogFailure) -> StockLevel? {
    try await look(up: [item], []).0.first ?? nil
  }

  /// One reservation.
  func status(_ id: Name) async throws(LogFailure) -> ReservationStatus? {
    try await look(up: [], [id]).1.first ?? nil
  }

  private func look(
    up items: [ItemName], _ ids: [Name]
  ) async throws(LogFailure) -> ([StockLevel?], [ReservationStatus?]) {
    let found: Result<([StockLevel?], [ReservationStatus?]), LogFailure> = await withUnsafeContinuation {
      continuation in
      look(up: items, ids) { continuation.resume(returning: $0) }
    }
    return try found.get()
  }
}
