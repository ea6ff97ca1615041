import TallyFormat

/// What the hashes do not prove: that sequence numbers follow each other and no deposed writer wrote. Knows the head.
struct ChainJudge {
  private(set) var frames = 0
  private(set) var firstSequence: UInt64 = 1
  private(set) var headHash = Digest.zero
  private var lastEpoch: UInt64 = 0

  /// Judges the next frame of the chain.
  mutating func judge(_ frame: PreparedFrame, _ violations: inout Violations) {
    if frame.firstSequence != frame.expectedSequence {
      violations.report(
        .sequenceGap, frame.firstSequence,
        "the frame begins with event \(frame.firstSequence) where event \(frame.expectedSequence) is due")
    }
    if frame.epoch < lastEpoch {
      violations.report(
        .epochBackwards, frame.firstSequence,
        "a writer of epoch \(frame.epoch) wrote after one of epoch \(lastEpoch)")
    }
    if frames == 0 { firstSequence = frame.firstSequence }
    lastEpoch = frame.epoch
    headHash = frame.hash
    frames += 1
  }
}
