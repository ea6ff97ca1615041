import Metrics
import Tallystick

/// Tells swift-metrics how a log fares.
///
/// Labels, each under a prefix (`tally` unless told otherwise): `frames`, `events`, `frame_bytes` (counters),
/// `frame_duration`, `queue_delay`, `snapshot_duration`, `merge_duration` (timers), `last_sequence` (gauge), `answers`
/// with the dimension `status`, `rejections` with the dimension `reason`, `warnings`, `failures` (counters). Any thread;
/// costs a few calls of the backend a frame.
///
/// ```swift
/// var options = LogOptions()
/// options.observer = MetricsObserver()
/// ```
public struct MetricsObserver: LogObserver {
  private let frames: Counter
  private let events: Counter
  private let frameBytes: Counter
  private let frameDuration: Metrics.Timer
  private let queueDelay: Metrics.Timer
  private let snapshotDuration: Metrics.Timer
  private let mergeDuration: Metrics.Timer
  private let lastSequence: Gauge
  private let accepted: Counter
  private let repeated: Counter
  private let rejected: Counter
  private let invalid: Counter
  private let failed: Counter
  private let rejections: [Rejection.Reason: Counter]
  private let warnings: Counter
  private let failures: Counter

  /// - Parameters:
  ///   - prefix: before each label, with an underscore.
  ///   - dimensions: of every metric: which shop, which shard.
  ///   - factory: the backend; `nil`: the one that the process was bootstrapped with.
  public init(
    prefix: String = "tally", dimensions: [(String, String)] = [], factory: (any MetricsFactory)? = nil
  ) {
    let factory = factory ?? MetricsSystem.factory
    func counter(_ name: String, _ more: (String, String)...) -> Counter {
      Counter(label: "\(prefix)_\(name)", dimensions: dimensions + more, factory: factory)
    }
    func timer(_ name: String) -> Metrics.Timer {
      Metrics.Timer(label: "\(prefix)_\(name)", dimensions: dimensions, factory: factory)
    }
    frames = counter("frames")
    events = counter("events")
    frameBytes = counter("frame_bytes")
    frameDuration = timer("frame_duration")
    queueDelay = timer("queue_delay")
    snapshotDuration = timer("snapshot_duration")
    mergeDuration = timer("merge_duration")
    lastSequence = Gauge(label: "\(prefix)_last_sequence", dimensions: dimensions, factory: factory)
    accepted = counter("answers", ("status", "accepted"))
    repeated = counter("answers", ("status", "repeated"))
    rejected = counter("answers", ("status", "rejected"))
    invalid = counter("answers", ("status", "invalid"))
    failed = counter("answers", ("status", "failed"))
    rejections = Dictionary(
      uniqueKeysWithValues: Rejection.Reason.allCases.map { ($0, counter("rejections", ("reason", $0.rawValue))) })
    warnings = counter("warnings")
    failures = counter("failures")
  }

  public func frameCommitted(_ frame: CommittedFrame) {
    frames.increment()
    events.increment(by: frame.events)
    frameBytes.increment(by: frame.bytes)
    frameDuration.record(duration: frame.duration)
    lastSequence.record(frame.lastSequence)
  }

  public func commandsAnswered(_ counts: AnswerCounts) {
    if counts.accepted > 0 { accepted.increment(by: counts.accepted) }
    if counts.repeated > 0 { repeated.increment(by: counts.repeated) }
    if counts.invalid > 0 { invalid.increment(by: counts.invalid) }
    if counts.failed > 0 { failed.increment(by: counts.failed) }
    for (reason, count) in counts.rejected {
      rejected.increment(by: count)
      rejections[reason]?.increment(by: count)
    }
  }

  public func commandsWaited(_ delay: Duration) { queueDelay.record(duration: delay) }
  public func snapshotMade(_ snapshot: MadeSnapshot) { snapshotDuration.record(duration: snapshot.duration) }
  public func indexMerged(_ merge: MadeMerge) { mergeDuration.record(duration: merge.duration) }
  public func warned(_ message: String) { warnings.increment() }
  public func failed(_ failure: LogFailure) { failures.increment() }
}
