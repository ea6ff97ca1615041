/// The answers to ``CommandRows``, one a row.
///
/// Kept as runs of rows that were answered alike: nearly always all are accepted by events that follow each other, and
/// then thousands of answers are a few words.
public struct RowOutcomes: Sendable {
  /// What became of a row.
  public enum Status: Equatable, Sendable {
    /// It happened.
    case accepted
    /// It had happened before.
    case repeated
    /// It breaks a rule of the domain; nothing was done.
    case rejected(Rejection.Reason)
    /// It is no command; nothing was judged.
    case invalid
    /// The queue was full: nothing was done.
    case busy
    /// The outcome is unknown: see ``RowOutcomes/failure``.
    case failed
  }

  private struct Run: Sendable {
    let status: Status
    /// Of the first row.
    let sequence: UInt64
    let first: Int
    /// The sequence numbers of accepted rows ascend by 1, those of others are all the same.
    @inline(__always) var step: UInt64 { status == .accepted ? 1 : 0 }
  }
  private var runs: [Run] = []
  /// Of all runs.
  public private(set) var count = 0
  /// Rows that happened.
  public private(set) var acceptedCount = 0
  /// Why rows failed, if any did.
  public private(set) var failure: LogFailure?
  /// How full the queue was, if rows were not taken.
  public private(set) var busy: Busy?

  /// The status, and the sequence number: of the event, or of the last event when it was rejected.
  ///
  /// Cost: the logarithm of how often the answer changed from row to row.
  public subscript(index: Int) -> (status: Status, sequence: UInt64) {
    precondition(index >= 0 && index < count, "row \(index) of \(count)")
    var low = 0
    var high = runs.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if runs[middle].first <= index { low = middle } else { high = middle }
    }
    let run = runs[low]
    return (run.status, run.sequence + UInt64(index - run.first) * run.step)
  }

  mutating func append(_ outcome: Outcome) {
    switch outcome {
    case .accepted(let acceptance): appendAccepted(1, from: acceptance.sequence)
    case .repeated(let acceptance): append(.repeated, acceptance.sequence)
    case .rejected(let rejection): append(.rejected(rejection.reason), rejection.atSequence)
    case .invalid: append(.invalid, 0)
    case .busy(let busy):
      self.busy = busy
      append(.busy, 0)
    case .failed(let cause):
      failure = cause
      append(.failed, 0)
    }
  }

  /// A row that was not accepted.
  mutating func append(_ status: Status, _ sequence: UInt64) {
    if runs.last?.status != status || runs.last?.sequence != sequence {
      runs.append(Run(status: status, sequence: sequence, first: count))
    }
    count += 1
  }

  /// Rows accepted one after the other, the first with the event `first`.
  @inline(__always) mutating func appendAccepted(_ rows: Int, from first: UInt64) {
    guard rows > 0 else { return }
    let next = runs.last.map { $0.status == .accepted ? $0.sequence + UInt64(count - $0.first) : 0 }
    if next != first { runs.append(Run(status: .accepted, sequence: first, first: count)) }
    count += rows
    acceptedCount += rows
  }

  /// Nothing is known of any of `count` rows.
  mutating func fail(_ cause: LogFailure, of count: Int) {
    failure = cause
    answerAll(.failed, count)
  }

  /// The answer to rows that were not taken.
  static func refused(_ busy: Busy, count: Int) -> RowOutcomes {
    var outcomes = RowOutcomes()
    outcomes.busy = busy
    outcomes.answerAll(.busy, count)
    return outcomes
  }

  /// The answer to rows of which none was judged.
  static func failed(_ cause: LogFailure, count: Int) -> RowOutcomes {
    var outcomes = RowOutcomes()
    outcomes.fail(cause, of: count)
    return outcomes
  }

  private mutating func answerAll(_ status: Status, _ count: Int) {
    runs = count > 0 ? [Run(status: status, sequence: 0, first: 0)] : []
    self.count = count
    acceptedCount = 0
  }

  /// Calls `body` for each run of rows that were answered alike, with how many they are.
  func visitRuns(_ body: (Status, Int) -> Void) {
    for (index, run) in runs.enumerated() {
      body(run.status, (index + 1 < runs.count ? runs[index + 1].first : count) - run.first)
    }
  }
}
