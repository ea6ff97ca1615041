import TallyFormat

/// One run over the log: feeds the fold, checks what binds frames together, and compares the witnesses on the way.
struct Replay: ~Copyable {
  let hasher = NameHasher()
  private let options: AuditOptions
  private let states: StateHasher
  private var witnesses: Witnesses

  private(set) var fold: Fold
  private var nameForms: Violations
  private var timeline = Timeline()

  private(set) var frames = 0
  private var log: LogID?
  private var head = ChainHead.empty
  private var firstSequence: UInt64 = 1
  private var firstTime: Int64 = 0
  private var tornBytes = 0
  private var hasEnded = false

  /// Sequence numbers at which a witness names a digest, ascending, and how many of them are behind.
  private let stops: [UInt64]
  private var nextStop = 0
  private var seen: [UInt64: Sight] = [:]
  /// What the frame says of itself that the floor names.
  private var floorHead: ChainHead?
  /// Of a frame after the floor's, lower than the floor's.
  private var deposed: (epoch: UInt64, sequence: UInt64)?
  private var hasCheckpointHead = false

  var damage: Damage?
  var warnings: [String] = []

  /// What the replay saw at a sequence number that a witness names.
  private struct Sight {
    /// Which of the hasher's digests is the state's.
    var state: Int
    var frame: ChainHead
    var framePosition: LogPosition
    var isBetweenSteps: Bool
  }

  init(_ options: AuditOptions, _ witnesses: Witnesses, _ states: StateHasher) {
    self.options = options
    self.states = states
    self.witnesses = witnesses
    fold = Fold(violationLimit: options.violationLimit)
    nameForms = Violations(limit: options.violationLimit)
    var stops = Set<UInt64>()
    for snapshot in witnesses.snapshots {
      if case .success(let contents) = snapshot.contents { stops.insert(contents.header.sequence) }
    }
    if let checkpoint = options.checkpoint, checkpoint.stateDigest != nil { stops.insert(checkpoint.head.lastSequence) }
    self.stops = stops.sorted()
  }

  mutating func begin(_ log: LogID) {
    self.log = log
    if witnesses.floor?.head == .empty { floorHead = .empty }
    if let checkpoint = options.checkpoint { hasCheckpointHead = checkpoint.names(.empty) }
    if stops.first == 0 {
      look(at: 0, .empty, LogPosition(segment: 1, offset: Limits.segmentHeaderBytes))
      nextStop = 1
    }
  }

  mutating func take(_ frame: PreparedFrame) {
    fold.violations.position = frame.position
    judgeChain(frame)
    if frame.hasOddNames {
      nameForms.position = frame.position
      NameForm.judge(frame.columns, &nameForms)
    }
    fold.begin(frame.columns)
    let first = frame.firstSequence
    while nextStop < stops.count, stops[nextStop] <= frame.lastSequence {
      let stop = stops[nextStop]
      nextStop += 1
      // A gap may have jumped over it.
      guard stop >= first else { continue }
      fold.fold(frame.columns, before: Int(stop - first) + 1)
      look(at: stop, frame.head, frame.position)
    }
    fold.fold(frame.columns, before: frame.columns.count)
    if frames == 0 { firstSequence = frame.firstSequence }
    if fold.events == frame.columns.count, let time = frame.columns.times.first { firstTime = time }
    frames += 1
    head = frame.head
    noteHash(frame)
    timeline.add(moment)
  }

  /// What the hashes do not prove: that numbers follow each other and no deposed writer wrote.
  private mutating func judgeChain(_ frame: PreparedFrame) {
    if frame.firstSequence != frame.expectedSequence {
      fold.violations.report(
        .sequenceGap, frame.firstSequence,
        "the frame begins with event \(frame.firstSequence) where event \(frame.expectedSequence) is due")
    }
    if frame.head.epoch < head.epoch {
      fold.violations.report(
        .epochBackwards, frame.firstSequence,
        "a writer of epoch \(frame.head.epoch) wrote after one of epoch \(head.epoch)")
    }
  }

  private mutating func look(at sequence: UInt64, _ frame: ChainHead, _ position: LogPosition) {
    seen[sequence] = Sight(
      state: CanonicalState.pass(fold, to: states), frame: frame, framePosition: position,
      isBetweenSteps: fold.isBetweenSteps)
  }

  private mutating func noteHash(_ frame: PreparedFrame) {
    if let floor = witnesses.floor {
      if floorHead != nil, frame.head.epoch < floor.epoch, deposed == nil {
        deposed = (frame.head.epoch, frame.firstSequence)
      }
      if floor.head.hash == frame.head.hash { floorHead = frame.head }
    }
    if let checkpoint = options.checkpoint, checkpoint.names(frame.head) { hasCheckpointHead = true }
  }

  private var moment: TimelinePoint {
    TimelinePoint(
      sequence: fold.lastSequence, time: fold.lastTime, onHand: fold.totalOnHand, held: fold.totalHeld)
  }

  mutating func end(_ end: LogEnd?) {
    hasEnded = true
    tornBytes = end?.tornBytes ?? 0
  }

  /// Takes what is known by now of the snapshots' bytes.
  mutating func take(_ flaws: [UInt64: MalformedBytes]) { witnesses.take(flaws) }

  mutating func merge(_ violations: Violations) { fold.violations.merge(violations) }

  // MARK: - Witnesses

  /// The floor was written after what it names was acknowledged: a log without it was cut or replaced.
  mutating func judgeFloor() {
    func bad(_ detail: String) {
      damage = Damage(file: "floor", offset: 0, sequence: fold.lastSequence + 1, detail: detail)
    }
    if let flaw = witnesses.floorFlaw { return bad("the floor file \(flaw); the log itself is intact") }
    guard let floor = witnesses.floor else { return }
    if floor.log != log { return bad("the floor is of another log (\(floor.log))") }
    if floor.head.lastSequence > fold.lastSequence {
      return bad(
        "event \(floor.head.lastSequence) was acknowledged, and the log ends with event \(fold.lastSequence): it was cut"
      )
    }
    guard let floorHead else {
      return bad("no frame has the hash \(floor.head.hash) of the last acknowledged frame: the log was cut or replaced")
    }
    if floorHead != floor.head {
      return bad("the floor names \(floor.head); that frame is \(floorHead)")
    }
    if let deposed {
      damage = Damage(
        file: "floor", offset: 88, sequence: deposed.sequence,
        detail: "a writer of epoch \(deposed.epoch) wrote from event \(deposed.sequence) on although one of epoch"
          + " \(floor.epoch) had the log, and may have overwritten what that one acknowledged")
    }
  }

  private func judgeCheckpoint() -> Contradiction? {
    guard let checkpoint = options.checkpoint else { return nil }
    let sequence = checkpoint.head.lastSequence
    func contradiction(_ detail: String) -> Contradiction {
      Contradiction(witness: "checkpoint", sequence: sequence, detail: detail)
    }
    if let id = checkpoint.log, let log, id.lowercased() != log.description {
      return contradiction("the checkpoint is of log \(id), and this is log \(log)")
    }
    // What lies behind damage cannot contradict.
    guard damage == nil || sequence <= fold.lastSequence else { return nil }
    guard sequence <= fold.lastSequence else {
      return contradiction("the log ends with event \(fold.lastSequence), before the checkpoint's \(sequence)")
    }
    guard hasCheckpointHead else {
      if damage != nil, sequence == fold.lastSequence { return nil }
      return contradiction("no frame that ends with event \(sequence) has the checkpoint's hash: the history differs")
    }
    if let named = checkpoint.stateDigest, let sight = seen[sequence] {
      let digest = states.digests()[sight.state]
      if digest.description != named.lowercased() {
        return contradiction("the state after event \(sequence) has the digest \(digest), not the checkpoint's")
      }
    }
    return nil
  }

  private func judge(
    _ snapshot: (name: String, sequence: UInt64, contents: Result<Witnesses.Snapshot, MalformedBytes>)
  ) -> SnapshotFinding {
    var finding = SnapshotFinding(
      file: snapshot.name, sequence: snapshot.sequence, status: .consistent, stateDigest: nil, detail: "")
    func found(_ status: SnapshotFinding.Status, _ detail: String) -> SnapshotFinding {
      finding.status = status
      finding.detail = detail
      return finding
    }
    let contents: SnapshotHeader
    switch snapshot.contents {
    case .failure(let flaw): return found(.damaged, "the file \(flaw)")
    case .success(let snapshot): contents = snapshot.header
    }
    finding.stateDigest = contents.stateDigest
    if contents.sequence != snapshot.sequence {
      return found(.inconsistent, "it says it is of event \(contents.sequence)")
    }
    if let log, contents.log != log { return found(.inconsistent, "it is of another log (\(contents.log))") }
    guard let sight = seen[contents.sequence] else {
      if !hasEnded { return found(.notReached, "the log is damaged before it") }
      return found(.inconsistent, "the log, which ends with event \(fold.lastSequence), does not have its event")
    }
    if !sight.isBetweenSteps { return found(.inconsistent, "it was taken inside a step") }
    if contents.sequence > 0 {
      if sight.frame != contents.frame {
        return found(.inconsistent, "it names \(contents.frame); that frame is \(sight.frame)")
      }
      if sight.framePosition != contents.framePosition {
        return found(
          .inconsistent, "it says its frame is in \(contents.framePosition), which is in \(sight.framePosition)")
      }
    }
    let digest = states.digests()[sight.state]
    if digest != contents.stateDigest {
      return found(.inconsistent, "its state digest is \(contents.stateDigest); the replay's is \(digest)")
    }
    return finding
  }

  // MARK: - Report

  /// Hands the state after the last event to the hasher; returns which of its digests is that state's.
  func passLastState() -> Int { CanonicalState.pass(fold, to: states) }

  /// Everything found; the replay is over.
  ///
  /// - Parameter lastState: of ``passLastState()``.
  func report(_ lastState: Int) -> AuditReport {
    var report = AuditReport()
    report.log = log
    report.firstSequence = firstSequence
    report.events = fold.events
    report.frames = frames
    report.reservations = fold.reservations
    report.items = fold.items.count
    if fold.lowest != .max {
      report.minAvailable = fold.lowest
      report.minAvailableSequence = fold.lowestSequence
    }
    report.head = head
    report.stateDigest = states.digests()[lastState]
    report.tornBytes = tornBytes
    report.firstTime = firstTime
    report.lastTime = fold.lastTime
    var violations = fold.violations
    violations.merge(nameForms)
    report.violations = violations.list
    report.violationCount = violations.count
    report.lowest = fold.items.lowest(options.itemLimit)
    report.timeline = fold.events == 0 ? [] : timeline.ending(with: moment)
    report.warnings = warnings
    report.damage = damage
    judgeWitnesses(&report)
    report.verdict =
      if report.damage != nil {
        .damaged
      } else if !report.contradictions.isEmpty {
        .inconsistent
      } else if report.violationCount > 0 {
        .violated
      } else {
        .proven
      }
    return report
  }

  private func judgeWitnesses(_ report: inout AuditReport) {
    if let contradiction = judgeCheckpoint() { report.contradictions.append(contradiction) }
    for snapshot in witnesses.snapshots {
      let finding = judge(snapshot)
      report.snapshots.append(finding)
      switch finding.status {
      case .consistent, .notReached: break
      case .inconsistent:
        report.contradictions.append(
          Contradiction(witness: finding.file, sequence: finding.sequence, detail: finding.detail))
      case .damaged where options.requiresIntactSnapshots:
        let damage = Damage(file: finding.file, offset: 0, sequence: finding.sequence, detail: finding.detail)
        report.damage = report.damage ?? damage
      case .damaged:
        report.warnings.append("\(finding.file) is damaged and of no use: \(finding.detail)")
      }
    }
  }
}
