import TallyFormat
import TallyThreads

/// Replays a log and judges it: whether its bytes can be trusted, whether every event keeps every rule of the format
/// document, and whether the log agrees with its floor, its snapshots and a checkpoint.
///
/// Writes nothing and takes no lock; works on a log that is being written, and then judges what was there when it came
/// to the end. A value: run it on any thread, several at a time if need be. It keeps 8 bytes an id, 56 bytes and the
/// names an item, some 70 bytes an open reservation, and with several threads some 40 MiB of states yet to be hashed.
public struct Auditor: Sendable {
  public let options: AuditOptions
  private let store: any LogStore

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
  /// - Throws: ``LogError/notALog(path:reason:)`` and ``LogError/file(_:)``: there is nothing to judge, or it cannot
  ///   be read.
  public func run(progress: (AuditProgress) -> Void = { _ in }) throws(LogError) -> AuditReport {
    let clock = ContinuousClock()
    let start = clock.now
    let witnesses = try Witnesses(store)
    let helpers = min(options.jobs, AuditOptions.mostJobs) - 1
    let side = SideWork(witnesses.unproven, helpers: helpers)
    var replay = Replay(options, witnesses, side.states)
    var names: [LedgerReference] = []
    do throws(LogError) {
      let source = try store.source()
      let segments = try source.parts().map(\.firstSequence)
      let stream = try source.frames(from: .beginning, showsUnsynced: false)
      replay.begin(source.log)
      let feed: any FrameFeed =
        helpers > 0
        ? ParallelFeed(stream, hasher: replay.hasher, threads: helpers, beside: side)
        : SerialFeed(stream, hasher: replay.hasher)
      defer {
        feed.stop()
        names = feed.names
      }
      var segment = 0
      while let frame = try feed.next() {
        replay.take(frame)
        while segment + 1 < segments.count, segments[segment] < frame.position.segment { segment += 1 }
        progress(
          AuditProgress(
            events: replay.fold.events, position: frame.position, segment: segment + 1, segments: segments.count))
      }
      replay.end(feed.end)
    } catch {
      switch error {
      case .damaged(let position, let sequence, let reason):
        replay.damage = Damage(
          file: "segments/" + position.segmentName, offset: position.offset, sequence: sequence, detail: reason)
      case .notALog(_, let reason) where !witnesses.isEmpty:
        replay.damage = Damage(
          file: "segments", offset: 0, sequence: 1,
          detail: "\(reason); but there is a floor or a snapshot, so there was a log")
      case .notALog, .file: throw error
      }
    }
    if replay.damage == nil { replay.judgeFloor() }
    let ledgers = names
    let threads = JoinedThreads(helpers) { side.finish(ledgers) }
    let lastState = replay.passLastState()
    side.states.close()
    side.finish(ledgers)
    threads.join()
    let findings = side.findings
    if let failure = findings.failure { throw .file(failure) }
    replay.take(findings.flaws)
    try findRepeatedNames(findings.repeated, &replay)
    var report = replay.report(lastState)
    let duration = (clock.now - start).components
    report.seconds = Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
    return report
  }

  /// Reads the log once more if fingerprints repeat: only then can an id or key have been used twice.
  private func findRepeatedNames(_ suspects: Set<UInt64>, _ replay: inout Replay) throws(LogError) {
    guard !suspects.isEmpty else { return }
    var repeated = RepeatedNames(suspects, hasher: replay.hasher, violationLimit: options.violationLimit)
    do throws(LogError) {
      let feed = SerialFeed(
        try store.source().frames(from: .beginning, showsUnsynced: false), hasher: replay.hasher)
      // As far as the first reading went, whatever has been written since.
      for _ in 0..<replay.frames {
        guard let frame = try feed.next() else { break }
        repeated.judge(frame)
      }
    } catch {
      guard case .damaged = error else { throw error }
      // The first reading came further: the bytes change under the reader.
      replay.warnings.append("the log could not be read a second time to find ids used twice: \(error)")
    }
    replay.merge(repeated.violations)
  }
}
