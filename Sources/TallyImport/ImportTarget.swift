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
  /// What the log has; `nil`: nobody can say, as if it had nothing but answers to commands.
  public var history: (any ImportHistory)?

  public init(
    lastTime: Int64, lastSequence: UInt64, clock: @escaping () -> Int64 = SystemClock.now,
    history: (any ImportHistory)? = nil, append: @escaping ([Command]) -> [Outcome]
  ) {
    self.lastTime = lastTime
    self.lastSequence = lastSequence
    self.clock = clock
    self.history = history
    self.append = append
  }

  /// A log that is open for writing, and a reader of it.
  ///
  /// - Throws: ``TallyError`` if it cannot be read.
  public init(_ log: TallyLog, _ reader: LogReader, clock: @escaping () -> Int64 = SystemClock.now) throws(TallyError) {
    // The lock is ours: nothing is appended between this and the first command.
    let stock = try reader.stock(of: [])
    self.init(
      lastTime: stock.time, lastSequence: stock.sequence, clock: clock, history: LogHistory(log, reader),
      append: { log.append($0) })
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
  /// A row that was left out; `nil`: nobody wants to know them all.
  public var leftOut: ((LeftOutRow) -> Void)?

  public init(
    problem: @escaping (ImportProblem) -> Void = { _ in },
    progress: @escaping (_ done: Int, _ total: Int, _ rows: Int) -> Void = { _, _, _ in },
    isCancelled: @escaping () -> Bool = { false }, leftOut: ((LeftOutRow) -> Void)? = nil
  ) {
    self.problem = problem
    self.progress = progress
    self.isCancelled = isCancelled
    self.leftOut = leftOut
  }
}

/// A row that did not get into the log, or had been there before under another row's content.
public struct LeftOutRow: Sendable {
  /// Of the file.
  public var line: Int
  /// `nil`: it names none.
  public var document: Name?
  /// Why, in words for people.
  public var reason: String
}
