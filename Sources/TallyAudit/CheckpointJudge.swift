import TallyFormat

/// What somebody wrote down about the log earlier must be part of it.
struct CheckpointJudge {
  private let checkpoint: Checkpoint?
  /// A frame that ends where the checkpoint says has the checkpoint's hash.
  private var hasHead: Bool

  init(_ checkpoint: Checkpoint?) {
    self.checkpoint = checkpoint
    hasHead = checkpoint?.names(.empty) ?? false
  }

  /// Goes on behind the frames that an earlier audit judged.
  mutating func goOn(behind head: ChainHead) {
    if let checkpoint, checkpoint.names(head) { hasHead = true }
  }

  /// Compares the next frame of the chain.
  mutating func compare(_ frame: PreparedFrame) {
    if let checkpoint, checkpoint.names(frame.head) { hasHead = true }
  }

  /// How the log contradicts the checkpoint; `nil`: it does not.
  ///
  /// - Parameters:
  ///   - isDamaged: the log could not be read further than its last event: what lies behind cannot contradict.
  ///   - firstBroken: the first event that breaks a rule: no digest of a state is compared from there on.
  func contradiction(
    of log: LogID?, lastSequence: UInt64, isDamaged: Bool, firstBroken: UInt64?, _ sightings: borrowing Sightings
  ) -> Contradiction? {
    guard let checkpoint else { return nil }
    let sequence = checkpoint.head.lastSequence
    func contradiction(_ detail: String) -> Contradiction {
      Contradiction(witness: "checkpoint", sequence: sequence, detail: detail)
    }
    if let id = checkpoint.log, let log, id.lowercased() != log.description {
      return contradiction("the checkpoint is of log \(id), and this is log \(log)")
    }
    guard !isDamaged || sequence <= lastSequence else { return nil }
    guard sequence <= lastSequence else {
      return contradiction("the log ends with event \(lastSequence), before the checkpoint's \(sequence)")
    }
    guard hasHead else {
      if isDamaged, sequence == lastSequence { return nil }
      return contradiction("no frame that ends with event \(sequence) has the checkpoint's hash: the history differs")
    }
    if let named = checkpoint.stateDigest, sequence < firstBroken ?? .max, let sight = sightings[sequence] {
      let digest = sightings.digest(of: sight)
      if digest.description != named.lowercased() {
        return contradiction("the state after event \(sequence) has the digest \(digest), not the checkpoint's")
      }
    }
    return nil
  }
}
