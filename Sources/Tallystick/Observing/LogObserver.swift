/// Who is told how an open log fares: for metrics and logs.
///
/// Each method has a default that does nothing. All are called on the writer's threads, once a frame or less, never once
/// an event; what they cost, commands wait for, so hand over and return. They must not call the log back: its threads
/// would wait for themselves.
public protocol LogObserver: Sendable {
  /// A frame is on stable storage.
  func frameCommitted(_ frame: CommittedFrame)
  /// Commands were answered, as many as shared a frame.
  func commandsAnswered(_ counts: AnswerCounts)
  /// How long the oldest of the commands that are judged next had waited in the queue.
  func commandsWaited(_ delay: Duration)
  /// A snapshot has been made.
  func snapshotMade(_ snapshot: MadeSnapshot)
  /// Runs of the index of names have become one.
  func indexMerged(_ merge: MadeMerge)
  /// What ``LogOptions/warn`` is told.
  func warned(_ message: String)
  /// Nothing is written any more. Called once.
  func failed(_ failure: LogFailure)
}

extension LogObserver {
  public func frameCommitted(_ frame: CommittedFrame) {}
  public func commandsAnswered(_ counts: AnswerCounts) {}
  public func commandsWaited(_ delay: Duration) {}
  public func snapshotMade(_ snapshot: MadeSnapshot) {}
  public func indexMerged(_ merge: MadeMerge) {}
  public func warned(_ message: String) {}
  public func failed(_ failure: LogFailure) {}
}

/// A group commit that is on stable storage.
public struct CommittedFrame: Equatable, Sendable {
  /// Sequence number of its last event.
  public var lastSequence: UInt64
  /// Events in it: at least 1.
  public var events: Int
  /// Of the frame, as it stands in the store.
  public var bytes: Int
  /// Encoding, writing and syncing it.
  public var duration: Duration
}

/// How commands were answered.
public struct AnswerCounts: Equatable, Sendable {
  /// Commands that happened.
  public var accepted = 0
  /// Commands that had happened before.
  public var repeated = 0
  /// What was no command.
  public var invalid = 0
  /// Commands of unknown outcome.
  public var failed = 0
  /// Rejected, by reason; those that did not occur are left out.
  public var rejected: [Rejection.Reason: Int] = [:]

  /// None.
  public init() {}
  /// Nothing was answered.
  public var isEmpty: Bool { self == AnswerCounts() }
}

/// A snapshot that was made beside the writer.
public struct MadeSnapshot: Equatable, Sendable {
  /// Of the last event that it includes.
  public var sequence: UInt64
  /// Of its file.
  public var bytes: Int
  /// Reading the log up to there, sealing its names and writing it.
  public var duration: Duration
}

/// A run of the index of names that others were merged into.
public struct MadeMerge: Equatable, Sendable {
  /// Of the first and last event that it covers.
  public var firstSequence: UInt64
  /// Of the last event that it covers.
  public var lastSequence: UInt64
  /// Reading the runs and writing the new one.
  public var duration: Duration
}
