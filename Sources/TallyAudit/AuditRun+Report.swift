import TallyFormat

extension AuditRun {
  /// Everything found; the run is over.
  ///
  /// - Parameter stateDigest: of the state after the last event.
  func report(_ stateDigest: Digest) -> AuditReport {
    var report = AuditReport()
    report.log = log
    report.firstSequence = chain.firstSequence
    report.events = fold.events
    report.frames = chain.frames
    report.reservations = fold.reservations
    report.waited = fold.waiting.joined
    report.filled = fold.filled
    report.consumers = fold.consumers.entries.count
    report.lowestConsumed = fold.consumers.entries.values.map(\.position).min() ?? 0
    report.waiting = fold.waiting.count
    report.items = fold.items.count
    if fold.lowest != .max {
      report.minAvailable = fold.lowest
      report.minAvailableSequence = fold.lowestSequence
    }
    report.head = chain.head
    report.stateDigest = stateDigest
    report.tornBytes = end?.tornBytes ?? 0
    report.firstTime = firstTime
    report.lastTime = fold.lastTime
    let violations = violations
    report.violations = violations.list
    report.violationCount = violations.count
    report.lowest = fold.items.lowest(options.itemLimit)
    report.waitedFor = fold.waitedFor(options.itemLimit)
    report.recipes = fold.items.recipeFindings(options.itemLimit)
    report.timeline = wholeTimeline
    report.warnings = warnings
    report.damage = damage
    askWitnesses(&report)
    report.verdict = report.worst
    return report
  }

  private func askWitnesses(_ report: inout AuditReport) {
    // Unlisted violations come behind the listed ones; where none is listed, any event may have broken a rule.
    let firstBroken = report.violationCount == 0 ? nil : report.violations.map(\.sequence).min() ?? 0
    let contradiction = checkpoint.contradiction(
      of: log, lastSequence: fold.lastSequence, isDamaged: damage != nil, firstBroken: firstBroken, sightings)
    if let contradiction { report.contradictions.append(contradiction) }
    if let contradiction = tree.contradiction(of: log, isDamaged: damage != nil) {
      report.contradictions.append(contradiction)
    }
    let judge = SnapshotJudge(
      log: log, lastSequence: fold.lastSequence, hasEnded: end != nil, firstBroken: firstBroken)
    for snapshot in witnesses.snapshots {
      report.add(judge.finding(snapshot, sightings), requiresIntact: options.requiresIntactSnapshots)
    }
  }
}

extension AuditReport {
  /// Adds what was found about a snapshot, and what follows from it for the log.
  fileprivate mutating func add(_ finding: SnapshotFinding, requiresIntact: Bool) {
    snapshots.append(finding)
    switch finding.status {
    case .consistent, .notReached: break
    case .inconsistent:
      contradictions.append(Contradiction(witness: finding.file, sequence: finding.sequence, detail: finding.detail))
    case .damaged where requiresIntact:
      let found = Damage(file: finding.file, offset: 0, sequence: finding.sequence, detail: finding.detail)
      damage = damage ?? found
    case .damaged:
      warnings.append("\(finding.file) is damaged and of no use: \(finding.detail)")
    }
  }

  /// The verdict by what was found.
  fileprivate var worst: Verdict {
    if damage != nil {
      .damaged
    } else if !contradictions.isEmpty {
      .inconsistent
    } else if violationCount > 0 {
      .violated
    } else {
      .proven
    }
  }
}
