import TallyFormat

/// One run over the log: feeds the fold, and shows every frame to those who judge the chain and the witnesses.
struct AuditRun: ~Copyable {
  let hasher = NameHasher()
  let options: AuditOptions
  var witnesses: Witnesses

  private(set) var fold: Fold
  private var nameForms: Violations
  private(set) var chain = ChainJudge()
  private(set) var floor: FloorJudge
  private(set) var checkpoint: CheckpointJudge
  private(set) var tree: TreeJudge
  private(set) var sightings: Sightings
  private var timeline = Timeline()
  private var room = MemoryRoom()

  private(set) var log: LogID?
  private(set) var firstTime: Int64 = 0
  /// How the log ended; `nil`: it could not be read to its end.
  private(set) var end: LogEnd?

  var damage: Damage?
  var warnings: [String] = []

  init(_ options: AuditOptions, _ witnesses: Witnesses, _ states: StateHasher) {
    self.options = options
    self.witnesses = witnesses
    fold = Fold(violationLimit: options.violationLimit)
    nameForms = Violations(limit: options.violationLimit)
    floor = FloorJudge(witnesses)
    checkpoint = CheckpointJudge(options.checkpoint)
    tree = TreeJudge(options.treeHead)
    sightings = Sightings(witnesses, options.checkpoint, states)
  }

  mutating func begin(_ log: LogID) {
    self.log = log
    sightings.lookAtBeginning(fold)
  }

  /// Judges and folds the next frame of the chain.
  ///
  /// - Throws: ``LogError/file(_:)`` if there is no memory for what it adds.
  mutating func replay(_ frame: PreparedFrame) throws(LogError) {
    try room.require(fold.growth(by: frame.columns), frame.position)
    fold.violations.position = frame.position
    chain.judge(frame, &fold.violations)
    floor.compare(frame)
    checkpoint.compare(frame)
    tree.compare(frame)
    if frame.hasOddNames {
      nameForms.position = frame.position
      NameForm.judge(frame.columns, &nameForms)
    }
    fold.begin(frame.columns, hasKeys: frame.hasKeys)
    while let stop = sightings.nextStop(in: frame) {
      fold.fold(frame.columns, before: Int(stop - frame.firstSequence) + 1)
      sightings.look(fold, at: stop, frame.head, frame.position)
    }
    fold.fold(frame.columns, before: frame.columns.count)
    if fold.events == frame.columns.count, let time = frame.columns.times.first { firstTime = time }
    timeline.add(moment)
  }

  mutating func end(_ end: LogEnd?) { self.end = end ?? LogEnd(position: fold.violations.position, tornBytes: 0) }

  /// Adds what was found by reading the log again.
  mutating func merge(_ violations: Violations) { fold.violations.merge(violations) }

  /// Of the last event.
  private var moment: TimelinePoint {
    TimelinePoint(
      sequence: fold.lastSequence, time: fold.lastTime, onHand: fold.totalOnHand, held: fold.totalHeld)
  }

  /// What happened, thinned out, to the last event.
  var wholeTimeline: [TimelinePoint] { fold.events == 0 ? [] : timeline.ending(with: moment) }

  /// Of every rule, in the order of the log.
  var violations: Violations {
    var violations = fold.violations
    violations.merge(nameForms)
    return violations
  }
}
