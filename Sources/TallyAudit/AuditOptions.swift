import TallyFormat

/// What somebody wrote down about a log earlier: from `tally info --json` or `tally-verify --json`.
public struct Checkpoint: Sendable, Equatable {
  /// The log's id, 32 hexadecimal digits; `nil`: not checked.
  public var log: String?
  public var lastSequence: UInt64
  /// The hash of a frame whose last sequence number is ``lastSequence``, 64 hexadecimal digits.
  public var headHash: String
  /// The digest of the state at ``lastSequence``; `nil`: not checked.
  public var stateDigest: String?

  public init(log: String?, lastSequence: UInt64, headHash: String, stateDigest: String? = nil) {
    self.log = log
    self.lastSequence = lastSequence
    self.headHash = headHash
    self.stateDigest = stateDigest
  }
}

/// How an audit goes about it.
public struct AuditOptions: Sendable {
  /// What the log must contain.
  public var checkpoint: Checkpoint?
  /// Whether a snapshot whose bytes fail their own check makes the log `damaged`; otherwise it is a warning, because the
  /// log proves itself without it. What an intact snapshot says is compared in either case.
  public var requiresIntactSnapshots = false
  /// Threads that work at the same time, 1 or more; more than 8 are not used. With 2 or more, frames are read and decoded
  /// ahead of the fold, which stays on one.
  public var jobs = 1
  static let mostJobs = 8
  /// Violations listed in full; all are counted.
  public var violationLimit = 100
  /// Items listed in ``AuditReport/lowest``.
  public var itemLimit = 0

  public init() {}
}

/// How far a running audit is.
public struct AuditProgress: Sendable {
  public var events: Int
  public var position: LogPosition
  /// Which segment is being read, from 1, and how many there were at the start.
  public var segment: Int
  public var segments: Int
}
