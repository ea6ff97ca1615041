import TallyFormat

/// Judges a log's events frame by frame: the chain's numbers, the names' form, and every rule of the fold.
struct RuleJudge: ~Copyable {
  private(set) var chain: ChainJudge
  var fold: Fold
  private var nameForms: Violations
  private var room = MemoryRoom()

  init(violationLimit: Int) {
    chain = ChainJudge()
    fold = Fold(violationLimit: violationLimit)
    nameForms = Violations(limit: violationLimit)
  }

  /// Goes on behind what an earlier audit proved.
  ///
  /// - Throws: `MalformedBytes` for what is not what that audit wrote down.
  mutating func goOn(_ found: RememberedAudit, state: [UInt8], _ marks: EarlierMarks) throws(MalformedBytes) {
    chain = ChainJudge(behind: found.head)
    try fold.goOn(marks, events: Int(found.head.lastSequence))
    var flaw: MalformedBytes?
    state.withUnsafeBytes { bytes in
      var reader = StateReader(bytes)
      do throws(MalformedBytes) { try reader.read(into: &fold, after: found.head.lastSequence) } catch { flaw = error }
    }
    if let flaw { throw flaw }
    fold.goOn(found.counts)
  }

  /// Judges the next frame of the chain but for its events, which the caller folds next.
  ///
  /// - Throws: ``LogError/file(_:)`` if there is no memory for what it adds.
  mutating func begin(_ frame: PreparedFrame) throws(LogError) {
    try room.require(fold.growth(by: frame.columns), frame.position)
    fold.violations.position = frame.position
    chain.judge(frame, &fold.violations)
    if frame.hasOddNames {
      nameForms.position = frame.position
      NameForm.judge(frame.columns, &nameForms)
    }
    fold.begin(frame.columns, hasKeys: frame.hasKeys)
  }

  /// Of every rule, all told.
  var violationCount: Int { fold.violations.count + nameForms.count }

  /// Of every rule, in the order of the log.
  var violations: Violations {
    var violations = fold.violations
    violations.merge(nameForms)
    return violations
  }
}
