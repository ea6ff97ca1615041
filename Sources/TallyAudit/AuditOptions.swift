import TallyFormat

/// What somebody wrote down about a log earlier: from `tally info --json` or `tally-verify --json`.
public struct Checkpoint: Sendable, Equatable {
  /// The log's id, 32 hexadecimal digits; `nil`: not checked.
  public var log: String?
  /// A frame whose last sequence number and hash these are. Number and epoch are not compared where they are 0: not
  /// everybody writes them down.
  public var head: ChainHead
  /// The digest of the state at its last sequence number; `nil`: not checked.
  public var stateDigest: String?

  /// - Parameters:
  ///   - log: the log's id, 32 hexadecimal digits; `nil`: not checked.
  ///   - head: a frame that the log must have.
  ///   - stateDigest: 64 hexadecimal digits; `nil`: not checked.
  public init(log: String?, head: ChainHead, stateDigest: String? = nil) {
    self.log = log
    self.head = head
    self.stateDigest = stateDigest
  }
}

extension Checkpoint {
  /// Whether this is the frame that was written down.
  func names(_ frame: ChainHead) -> Bool {
    frame.lastSequence == head.lastSequence && frame.hash == head.hash
      && (head.nextFrame == 0 || head.nextFrame == frame.nextFrame) && (head.epoch == 0 || head.epoch == frame.epoch)
  }
}

/// How an audit goes about it.
public struct AuditOptions: Sendable {
  /// What the log must contain.
  public var checkpoint: Checkpoint?
  /// A signed checkpoint whose frames the log must begin with. Who signed it is the caller's to check.
  public var treeHead: TreeHead?
  /// What is asked of one item on the way; answered in ``AuditReport/stock``.
  public var stock: StockQuestion?
  /// Whether a snapshot whose bytes fail their own check makes the log `damaged`; otherwise it is a warning, because the
  /// log proves itself without it. What an intact snapshot says is compared in either case.
  public var requiresIntactSnapshots = false
  /// What an earlier audit proved, and where this one writes down what it proves; `nil`: neither. A checkpoint that is older
  /// needs an audit that begins anew: ``AuditMemory/beginAnew()``.
  public var memory: AuditMemory?
  /// Threads that work at the same time, 1 or more; more than 8 are not used. With 2 or more, frames are read and decoded
  /// ahead of the fold, which stays on one.
  public var jobs = 1
  static let mostJobs = 8
  /// Violations listed in full; all are counted.
  public var violationLimit = 100
  /// Items listed in ``AuditReport/lowest``.
  public var itemLimit = 0

  /// What to tell of in ``AuditReport/history``, which takes a second reading of what is judged; `nil`: nothing, at no cost.
  package var history: HistoryRequest?

  /// One thread, no checkpoint, a hundred violations.
  public init() {}
}

/// How far a running audit is.
public struct AuditProgress: Sendable {
  /// Events judged so far.
  public var events: Int
  /// Where the last frame judged begins.
  public var position: LogPosition
  /// Which segment is being read, from 1, and how many there were at the start.
  public var segment: Int
  /// How many segments there were at the start.
  public var segments: Int
}
