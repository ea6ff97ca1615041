import TallyThreads
import Tallystick

/// How a server and its log fare, for `/metrics`, `/readyz` and `INFO`. Any thread; told once a frame or less.
package final class ServerMetrics: LogObserver {
  /// Since the server was started.
  struct Counts: Sendable {
    var frames = 0
    var events = 0
    var frameBytes = 0
    var frameSeconds = Histogram()
    /// What a frame has taken lately.
    var recentFrame = Duration.zero
    var waitSeconds = Histogram()
    var answerSeconds = Histogram()
    var answers = AnswerCounts()
    /// Accepted ones.
    var reservations = 0
    /// Commands and questions that were refused because there were too many.
    var busy = 0
    var snapshots = 0
    var warnings = 0
    var failure: LogFailure?
  }
  private let counts = Monitor(Counts())

  package init() {}

  package func frameCommitted(_ frame: CommittedFrame) {
    counts.access { counts in
      counts.frames += 1
      counts.events += frame.events
      counts.frameBytes += frame.bytes
      counts.frameSeconds.add(frame.duration)
      counts.recentFrame = (counts.recentFrame * 3 + frame.duration) / 4
    }
  }

  package func commandsAnswered(_ new: AnswerCounts) {
    counts.access { counts in
      counts.answers.accepted += new.accepted
      counts.answers.repeated += new.repeated
      counts.answers.invalid += new.invalid
      counts.answers.failed += new.failed
      for (reason, count) in new.rejected { counts.answers.rejected[reason, default: 0] += count }
    }
  }

  package func commandsWaited(_ delay: Duration) { counts.access { $0.waitSeconds.add(delay) } }
  package func snapshotMade(_ snapshot: MadeSnapshot) { counts.access { $0.snapshots += 1 } }
  package func warned(_ message: String) { counts.access { $0.warnings += 1 } }
  package func failed(_ failure: LogFailure) { counts.access { $0.failure = failure } }

  /// A front end gives answers to commands that came together.
  ///
  /// - Parameters:
  ///   - outcomes: one a command.
  ///   - duration: from when they were handed to the log until they were durable.
  func answered(_ outcomes: ArraySlice<Outcome>, to commands: [Command], in duration: Duration) {
    var reservations = 0
    var busy = 0
    for (outcome, command) in zip(outcomes, commands) {
      switch (outcome, command.operation) {
      case (.accepted, .reserve): reservations += 1
      case (.busy, _): busy += 1
      default: break
      }
    }
    note(outcomes.count - busy, reservations: reservations, busy: busy, in: duration)
  }

  private func note(_ taken: Int, reservations: Int, busy: Int, in duration: Duration) {
    counts.access { counts in
      if taken > 0 { counts.answerSeconds.add(duration, taken) }
      counts.reservations += reservations
      counts.busy += busy
    }
  }

  func answered(_ answers: CommandAnswers, to commands: GatheredCommands, in duration: Duration) {
    var reservations = 0
    var busy = 0
    answers.visit(
      0..<answers.count, accepted: { range, _ in reservations += commands.reservationCount(range) },
      other: { index, outcome in
        switch outcome {
        case .accepted: reservations += commands.reservationCount(index..<index + 1)
        case .busy: busy += 1
        default: break
        }
      })
    note(answers.count - busy, reservations: reservations, busy: busy, in: duration)
  }

  func answered(_ outcomes: ArraySlice<Outcome>, to commands: [Command], since start: ContinuousClock.Instant) {
    answered(outcomes, to: commands, in: start.duration(to: .now))
  }

  /// So many were refused at once: too many wait, or come from one client or for one item.
  func refused(_ count: Int) { counts.access { $0.busy += count } }

  var snapshot: Counts { counts.access { $0 } }

  /// What encoding, writing and syncing a frame has taken lately.
  var recentFrame: Duration { counts.access { $0.recentFrame } }

  /// Why nothing is written any more; `nil`: all is well.
  var failure: LogFailure? { counts.access { $0.failure } }

  /// In Prometheus's text format.
  func text(lastSequence: UInt64, queueDelay: Duration, connections: Int, totalConnections: Int) -> String {
    let counts = counts.access { $0 }
    var text = MetricsText()
    text.begin("tallystick_answers_total", "counter", "Commands answered, by status and, if rejected, reason.")
    for (status, count) in [
      ("accepted", counts.answers.accepted), ("repeated", counts.answers.repeated),
      ("invalid", counts.answers.invalid), ("failed", counts.answers.failed),
    ] { text.sample("tallystick_answers_total", "{status=\"\(status)\",reason=\"\"}", Double(count)) }
    for reason in Rejection.Reason.allCases {
      let count = counts.answers.rejected[reason] ?? 0
      text.sample("tallystick_answers_total", "{status=\"rejected\",reason=\"\(reason.rawValue)\"}", Double(count))
    }
    text.single("tallystick_frames_total", "counter", "Group commits on stable storage.", Double(counts.frames))
    text.single("tallystick_events_total", "counter", "Events on stable storage.", Double(counts.events))
    text.single("tallystick_frame_bytes_total", "counter", "Bytes of these frames.", Double(counts.frameBytes))
    text.histogram("tallystick_frame_seconds", "Encoding, writing and syncing a frame.", counts.frameSeconds)
    text.histogram(
      "tallystick_wait_seconds", "How long the oldest command waited for its judgement.", counts.waitSeconds)
    text.histogram(
      "tallystick_answer_seconds", "From handing a command to the log until its answer is durable.",
      counts.answerSeconds)
    text.single(
      "tallystick_reservations_total", "counter", "Reservations that were accepted.", Double(counts.reservations))
    text.single(
      "tallystick_busy_total", "counter", "Commands and questions refused at once, because there were too many.",
      Double(counts.busy))
    text.single("tallystick_snapshots_total", "counter", "Snapshots made.", Double(counts.snapshots))
    text.single("tallystick_warnings_total", "counter", "Warnings of the log.", Double(counts.warnings))
    text.single("tallystick_last_sequence", "gauge", "The last durable event.", Double(lastSequence))
    text.single(
      "tallystick_queue_delay_seconds", "gauge", "How long the oldest command waits now.", queueDelay / .seconds(1))
    text.single("tallystick_connections", "gauge", "Open connections of Redis's protocol.", Double(connections))
    text.single(
      "tallystick_connections_total", "counter", "Connections of Redis's protocol let in.", Double(totalConnections))
    text.single("tallystick_failed", "gauge", "1: the log has stopped after a failure.", counts.failure == nil ? 0 : 1)
    return text.text
  }
}
