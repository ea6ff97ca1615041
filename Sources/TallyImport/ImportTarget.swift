import Tallystick

/// Where an import's commands go, and how far that log is.
public struct ImportTarget {
  /// The last event's time in Unix milliseconds, 0 in an empty log. Nothing may be dated before it.
  public var lastTime: Int64
  /// The last event's sequence number.
  public var lastSequence: UInt64
  /// Judges commands in order, and returns when the answers are durable: one an command.
  public var append: ([Command]) -> [Outcome]
  /// Unix milliseconds.
  public var clock: () -> Int64

  public init(
    lastTime: Int64, lastSequence: UInt64, clock: @escaping () -> Int64 = SystemClock.now,
    append: @escaping ([Command]) -> [Outcome]
  ) {
    self.lastTime = lastTime
    self.lastSequence = lastSequence
    self.clock = clock
    self.append = append
  }
}

/// Who is told how an import goes. All are called on the importing thread.
public struct ImportObserver {
  /// A row or document that somebody should look at.
  public var problem: (ImportProblem) -> Void
  /// Bytes read and to read, in all passes, and rows read in this one.
  public var progress: (_ done: Int, _ total: Int, _ rows: Int) -> Void
  /// Asked often; true stops the import between two batches.
  public var isCancelled: () -> Bool

  public init(
    problem: @escaping (ImportProblem) -> Void = { _ in },
    progress: @escaping (_ done: Int, _ total: Int, _ rows: Int) -> Void = { _, _, _ in },
    isCancelled: @escaping () -> Bool = { false }
  ) {
    self.problem = problem
    self.progress = progress
    self.isCancelled = isCancelled
  }
}
