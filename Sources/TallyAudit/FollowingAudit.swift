import TallyFormat
import TallyThreads

/// Replays a log as it grows, and judges every event: the fold of ``Auditor``, which stays and goes on.
///
/// What needs a second reading is left to ``Auditor``: ids used twice, and whether goods that come back, or reservations
/// that are reopened, are such as were sold, or let go. Nor does it look at snapshots, floors and checkpoints.
///
/// For one thread at a time. It keeps 56 bytes and the names an item, and some 70 bytes an open reservation.
public final class FollowingAudit {
  private let stream: any FrameReader
  private let preparer: FramePreparer
  private let frame = PreparedFrame()
  private var rules: RuleJudge
  /// Some events of ``frame`` have not been folded yet.
  private var isInFrame = false
  /// The log's identity.
  public let log: LogID

  /// At the log's beginning; nothing is judged yet.
  ///
  /// - Parameters:
  ///   - store: the log.
  ///   - violationLimit: violations listed in full; all are counted.
  /// - Throws: `LogError` if there is no log, or its beginning cannot be trusted.
  public init(_ store: any LogStore, violationLimit: Int = 100) throws(LogError) {
    let source = try store.source()
    log = source.log
    // Whoever says how far knows that it is on stable storage: to sync the writer's segment again would only delay it.
    stream = try source.frames(from: .beginning, showsUnsynced: true)
    preparer = FramePreparer(hasher: NameHasher(), keepsNames: false)
    rules = RuleJudge(violationLimit: violationLimit)
  }

  /// The last event judged.
  public var lastSequence: UInt64 { rules.fold.lastSequence }
  /// Of every rule, all told.
  public var violationCount: Int { rules.violationCount }
  /// The first of them, in the order of the log.
  public var violations: [Violation] { rules.violations.list }

  /// Judges what comes up to an event that is known to be on stable storage, that one included.
  ///
  /// - Parameters:
  ///   - sequence: the event's number.
  ///   - count: events after which it returns all the same, about; those of a frame are judged together, unless
  ///     the last event is among them.
  /// - Returns: whether it came to the event; false also where the log ends before it.
  /// - Throws: `LogError` where bytes cannot be trusted or read.
  public func advance(through sequence: UInt64, atMost count: Int = .max) throws(LogError) -> Bool {
    let start = rules.fold.events
    while rules.fold.lastSequence < sequence {
      if rules.fold.events - start >= count { return false }
      if !isInFrame {
        guard try takeFrame() else { return false }
      }
      foldFrame(through: sequence)
    }
    return true
  }

  /// False: none has come.
  private func takeFrame() throws(LogError) -> Bool {
    switch stream.nextRaw() {
    case .failure(let stop):
      if case .failed(let error) = stop.end { throw error }
      return false
    case .success(let raw):
      try preparer.prepare(raw, into: frame)
      stream.recycle(raw.frame)
    }
    try rules.begin(frame)
    isInFrame = !frame.columns.isEmpty
    return true
  }

  private func foldFrame(through sequence: UInt64) {
    guard isInFrame else { return }
    let end = frame.columns.count
    let wanted = sequence >= frame.lastSequence ? end : Int(sequence - frame.firstSequence) + 1
    rules.fold.fold(frame.columns, before: wanted)
    isInFrame = rules.fold.row < end
  }

  /// The digest of the state after the last event judged; `nil`: a rule is broken, so that there is none to agree on.
  ///
  /// Cost: the whole state, some 0.1 µs an item or open reservation.
  public func stateDigest() -> Digest? {
    if violationCount > 0 { return nil }
    let states = StateHasher(isAlone: true, Lock())
    let place = CanonicalState.pass(rules.fold, to: states)
    states.close()
    return states.digests()[place]
  }
}
