import TallyFormat

extension AuditRun {
  /// Everything found; the run is over.
  ///
  /// - Parameter stateDigest: of the state after the last event.
  func report(_ stateDigest: Digest) -> AuditReport {
    var report = AuditReport()
    // Of another log nothing was read: what stands here was proven before, of the one that is remembered.
    report.log = rewritten == nil ? log : options.memory?.found?.log ?? log
    report.rememberedSequence = options.memory?.found?.head.lastSequence
    report.firstSequence = rules.chain.firstSequence
    report.events = rules.fold.events
    report.frames = rules.chain.frames
    report.reservations = rules.fold.reservations
    report.waited = rules.fold.waiting.joined
    report.filled = rules.fold.filled
    report.consumers = rules.fold.consumers.entries.count
    report.lowestConsumed = rules.fold.consumers.entries.values.map(\.position).min() ?? 0
    report.waiting = rules.fold.waiting.count
    report.items = rules.fold.items.count
    if rules.fold.lowest != .max {
      report.minAvailable = rules.fold.lowest
      report.minAvailableSequence = rules.fold.lowestSequence
    }
    report.head = rules.chain.head
    report.stateDigest = stateDigest
    report.tornBytes = end?.tornBytes ?? 0
    report.firstTime = firstTime
    report.lastTime = rules.fold.lastTime
    let violations = violations
    report.violations = violations.list
    report.violationCount = violations.count
    report.lowest = rules.fold.items.lowest(options.itemLimit)
    report.waitedFor = rules.fold.waitedFor(options.itemLimit)
    report.refused = rules.fold.refusedDemand(options.itemLimit)
    report.recipes = rules.fold.items.recipeFindings(options.itemLimit)
    report.timeline = wholeTimeline
    report.stock = stock.finding(options.stock.flatMap { sightings[$0.sequence] }.map { sightings.digest(of: $0) })
    report.warnings = warnings
    report.damage = damage
    askWitnesses(&report)
    report.verdict = report.worst
    return report
  }

  private func askWitnesses(_ report: inout AuditReport) {
    // Then nothing was read.
    if let rewritten { return report.contradictions.append(rewritten) }
    // Unlisted violations come behind the listed ones; where none is listed, any event may have broken a rule.
    let firstBroken = report.violationCount == 0 ? nil : report.violations.map(\.sequence).min() ?? 0
    let contradiction = checkpoint.contradiction(
      of: log, lastSequence: rules.fold.lastSequence, isDamaged: damage != nil, firstBroken: firstBroken, sightings)
    if let contradiction { report.contradictions.append(contradiction) }
    if let contradiction = tree.contradiction(of: log, isDamaged: damage != nil) {
      report.contradictions.append(contradiction)
    }
    if let contradiction = events.contradiction { report.contradictions.append(contradiction) }
    if events.isSkipped { report.warnings.append("the checkpoint's tree over events was not compared") }
    let judge = SnapshotJudge(
      log: log, lastSequence: rules.fold.lastSequence, hasEnded: end != nil, firstBroken: firstBroken)
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
