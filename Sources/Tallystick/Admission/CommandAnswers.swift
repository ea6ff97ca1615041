/// Where the answers to commands are put while they are judged, in order.
protocol AnswerList {
  var count: Int { get }
  mutating func append(_ outcome: Outcome)
  /// Commands accepted one after the other, the first with the event `first`.
  mutating func appendAccepted(_ count: Int, from first: UInt64)
}

extension [Outcome]: AnswerList {
  mutating func appendAccepted(_ count: Int, from first: UInt64) {
    for offset in 0..<UInt64(count) { append(.accepted(Acceptance(sequence: first + offset))) }
  }
}

/// The answers to ``GatheredCommands``: those that were accepted and follow each other are one entry, because an
/// ``Outcome`` is large and is copied at a price.
package struct CommandAnswers: Sendable, AnswerList {
  private struct Run {
    /// Of the commands.
    let first: Int
    /// Of the first's event; of what was not simply accepted, where the answer stands in ``others``.
    let sequence: UInt64
    let isAccepted: Bool
  }
  private var runs: [Run] = []
  private var others: [Outcome] = []
  package private(set) var count = 0

  init() {}

  /// The same answer to all.
  package init(_ outcome: Outcome, count: Int) { for _ in 0..<count { append(outcome) } }

  /// These answers, one a command.
  package init(_ outcomes: [Outcome]) { for outcome in outcomes { append(outcome) } }

  mutating func append(_ outcome: Outcome) {
    runs.append(Run(first: count, sequence: UInt64(others.count), isAccepted: false))
    others.append(outcome)
    count += 1
  }

  mutating func appendAccepted(_ count: Int, from first: UInt64) {
    guard count > 0 else { return }
    let continues =
      runs.last.map { $0.isAccepted && $0.sequence + UInt64(self.count - $0.first) == first } ?? false
    if !continues { runs.append(Run(first: self.count, sequence: first, isAccepted: true)) }
    self.count += count
  }

  /// Looks at some answers in order.
  ///
  /// - Parameters:
  ///   - accepted: is given commands that follow each other, and the first one's sequence number; the others' ascend by 1.
  ///   - other: is given any other command and its answer.
  /// Cost: the logarithm of all runs, and then those of the range.
  package func visit(
    _ range: Range<Int>, accepted: (Range<Int>, UInt64) -> Void, other: (Int, Outcome) -> Void
  ) {
    guard !range.isEmpty, range.upperBound <= count else { return }
    var (low, high) = (0, runs.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if runs[middle].first <= range.lowerBound { low = middle } else { high = middle }
    }
    while low < runs.count, runs[low].first < range.upperBound {
      let run = runs[low]
      if run.isAccepted {
        let first = max(run.first, range.lowerBound)
        let end = min(low + 1 < runs.count ? runs[low + 1].first : count, range.upperBound)
        accepted(first..<end, run.sequence + UInt64(first - run.first))
      } else {
        other(run.first, others[Int(run.sequence)])
      }
      low += 1
    }
  }

  /// What depended on something that could not be made durable is unknown.
  func orFailed(_ cause: LogFailure) -> CommandAnswers {
    var failed = CommandAnswers()
    visit(
      0..<count, accepted: { commands, _ in for _ in commands { failed.append(.failed(cause)) } },
      other: { _, outcome in failed.append(outcome.orFailed(cause)) })
    return failed
  }
}
