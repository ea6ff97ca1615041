/// The answers to commands that were handed over with ``TallyLog/enqueue(_:)-([Command])``.
public struct PendingOutcomes: Sendable {
  private let reply: Reply<[Outcome]>
  /// Kept so that the thread that has made them also frees them: another would pay for each, the writer's above all.
  private let commands: [Command]

  init(_ commands: [Command], _ reply: Reply<[Outcome]>) {
    self.commands = commands
    self.reply = reply
  }

  /// Blocks the thread until the answers are durable: one a command, in order. Any thread, any number of times.
  public func wait() -> [Outcome] { reply.wait() }
}

/// The answers to rows that were handed over with ``TallyLog/enqueue(_:)-(CommandRows)``.
public struct PendingRows: Sendable {
  private let reply: Reply<RowOutcomes>
  /// Kept for the same reason as commands are.
  private let rows: CommandRows

  init(_ rows: CommandRows, _ reply: Reply<RowOutcomes>) {
    self.rows = rows
    self.reply = reply
  }

  /// Blocks the thread until the answers are durable: one a row, in order. Any thread, any number of times.
  public func wait() -> RowOutcomes { reply.wait() }
}
