import TallyFormat

/// Replays a log and judges it: whether its bytes can be trusted, whether every event keeps every rule of the format
/// document, and whether the log agrees with its floor, its snapshots and a checkpoint.
///
/// Writes nothing and takes no lock; works on a log that is being written, and then judges what was there when it came
/// to the end. A value: run it on any thread, several at a time if need be. It keeps 8 bytes an id, 56 bytes and the
/// names an item, some 70 bytes an open reservation, and with several threads some 40 MiB of states yet to be hashed.
public struct Auditor: Sendable {
  /// What it was told.
  public let options: AuditOptions
  let store: any LogStore

  /// Opens nothing yet.
  ///
  /// - Parameters:
  ///   - directory: the log's.
  ///   - files: where its files are.
  ///   - options: what to check, and with how many threads.
  public init(
    _ directory: LogDirectory, files: any FileSystem = LocalFileSystem(), options: AuditOptions = AuditOptions()
  ) {
    self.init(LocalLog(directory, files: files), options: options)
  }

  /// As ``init(_:files:options:)``, of a log that any store keeps.
  public init(_ store: any LogStore, options: AuditOptions = AuditOptions()) {
    self.store = store
    self.options = options
  }

  /// Audits the log from its first event to its last.
  ///
  /// - Parameter progress: called on this thread after every frame: a few times a million events, or once an event in
  ///   a log of single events.
  /// - Returns: what was found. Damage is a finding, not an error.
  /// - Throws: `LogError.notALog` and `LogError.file`: there is nothing to judge, or it cannot
  ///   be read, or (with the code `ENOMEM`) there is too little memory.
  public func run(progress: (AuditProgress) -> Void = { _ in }) throws(LogError) -> AuditReport {
    let clock = ContinuousClock()
    let start = clock.now
    let remembered = options.memory?.found
    let witnesses = try Witnesses(store, behind: remembered?.head.lastSequence)
    let crew = AuditCrew(witnesses.unproven, helpers: min(options.jobs, AuditOptions.mostJobs) - 1)
    var run = AuditRun(options, witnesses, crew.states)
    if let remembered, let memory = options.memory {
      do throws(FileError) { try run.goOn(remembered, memory) } catch { throw .file(error) }
    }
    let names = try readLog(&run, crew, progress)
    if run.damage == nil, run.rewritten == nil {
      run.damage = run.floor.damage(of: run.log, lastSequence: run.rules.fold.lastSequence)
    }
    let copy = try stateCopy(run)
    defer { copy?.endSync() }
    var lastState = 0
    let entering = beginEntering(names)
    crew.finish(names) { lastState = CanonicalState.pass(run.rules.fold, to: crew.states, copy: copy) }
    copy?.beginSync()
    do throws(FileError) { run.witnesses.note(try crew.snapshots.result()) } catch { throw .file(error) }
    try findRepeatedNames(try crew.names.repeated.union(entering.usedBefore()), &run)
    try judgeReturns(&run)
    // A mark that could not be told makes all that was found worthless.
    if let failure = run.marks?.failure { throw .file(failure) }
    var report = run.report(crew.states.digests()[lastState])
    report.duration = clock.now - start
    let plan = historyPlan(run)
    // What is remembered of the audit before is read again, too, so that it must not have been replaced.
    if let plan, options.memory != nil { try addHistory(plan, to: &report, progress) }
    try remember(run, report.stateDigest, report.verdict == .proven ? copy : nil)
    // Two folds at a time would be twice the memory.
    _ = consume run
    if let plan, options.memory == nil { try addHistory(plan, to: &report, progress) }
    return report
  }

  /// Replays all frames, or those before damage.
  ///
  /// - Returns: the names of all frames.
  private func readLog(
    _ run: inout AuditRun, _ crew: AuditCrew, _ progress: (AuditProgress) -> Void
  ) throws(LogError) -> [LedgerReference] {
    do throws(LogError) {
      let source = try store.source()
      let segments = try source.parts().map(\.firstSequence)
      run.begin(source.log)
      guard let stream = try frames(of: source, &run) else { return [] }
      let feed: any FrameFeed =
        crew.helpers > 0
        ? ParallelFeed(stream, hasher: run.hasher, crew: crew) : SerialFeed(stream, hasher: run.hasher)
      // Damage and the end are the same to the names.
      let failure = replay(feed, of: segments, &run, progress)
      feed.stop()
      if let failure { try note(failure, &run) }
      return feed.names
    } catch {
      try note(error, &run)
      return []
    }
  }

  /// Replays what comes until nothing does; returns why, if that is not the log's end.
  private func replay(
    _ feed: any FrameFeed, of segments: [UInt64], _ run: inout AuditRun, _ progress: (AuditProgress) -> Void
  ) -> LogError? {
    var segment = 0
    do throws(LogError) {
      while let frame = try feed.next() {
        try run.replay(frame)
        while segment + 1 < segments.count, segments[segment] < frame.position.segment { segment += 1 }
        progress(
          AuditProgress(
            events: run.rules.fold.events, position: frame.position, segment: segment + 1, segments: segments.count))
      }
      run.end(feed.end)
      return nil
    } catch {
      return error
    }
  }

  /// Notes damage; throws what is none.
  private func note(_ error: LogError, _ run: inout AuditRun) throws(LogError) {
    switch error {
    case .damaged(let position, let sequence, let reason):
      run.damage = Damage(
        file: "segments/" + position.segmentName, offset: position.offset, sequence: sequence, detail: reason)
    case .notALog(_, let reason) where !run.witnesses.isEmpty:
      run.damage = Damage(
        file: "segments", offset: 0, sequence: 1,
        detail: "\(reason); but there is a floor or a snapshot, so there was a log")
    case .notALog, .file: throw error
    }
  }

  /// Reads the log once more if fingerprints repeat: only then can an id or key have been used twice.
  private func findRepeatedNames(_ suspects: Set<UInt64>, _ run: inout AuditRun) throws(LogError) {
    guard !suspects.isEmpty else { return }
    var repeated = RepeatedNames(suspects, hasher: run.hasher, violationLimit: options.violationLimit)
    try readAgain(&run, to: "find ids used twice") { repeated.judge($0) }
    run.merge(repeated.violations)
  }

  /// Reads the log once more if goods have come back of orders: what these had sold is not in memory any more.
  private func judgeReturns(_ run: inout AuditRun) throws(LogError) {
    let orders = run.rules.fold.rereadOrders
    guard let first = orders.min() else { return }
    if let found = returns(of: orders, from: first, run) { return run.merge(found) }
    var returned = ReturnedOrders(orders, violationLimit: options.violationLimit)
    try readAgain(&run, to: "see what orders had sold of which goods came back") { returned.judge($0) }
    run.merge(returned.violations)
  }

  private func readAgain(
    _ run: inout AuditRun, to purpose: String, _ body: (PreparedFrame) -> Void
  ) throws(LogError) {
    do throws(LogError) {
      let stream = try store.source().frames(from: .beginning, showsUnsynced: false)
      let feed = SerialFeed(stream, hasher: run.hasher)
      // As far as the first reading went, whatever has been written since.
      for _ in 0..<run.rules.chain.frames {
        guard let frame = try feed.next() else { break }
        body(frame)
      }
    } catch {
      guard case .damaged = error else { throw error }
      // The first reading came further: the bytes change under the reader.
      run.warnings.append("the log could not be read a second time to \(purpose): \(error)")
    }
  }
}
