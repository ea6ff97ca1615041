import TallyFormat

/// What the hashes do not prove: that sequence numbers follow each other and no deposed writer wrote. Knows the head.
struct ChainJudge {
  private(set) var frames = 0
  private(set) var firstSequence: UInt64 = 1
  private(set) var head = ChainHead.empty

  init() {}

  /// Goes on behind the frames that an earlier audit judged.
  init(behind head: ChainHead) {
    self.head = head
    frames = Int(clamping: head.nextFrame)
  }

  /// Judges the next frame of the chain.
  mutating func judge(_ frame: PreparedFrame, _ violations: inout Violations) {
    if frame.firstSequence != frame.expectedSequence {
      violations.report(
        .sequenceGap, frame.firstSequence,
        "the frame begins with event \(frame.firstSequence) where event \(frame.expectedSequence) is due")
    }
    if frame.head.epoch < head.epoch {
      violations.report(
        .epochBackwards, frame.firstSequence,
        "a writer of epoch \(frame.head.epoch) wrote after one of epoch \(head.epoch)")
    }
    if frames == 0 { firstSequence = frame.firstSequence }
    head = frame.head
    frames += 1
  }
}
