import TallyFormat

/// The floor was written after what it names was acknowledged: a log without it was cut or replaced.
struct FloorJudge {
  private let floor: Floor?
  private let flaw: MalformedBytes?
  /// What the frame that the floor names says of itself, once it has come.
  private var named: ChainHead?
  /// Of a frame after the floor's, lower than the floor's.
  private var deposed: (epoch: UInt64, sequence: UInt64)?

  init(_ witnesses: Witnesses) {
    floor = witnesses.floor
    flaw = witnesses.floorFlaw
    if floor?.head == .empty { named = .empty }
  }

  /// Goes on behind the frames that an earlier audit judged. Of a floor before the last of them it is not known whether its
  /// frame is among them.
  mutating func goOn(behind head: ChainHead) {
    guard let floor, floor.head.nextFrame <= head.nextFrame else { return }
    if floor.head.nextFrame < head.nextFrame || floor.head == head { named = floor.head }
  }

  /// Compares the next frame of the chain.
  mutating func compare(_ frame: PreparedFrame) {
    guard let floor else { return }
    if named != nil, frame.head.epoch < floor.epoch, deposed == nil {
      deposed = (frame.head.epoch, frame.firstSequence)
    }
    if floor.head.hash == frame.head.hash { named = frame.head }
  }

  /// How the log that ended contradicts the floor; `nil`: it does not.
  func damage(of log: LogID?, lastSequence: UInt64) -> Damage? {
    if let detail = contradiction(of: log, lastSequence: lastSequence) {
      return Damage(file: "floor", offset: 0, sequence: lastSequence + 1, detail: detail)
    }
    guard let floor, let deposed else { return nil }
    return Damage(
      file: "floor", offset: 88, sequence: deposed.sequence,
      detail: "a writer of epoch \(deposed.epoch) wrote from event \(deposed.sequence) on although one of epoch"
        + " \(floor.epoch) had the log, and may have overwritten what that one acknowledged")
  }

  private func contradiction(of log: LogID?, lastSequence: UInt64) -> String? {
    if let flaw { return "the floor file \(flaw); the log itself is intact" }
    guard let floor else { return nil }
    if floor.log != log { return "the floor is of another log (\(floor.log))" }
    if floor.head.lastSequence > lastSequence {
      return
        "event \(floor.head.lastSequence) was acknowledged, and the log ends with event \(lastSequence): it was cut"
    }
    guard let named else {
      return "no frame has the hash \(floor.head.hash) of the last acknowledged frame: the log was cut or replaced"
    }
    return named == floor.head ? nil : "the floor names \(floor.head); that frame is \(named)"
  }
}
