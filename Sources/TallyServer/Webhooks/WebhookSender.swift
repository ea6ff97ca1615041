import TallyThreads
import Tallystick

/// Delivers a log's events to one webhook: in order, each at least once, the next only when the one before it was taken
/// or given up. What was handled is acknowledged in the log now and then, and at the end.
final class WebhookSender: Sendable {
  /// Sends a message; never throws: what goes wrong is the answer.
  typealias Post = @Sendable (WebhookMessage, Webhook) async -> DeliveryAnswer

  let webhook: Webhook
  let letters: DeadLetters
  private let log: TallyLog
  private let post: Post
  /// From 0 up to 1.
  private let draw: @Sendable () -> Double
  private let now: @Sendable () -> Int64
  private let progressNow = Monitor(WebhookProgress())

  init(
    _ webhook: Webhook, _ log: TallyLog, _ letters: DeadLetters,
    draw: @escaping @Sendable () -> Double = { .random(in: 0..<1) },
    now: @escaping @Sendable () -> Int64 = { UnixTime.now() }, post: @escaping Post
  ) {
    self.webhook = webhook
    self.log = log
    self.letters = letters
    self.draw = draw
    self.now = now
    self.post = post
  }

  var progress: WebhookProgress { progressNow.access { $0 } }

  /// Delivers until the task is cancelled, the log is closed, or the receiver wants nothing more.
  func run() async {
    guard await begin() else { return }
    await withTaskGroup { group in
      group.addTask { await self.deliverAll() }
      group.addTask { await self.acknowledgeNowAndThen() }
      await group.next()
      group.cancelAll()
    }
    // Also of a task that was cancelled: the log takes it, if it is still open.
    await Task { await self.acknowledge() }.value
  }

  // MARK: Where it begins

  /// False: the log does not take the consumer.
  private func begin() async -> Bool {
    while !Task.isCancelled {
      do throws(LogFailure) {
        if let known = try await log.consumers().first(where: { $0.name == webhook.consumer }) {
          progressNow.access {
            ($0.handled, $0.acknowledged, $0.state) = (known.position, known.position, .delivering)
          }
          return true
        }
        let start = webhook.start == .end ? log.lastSequence : 0
        switch await log.submit(Command(.acknowledge(consumer: webhook.consumer, through: start))) {
        case .accepted, .repeated, .busy: continue
        case .invalid(let message): return stop(message)
        case .rejected(let rejection): return stop("\(rejection.reason.rawValue)")
        case .failed(let failure): throw failure
        }
      } catch {
        guard case .busy = error else { return stop("\(error)") }
        try? await Task.sleep(for: .milliseconds(100))
      }
    }
    return false
  }

  @discardableResult
  private func stop(_ reason: String) -> Bool {
    progressNow.access { progress in
      progress.state = .stopped
      progress.lastFailure = reason
      progress.nextAttempt = nil
    }
    return false
  }

  // MARK: Delivering

  private func deliverAll() async {
    while !Task.isCancelled {
      var filter = EventFilter()
      filter.from = progress.handled + 1
      filter.isForConsumers = true
      do throws(TallyError) {
        for try await event in log.events(filter) {
          guard await handle(event) else { return }
        }
        return
      } catch {
        // The log cannot be read: perhaps later.
        progressNow.access { $0.lastFailure = "\(error)" }
        try? await Task.sleep(for: .seconds(10))
      }
    }
  }

  /// False: nothing more is delivered.
  private func handle(_ event: RecordedEvent) async -> Bool {
    if webhook.wants(event), letters[event.sequence] == nil {
      guard await deliver(event) else { return false }
    }
    progressNow.access { progress in
      progress.handled = event.sequence
      (progress.attempts, progress.nextAttempt, progress.state) = (0, nil, .delivering)
    }
    return true
  }

  /// Tries until the event is taken or given up. False: neither.
  private func deliver(_ event: RecordedEvent) async -> Bool {
    let message = WebhookMessage(event, of: log.id)
    var attempt = 0
    while !Task.isCancelled {
      attempt += 1
      switch await post(message, webhook) {
      case .delivered:
        progressNow.access { $0.delivered += 1 }
        return true
      case .gone: return stop("the receiver answers 410: it wants nothing more")
      case .failed(let status, let reason, let retryAfter):
        // What was cut off because the server ends is no failure.
        if Task.isCancelled { return false }
        let delay = webhook.retries.delay(after: attempt, draw: draw(), asked: retryAfter)
        note(reason, attempt, delay)
        guard let delay else { return giveUp(event, attempt, reason, status) }
        do { try await Task.sleep(for: .milliseconds(delay)) } catch { return false }
      }
    }
    return false
  }

  private func note(_ reason: String, _ attempt: Int, _ delay: Int64?) {
    progressNow.access { progress in
      progress.failedAttempts += 1
      progress.lastFailure = reason
      progress.attempts = attempt
      progress.state = .retrying
      progress.nextAttempt = delay.map { now() + $0 }
    }
  }

  /// False: it cannot be written down, or too many were given up already.
  private func giveUp(_ event: RecordedEvent, _ attempts: Int, _ reason: String, _ status: Int?) -> Bool {
    guard letters.count < DeadLetters.most else {
      return stop("\(DeadLetters.most) events were given up: the last failed with \(reason)")
    }
    do throws(FileError) {
      try letters.add(DeadLetter(sequence: event.sequence, time: now(), attempts: attempts, reason: reason))
      return true
    } catch {
      return stop("event \(event.sequence) was given up, and that cannot be written down: \(error)")
    }
  }

  /// One more attempt at an event that was given up, out of its turn.
  ///
  /// - Returns: `nil`: it was not given up.
  func deliverAgain(_ sequence: UInt64) async -> DeliveryAnswer? {
    guard var letter = letters[sequence] else { return nil }
    var filter = EventFilter()
    (filter.from, filter.to) = (sequence, sequence)
    var answer = DeliveryAnswer.failed(status: nil, reason: "the log does not show event \(sequence)", retryAfter: nil)
    do {
      for try await event in log.events(filter) { answer = await post(WebhookMessage(event, of: log.id), webhook) }
      if case .failed(_, let reason, _) = answer {
        letter.attempts += 1
        letter.reason = reason
        try letters.add(letter)
      } else if answer == .delivered {
        try letters.remove(sequence)
      }
    } catch {
      return .failed(status: nil, reason: "\(error)", retryAfter: nil)
    }
    return answer
  }

  // MARK: Acknowledging

  private func acknowledgeNowAndThen() async {
    while !Task.isCancelled {
      do { try await Task.sleep(for: webhook.acknowledgement) } catch { return }
      await acknowledge()
    }
  }

  private func acknowledge() async {
    let progress = progress
    guard progress.handled > progress.acknowledged else { return }
    let command = Command(.acknowledge(consumer: webhook.consumer, through: progress.handled))
    switch await log.submit(command) {
    case .accepted, .repeated: progressNow.access { $0.acknowledged = progress.handled }
    // Next time; what was delivered may come twice.
    case .rejected, .invalid, .busy, .failed: break
    }
  }
}
