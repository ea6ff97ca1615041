import Glibc
import TallyAudit
import TallyThreads
import Tallystick

/// Follows the log with the auditor's own fold while it is served, on a thread that gives way to all others, and compares
/// its state with the writer's now and then. Two implementations that must agree are evidence.
///
/// Any thread may ask what it has found.
final class BackgroundVerifier: Sendable {
  /// What the writer says of its state; `nil`: nothing now.
  typealias Ask = @Sendable () -> StateDigest?

  /// Events, about, that are judged before it rests for as long as that took, and looks whether it is to end. Some
  /// tenths of a millisecond: a nice thread that never rests keeps its processor for 3 to 4 ms, in which a command waits
  /// for its next thread. (On one processor, and a tenth of its load: 14 ms at the median; 9 to 12 with the rests.)
  private static let portion = 2_048
  /// How long it sleeps when all is judged, in milliseconds.
  private static let pause = 250.0
  static let comparisonInterval = Duration.seconds(10)
  /// So much of the writer's time may comparisons take: a thousandth.
  private static let share = 1_000

  private struct State {
    var findings = VerifierFindings()
    var isEnding = false
  }
  private let state = Monitor(State())
  private let store: any LogStore
  private let lastDurable: @Sendable () -> UInt64
  private let ask: Ask
  private let warn: @Sendable (String) -> Void
  private let interval: Duration

  /// - Parameters:
  ///   - lastDurable: the last event on stable storage.
  ///   - ask: the writer.
  ///   - interval: between two comparisons, at least.
  ///   - warn: told of what should wake somebody.
  init(
    _ store: any LogStore, lastDurable: @escaping @Sendable () -> UInt64, ask: @escaping Ask,
    interval: Duration = comparisonInterval, warn: @escaping @Sendable (String) -> Void
  ) {
    self.store = store
    self.lastDurable = lastDurable
    self.ask = ask
    self.warn = warn
    self.interval = interval
  }

  /// Of a log that this process writes.
  convenience init(of log: TallyLog, path: String, _ warn: @escaping @Sendable (String) -> Void) {
    self.init(
      LocalLog(LogDirectory(path)), lastDurable: { log.lastSequence }, ask: { try? log.stateDigest() }, warn: warn)
  }

  var findings: VerifierFindings { state.access { $0.findings } }

  /// Waits until it has found what is wanted; false: it has not within so many milliseconds.
  func wait(atMost milliseconds: Double, until isFound: (VerifierFindings) -> Bool) -> Bool {
    state.wait(timeout: milliseconds) { isFound($0.findings) ? true : nil } ?? false
  }

  /// False: the system has no thread to give.
  @discardableResult
  func start() -> Bool {
    state.access { $0.findings.isRunning = true }
    let isStarted = DedicatedThread.start(niceness: 19) { [self] in
      do throws(LogError) { try follow() } catch {
        let failure = "\(error)"
        state.access { $0.findings.failure = failure }
        // Bytes that cannot be trusted are an alarm; that it cannot read just now is not.
        if case .damaged = error { alarm("the background verifier finds the log damaged: \(failure)") }
        warn("the background verifier has ended: \(failure)")
      }
      state.signal { $0.findings.isRunning = false }
    }
    if !isStarted { state.access { $0.findings.isRunning = false } }
    return isStarted
  }

  /// Returns when it has ended.
  func end() {
    state.signal { $0.isEnding = true }
    let _: Bool? = state.wait { $0.findings.isRunning ? nil : true }
  }

  private var isEnding: Bool { state.access { $0.isEnding } }

  private func follow() throws(LogError) {
    let audit = try FollowingAudit(store)
    let clock = ContinuousClock()
    var nextComparison = clock.now + interval
    while !isEnding {
      let start = clock.now
      let isThere = try audit.advance(through: lastDurable(), atMost: BackgroundVerifier.portion)
      note(audit)
      if !isThere { rest(clock.now - start) }
      if clock.now >= nextComparison, isThere {
        let said = ask()
        let cost = said?.duration ?? .zero
        nextComparison = clock.now + max(interval, cost * BackgroundVerifier.share)
        if let said { try compare(audit, said) }
      }
      if isThere { let _: Bool? = state.wait(timeout: BackgroundVerifier.pause) { $0.isEnding ? true : nil } }
    }
  }

  private func rest(_ time: Duration) {
    usleep(UInt32(clamping: max(200, Int64(time / .microseconds(1)))))
  }

  private func note(_ audit: FollowingAudit) {
    let count = audit.violationCount
    let isNew = state.signal { state in
      defer { (state.findings.lastSequence, state.findings.violations) = (audit.lastSequence, count) }
      return count > state.findings.violations
    }
    guard isNew, let first = audit.violations.first else { return }
    alarm("event \(first.sequence) breaks the rule \(first.rule.rawValue): \(first.detail)")
  }

  private func compare(_ audit: FollowingAudit, _ said: StateDigest) throws(LogError) {
    // It is durable: the answer waited for that.
    while !isEnding, try !audit.advance(through: said.sequence, atMost: BackgroundVerifier.portion) {
      if audit.lastSequence < said.sequence, lastDurable() < said.sequence { return }
    }
    note(audit)
    guard audit.lastSequence == said.sequence, let digest = audit.stateDigest() else { return }
    let differs = digest != said.digest
    state.signal { state in
      state.findings.comparisons += 1
      state.findings.comparedSequence = said.sequence
      if differs { state.findings.differs = true }
    }
    guard differs else { return }
    alarm(
      "after event \(said.sequence) the writer's state has the digest \(said.digest), the auditor's \(digest): check the"
        + " log with tally-verify before more is sold")
  }

  private func alarm(_ text: String) {
    let isFirst = state.access { state in
      defer { state.findings.alarm = state.findings.alarm ?? text }
      return state.findings.alarm == nil
    }
    if isFirst { warn(text) }
  }
}
