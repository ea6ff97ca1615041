import TallyFormat

/// One run over the log: feeds the rules.fold, and shows every frame to those who judge the chain and the witnesses.
struct AuditRun: ~Copyable {
  let hasher: NameHasher
  let options: AuditOptions
  var witnesses: Witnesses

  private(set) var rules: RuleJudge
  private(set) var floor: FloorJudge
  private(set) var checkpoint: CheckpointJudge
  private(set) var tree: TreeJudge
  private(set) var sightings: Sightings
  private(set) var events: EventsJudge
  private(set) var stock: StockWitness
  private var timeline = Timeline()
  /// Of the events that an earlier audit judged.
  private(set) var marks: EarlierMarks?
  /// `nil`: no history is wanted.
  private(set) var demand: DemandCount?

  private(set) var log: LogID?
  private(set) var firstTime: Int64 = 0
  /// Of the last event that an earlier audit proved.
  private(set) var timeBefore: Int64 = 0
  /// How the log ended; `nil`: it could not be read to its end.
  private(set) var end: LogEnd?

  var damage: Damage?
  /// What an earlier audit proved is not there any more.
  var rewritten: Contradiction?
  var warnings: [String] = []

  init(_ options: AuditOptions, _ witnesses: Witnesses, _ states: StateHasher) {
    self.options = options
    let found = options.memory?.found
    hasher = found?.hasher ?? NameHasher()
    self.witnesses = witnesses
    rules = RuleJudge(violationLimit: options.violationLimit)
    floor = FloorJudge(witnesses)
    checkpoint = CheckpointJudge(options.checkpoint)
    tree = TreeJudge(options.treeHead, behind: found?.tree ?? GrowingTree(), growsOn: options.memory != nil)
    sightings = Sightings(witnesses, options.checkpoint, states, alsoAt: options.stock?.sequence)
    events = EventsJudge(options.treeHead)
    stock = StockWitness(options.stock)
    demand = options.history == nil ? nil : DemandCount()
  }

  mutating func begin(_ log: LogID) {
    self.log = log
    if options.memory?.found == nil { sightings.lookAtBeginning(rules.fold) }
  }

  /// Goes on behind what an earlier audit proved.
  ///
  /// - Throws: `FileError`, with the code `EBADMSG` if what it wrote down was altered.
  mutating func goOn(_ found: RememberedAudit, _ memory: AuditMemory) throws(FileError) {
    marks = try memory.take(found, into: &rules)
    firstTime = found.counts.firstTime
    timeBefore = rules.fold.lastTime
    floor.goOn(behind: found.head)
    checkpoint.goOn(behind: found.head)
    sightings.goOn(rules.fold, behind: found.head, found.position)
  }

  /// Judges and folds the next frame of the rules.chain.
  ///
  /// - Throws: ``LogError/file(_:)`` if there is no memory for what it adds.
  mutating func replay(_ frame: PreparedFrame) throws(LogError) {
    try rules.begin(frame)
    floor.compare(frame)
    checkpoint.compare(frame)
    tree.compare(frame)
    events.compare(frame)
    while let stop = sightings.nextStop(in: frame) {
      rules.fold.fold(frame.columns, before: Int(stop - frame.firstSequence) + 1)
      sightings.look(rules.fold, at: stop, frame.head, frame.position)
      stock.look(rules.fold, at: stop)
    }
    rules.fold.fold(frame.columns, before: frame.columns.count)
    if rules.fold.events == frame.columns.count, let time = frame.columns.times.first { firstTime = time }
    timeline.add(moment)
    demand?.count(frame.columns, items: rules.fold.items.count)
  }

  mutating func end(_ end: LogEnd?) { self.end = end ?? LogEnd(position: rules.fold.violations.position, tornBytes: 0) }

  /// Adds what was found by reading the log again.
  mutating func merge(_ violations: Violations) { rules.fold.violations.merge(violations) }

  /// Of the last event.
  private var moment: TimelinePoint {
    TimelinePoint(
      sequence: rules.fold.lastSequence, time: rules.fold.lastTime, onHand: rules.fold.totalOnHand,
      held: rules.fold.totalHeld)
  }

  /// What happened, thinned out, to the last event.
  var wholeTimeline: [TimelinePoint] { rules.fold.events == 0 ? [] : timeline.ending(with: moment) }

  /// Of every rule, in the order of the log.
  var violations: Violations { rules.violations }
}
