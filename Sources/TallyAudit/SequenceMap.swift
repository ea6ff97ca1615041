/// Which event of the log, counted from 0, has which sequence number.
///
/// In an intact log that is sequence number − 1. A log with gaps or repetitions gets a run for each, so that tables
/// indexed by the count stay as small as the log, whatever numbers its frames claim.
struct SequenceMap {
  private var runs: [(first: UInt64, ordinal: Int)] = []
  /// Runs that are looked through for a sequence number. An intact log has one; a log forged to have a gap at every
  /// frame must not make every look-up as long as the log. What lies further back is not found, in a log that is
  /// violated in any case.
  private static let searched = 1024

  /// Says that the event `ordinal` has the sequence number `first`.
  mutating func begin(_ first: UInt64, ordinal: Int) {
    if let last = runs.last, last.first &+ UInt64(ordinal - last.ordinal) == first { return }
    runs.append((first, ordinal))
  }

  /// The latest event with this sequence number among the first `count`.
  @inline(__always)
  func ordinal(of sequence: UInt64, among count: Int) -> Int? {
    var end = count
    // By index: a slice would count references.
    for index in stride(from: runs.count - 1, through: max(0, runs.count - SequenceMap.searched), by: -1) {
      let run = runs[index]
      if sequence >= run.first, sequence - run.first < UInt64(max(end - run.ordinal, 0)) {
        return run.ordinal + Int(sequence - run.first)
      }
      end = run.ordinal
    }
    return nil
  }

  func sequence(of ordinal: Int) -> UInt64 {
    var low = 0
    var high = runs.count
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].ordinal <= ordinal { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return 0 }
    return runs[low - 1].first &+ UInt64(ordinal - runs[low - 1].ordinal)
  }
}
