/// The ways in for commands.
///
/// Each answers at once ``Outcome/busy(_:)`` when the queue is full (``LogOptions/maxQueuedCommands``,
/// ``LogOptions/maxQueuedBytes``), the blocking ones, too: of what was handed over together all was taken or nothing. A
/// caller that keeps few commands in flight, as a loop around ``append(_:)-([Command])`` does, never sees it.
extension TallyLog {
  /// Judges commands in order and blocks the thread until their answers are durable. They share one sync.
  ///
  /// - Returns: one answer a command, in order.
  public func append(_ commands: [Command]) -> [Outcome] {
    if commands.isEmpty { return [] }
    let reply = Reply<[Outcome]>()
    let rows = NamedRows(commands, hash)
    let load = QueueLoad(commands, rows)
    if let refusal = pass(.commands(commands, rows, .thread(reply)), load) { return commands.map { _ in refusal } }
    return reply.wait()
  }

  /// Judges one command and blocks the thread until its answer is durable: one sync.
  public func append(_ command: Command) -> Outcome { append([command]).first ?? .failed(.closed) }

  /// Judges rows in order and blocks the thread until their answers are durable. The fastest way in.
  public func append(_ rows: CommandRows) -> RowOutcomes {
    if rows.isEmpty { return RowOutcomes() }
    let reply = Reply<RowOutcomes>()
    let prepared = PreparedRows(rows, hash)
    let load = QueueLoad(prepared)
    if let refusal = pass(.rows(prepared, reply), load) { return RowOutcomes(refusal, count: rows.count) }
    return reply.wait()
  }

  /// Hands commands over and returns at once: see ``enqueue(_:)-(CommandRows)``. Costs the caller some 100 ns a command.
  public func enqueue(_ commands: [Command]) -> PendingOutcomes {
    let reply = Reply<[Outcome]>()
    if commands.isEmpty {
      reply.send([])
    } else {
      let rows = NamedRows(commands, hash)
      let load = QueueLoad(commands, rows)
      if let refusal = hand(.commands(commands, rows, .thread(reply)), load) {
        reply.send(commands.map { _ in refusal })
      }
    }
    return PendingOutcomes(commands, reply)
  }

  /// Hands rows over and returns at once, so that the next can be filled, or handed over, while these are made durable.
  /// They are judged after all that this thread has handed over before. Costs the caller some 20 ns a row, for what can be
  /// known of it without the log's state; what is returned holds the rows until it is dropped.
  public func enqueue(_ rows: CommandRows) -> PendingRows {
    let reply = Reply<RowOutcomes>()
    if rows.isEmpty {
      reply.send(RowOutcomes())
    } else {
      let prepared = PreparedRows(rows, hash)
      let load = QueueLoad(prepared)
      if let refusal = hand(.rows(prepared, reply), load) { reply.send(RowOutcomes(refusal, count: rows.count)) }
    }
    return PendingRows(rows, reply)
  }

  /// Judges a command; answers when it is durable. Commands of many tasks share syncs.
  ///
  /// A task that is cancelled before the call is answered ``LogFailure/cancelled``, and nothing was done. A task that is
  /// cancelled later gets its answer all the same, a sync later at most: the command is with the writer and may happen;
  /// whoever does not wait for the answer learns it by repeating the command with its id or key.
  public func submit(_ command: Command) async -> Outcome {
    if Task.isCancelled { return .failed(.cancelled) }
    return await withUnsafeContinuation { continuation in
      if let refusal = hand(.one(command, continuation), QueueLoad(command)) { continuation.resume(returning: refusal) }
    }
  }

  /// Judges commands in order, each on its own; answers when all are durable. Cheaper than as many calls of
  /// ``submit(_:)-(Command)``; cancellation means the same.
  ///
  /// - Returns: one answer a command, in order.
  public func submit(_ commands: [Command]) async -> [Outcome] {
    if commands.isEmpty { return [] }
    if Task.isCancelled { return commands.map { _ in .failed(.cancelled) } }
    let rows = NamedRows(commands, hash)
    let load = QueueLoad(commands, rows)
    return await withUnsafeContinuation { continuation in
      if let refusal = hand(.commands(commands, rows, .task(continuation)), load) {
        continuation.resume(returning: commands.map { _ in refusal })
      }
    }
  }

  /// How long the oldest command that is not judged yet has waited; zero when none waits. Any thread; costs a lock.
  public var queueDelay: Duration { queue.delay }

  // MARK: Handing over

  /// Has a request judged: at once on this thread if the writer is free, else on the writer's thread.
  ///
  /// - Returns: why it was not taken; `nil`: it was, and will be answered.
  func pass(_ request: Request, _ load: QueueLoad) -> Outcome? { writer.perform(request) ? nil : push(request, load) }

  /// Has a request judged on the writer's thread, if the log has one.
  func hand(_ request: Request, _ load: QueueLoad) -> Outcome? {
    writer.runsInline && writer.perform(request) ? nil : push(request, load)
  }

  private func push(_ request: Request, _ load: QueueLoad) -> Outcome? {
    switch queue.push(request, load) {
    case .taken: nil
    case .busy(let busy): .busy(busy)
    case .closed: .failed(.closed)
    }
  }
}

extension RowOutcomes {
  /// The answer to rows that were not taken.
  fileprivate init(_ refusal: Outcome, count: Int) {
    switch refusal {
    case .busy(let busy): self = .refused(busy, count: count)
    case .failed(let cause): self = .failed(cause, count: count)
    case .accepted, .repeated, .rejected, .invalid: self.init()
    }
  }
}
