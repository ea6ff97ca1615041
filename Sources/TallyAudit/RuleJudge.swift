import TallyFormat

/// Judges a log's events frame by frame: the chain's numbers, the names' form, and every rule of the fold.
struct RuleJudge: ~Copyable {
  private(set) var chain = ChainJudge()
  var fold: Fold
  private var nameForms: Violations
  private var room = MemoryRoom()

  init(violationLimit: Int) {
    fold = Fold(violationLimit: violationLimit)
    nameForms = Violations(limit: violationLimit)
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
