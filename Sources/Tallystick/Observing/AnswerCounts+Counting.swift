extension AnswerCounts {
  /// Counts the answers that share a frame; questions are not counted. Cost: some 2 ns an answer.
  init(_ answers: [Answer], failure: LogFailure?) {
    for answer in answers {
      switch answer {
      case .one(let outcome, _): add(outcome, failure)
      case .commands(let outcomes, _): for outcome in outcomes { add(outcome, failure) }
      case .gathered(let answers, _): add(answers, failure)
      case .rows(let outcomes, _): add(outcomes, failure)
      case .question: break
      }
    }
  }

  private mutating func add(_ outcome: Outcome, _ failure: LogFailure?) {
    switch outcome {
    case .invalid: invalid += 1
    case .busy: break
    case _ where failure != nil: failed += 1
    case .failed: failed += 1
    case .accepted: accepted += 1
    case .repeated: repeated += 1
    case .rejected(let rejection): rejected[rejection.reason, default: 0] += 1
    }
  }

  private mutating func add(_ answers: CommandAnswers, _ failure: LogFailure?) {
    var others: [Outcome] = []
    var simple = 0
    answers.visit(
      0..<answers.count, accepted: { commands, _ in simple += commands.count }, other: { others.append($1) })
    if failure == nil { accepted += simple } else { failed += simple }
    for outcome in others { add(outcome, failure) }
  }

  private mutating func add(_ outcomes: RowOutcomes, _ failure: LogFailure?) {
    if failure != nil {
      failed += outcomes.count
      return
    }
    outcomes.visitRuns { status, count in
      switch status {
      case .accepted: accepted += count
      case .repeated: repeated += count
      case .rejected(let reason): rejected[reason, default: 0] += count
      case .invalid: invalid += count
      case .busy: break
      case .failed: failed += count
      }
    }
  }
}
