import TallyFormat

/// The floor was written after what it names was acknowledged: a log without it was cut or replaced.
struct FloorJudge {
  private let floor: FloorFile?
  private let flaw: MalformedBytes?
  /// The last event of the frame that the floor names, once it has come.
  private var sequence: UInt64?
  /// Of a frame after the floor's, lower than the floor's.
  private var deposed: (epoch: UInt64, sequence: UInt64)?

  init(_ witnesses: Witnesses) {
    floor = witnesses.floor
    flaw = witnesses.floorFlaw
    if floor?.hash == .zero { sequence = 0 }
  }

  /// Compares the next frame of the chain.
  mutating func compare(_ frame: PreparedFrame) {
    guard let floor else { return }
    if sequence != nil, frame.epoch < floor.epoch, deposed == nil { deposed = (frame.epoch, frame.firstSequence) }
    if floor.hash == frame.hash { sequence = frame.lastSequence }
  }

  /// How the log that ended contradicts the floor; `nil`: it does not.
  func damage(of log: LogID?, lastSequence: UInt64) -> Damage? {
    if let detail = contradiction(of: log, lastSequence: lastSequence) {
      return Damage(file: "floor", offset: 0, sequence: lastSequence + 1, detail: detail)
    }
    guard let floor, let deposed else { return nil }
    return Damage(
      file: "floor", offset: 72, sequence: deposed.sequence,
      detail: "a writer of epoch \(deposed.epoch) wrote from event \(deposed.sequence) on although one of epoch"
        + " \(floor.epoch) had the log, and may have overwritten what that one acknowledged")
  }

  private func contradiction(of log: LogID?, lastSequence: UInt64) -> String? {
    if let flaw { return "the floor file \(flaw); the log itself is intact" }
    guard let floor else { return nil }
    if floor.log != log { return "the floor is of another log (\(floor.log))" }
    if floor.sequence > lastSequence {
      return "event \(floor.sequence) was acknowledged, and the log ends with event \(lastSequence): it was cut"
    }
    guard let sequence else {
      return "no frame has the hash \(floor.hash) of the last acknowledged frame: the log was cut or replaced"
    }
    if sequence != floor.sequence {
      return "the frame that the floor names ends with event \(sequence), not \(floor.sequence)"
    }
    return nil
  }
}
