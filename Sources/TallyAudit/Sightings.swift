import TallyFormat

/// What the fold was at the sequence numbers that witnesses name.
struct Sightings {
  struct Sight {
    /// Which of the hasher's digests is the state's.
    var state: Int
    var frame: ChainHead
    var framePosition: LogPosition
    var isBetweenSteps: Bool
  }

  private let states: StateHasher
  /// Sequence numbers at which a witness names a digest, ascending, and how many of them are behind.
  private let stops: [UInt64]
  private var passed = 0
  private var seen: [UInt64: Sight] = [:]

  /// - Parameter sequence: somebody asks about the state there.
  init(_ witnesses: Witnesses, _ checkpoint: Checkpoint?, _ states: StateHasher, alsoAt sequence: UInt64? = nil) {
    self.states = states
    var stops = Set<UInt64>()
    for snapshot in witnesses.snapshots {
      if case .success(let contents) = snapshot.contents { stops.insert(contents.header.sequence) }
    }
    if let checkpoint, checkpoint.stateDigest != nil { stops.insert(checkpoint.head.lastSequence) }
    if let sequence { stops.insert(sequence) }
    self.stops = stops.sorted()
  }

  /// Looks at the state before the first event, if a witness names it.
  mutating func lookAtBeginning(_ fold: borrowing Fold) {
    guard stops.first == 0 else { return }
    passed = 1
    look(fold, at: 0, .empty, LogPosition(segment: 1, offset: Limits.segmentHeaderBytes))
  }

  /// Goes on behind the events that an earlier audit judged, the last of which may be one to look at.
  mutating func goOn(_ fold: borrowing Fold, behind head: ChainHead, _ position: LogPosition) {
    while passed < stops.count, stops[passed] <= head.lastSequence {
      if stops[passed] == head.lastSequence { look(fold, at: head.lastSequence, head, position) }
      passed += 1
    }
  }

  /// The next sequence number to be looked at within a frame; `nil`: none.
  mutating func nextStop(in frame: PreparedFrame) -> UInt64? {
    while passed < stops.count, stops[passed] <= frame.lastSequence {
      passed += 1
      // A gap may have jumped over it.
      if stops[passed - 1] >= frame.firstSequence { return stops[passed - 1] }
    }
    return nil
  }

  /// Looks at the state after an event.
  mutating func look(_ fold: borrowing Fold, at sequence: UInt64, _ frame: ChainHead, _ position: LogPosition) {
    seen[sequence] = Sight(
      state: CanonicalState.pass(fold, to: states), frame: frame, framePosition: position,
      isBetweenSteps: fold.isBetweenSteps)
  }

  subscript(sequence: UInt64) -> Sight? { seen[sequence] }

  /// The digest of the state seen; waits until it has been worked out.
  func digest(of sight: Sight) -> Digest { states.digests()[sight.state] }
}
