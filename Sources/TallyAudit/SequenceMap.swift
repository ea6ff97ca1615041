/// Which event of the log, counted from 0, has which sequence number.
///
/// In an intact log that is sequence number − 1. A log with gaps or repetitions gets a run for each, so that tables
/// indexed by the count stay as small as the log, whatever numbers its frames claim.
struct SequenceMap {
  private var runs: [(first: UInt64, ordinal: Int)] = []

  /// Says that the event `ordinal` has the sequence number `first`.
  mutating func begin(_ first: UInt64, ordinal: Int) {
    if let last = runs.last, last.first &+ UInt64(ordinal - last.ordinal) == first { return }
    runs.append((first, ordinal))
  }

  /// The latest event with this sequence number among the first `count`.
  @inline(__always)
  func ordinal(of sequence: UInt64, among count: Int) -> Int? {
    var end = count
    for run in runs.reversed() {
      if sequence >= run.first, sequence - run.first < UInt64(max(end - run.ordinal, 0)) {
        return run.ordinal + Int(sequence - run.first)
      }
      end = run.ordinal
    }
    return nil
  }

  func sequence(of ordinal: Int) -> UInt64 {
    for run in runs.reversed() where run.ordinal <= ordinal { return run.first &+ UInt64(ordinal - run.ordinal) }
    return 0
  }
}
