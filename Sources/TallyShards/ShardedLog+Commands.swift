import Tallystick

/// The ways in for commands.
extension ShardedLog {
  /// Has commands judged, each on its own, and blocks the thread until their answers are durable.
  ///
  /// Those of one shard are judged in order. A cart over several shards has no order among others that are handed over
  /// with it: who needs one waits for the answer. Cost beyond the shard's own: some 0.3 µs a command; a cart over several
  /// shards takes three syncs, one behind the other.
  /// - Returns: one answer a command, in order; ``Acceptance/shard`` says whose sequence number it has.
  public func append(_ commands: [Command]) -> [Outcome] {
    if commands.isEmpty { return [] }
    let gathered = Gathered<[Outcome]>(1)
    router.hand(commands) { gathered.set(0, $0) }
    return gathered.wait().first ?? []
  }

  /// As `append(_:)`, of one command.
  public func append(_ command: Command) -> Outcome { append([command]).first ?? .failed(.closed) }

  /// As `append(_:)`, without blocking a thread. A task that is cancelled before the call is answered
  /// ``LogFailure/cancelled``; later, it gets its answer all the same.
  public func submit(_ commands: [Command]) async -> [Outcome] {
    if commands.isEmpty { return [] }
    if Task.isCancelled { return commands.map { _ in .failed(.cancelled) } }
    return await withUnsafeContinuation { continuation in
      router.hand(commands) { continuation.resume(returning: $0) }
    }
  }

  /// As `submit(_:)`, of one command.
  public func submit(_ command: Command) async -> Outcome { await submit([command]).first ?? .failed(.closed) }

  /// For a server's event loops: see ``TallyLog/hand(_:answer:)``.
  package func hand(_ commands: [Command], answer: @escaping @Sendable ([Outcome]) -> Void) {
    router.hand(commands, answer: answer)
  }

  /// The last durable event of the shard that has most.
  package var lastSequence: UInt64 { shards.map(\.lastSequence).max() ?? 0 }

  /// How long the oldest command that is not judged yet has waited, in the slowest shard.
  public var queueDelay: Duration { shards.map(\.queueDelay).max() ?? .zero }
}
