import TallyAudit
import TallyTestSupport
import Tallystick

/// Holds a log whose disk was damaged to the promise that damage is called damage and never shortens history in silence.
struct DamageCheck {
  let settings: SimulationSettings
  let clients: ClientRecords
  let damage: MediaDamage
  /// Of the log before it was damaged.
  let map: FrameMap
  var random: SplitMix64

  private enum Part { case segment, snapshot, index, floor, other }
  private let part: Part

  init(
    _ settings: SimulationSettings, _ clients: ClientRecords, _ damage: MediaDamage, _ map: FrameMap, seed: UInt64
  ) {
    self.settings = settings
    self.clients = clients
    let damage = map.named(damage)
    self.damage = damage
    self.map = map
    random = SplitMix64(seed: seed)
    let directory = LogDirectory(LogCheck.path)
    part =
      damage.path.hasPrefix(directory.segments)
      ? .segment
      : damage.path.hasPrefix(directory.snapshots)
        ? .snapshot : damage.path.hasPrefix(directory.index) ? .index : damage.path == directory.floor ? .floor : .other
  }

  mutating func holds(_ files: SimulatedFileSystem) throws {
    let audited = Result { () throws(LogError) in try Auditor(LogDirectory(LogCheck.path), files: files).run() }
    let log: TallyLog
    do { log = try TallyLog(LogCheck.path, options: settings.options(files)) } catch {
      try refused(error, audited)
      return try readersRefuse(error, files)
    }
    // Read before anything is written: what is there now is what the log makes of the damage.
    try opened(log, files, audited)
  }

  /// The writer refuses the log: rightly, and in the right words.
  private func refused(_ error: TallyError, _ audited: Result<AuditReport, LogError>) throws {
    guard part == .segment || part == .floor else {
      throw BrokenPromise("the log, which is whole, cannot be opened: \(error)")
    }
    switch error {
    case .log(.damaged), .behindFloor, .ruleBroken: break
    default: throw BrokenPromise("the log is refused for another reason: \(error)")
    }
    if case .success(let audit) = audited, audit.verdict == .proven {
      throw BrokenPromise("the writer says \(error), and the auditor calls the log proven")
    }
  }

  /// What the writer refuses, nobody else takes for whole.
  private func readersRefuse(_ error: TallyError, _ files: SimulatedFileSystem) throws {
    let copied = Result { () throws(TallyError) in
      try Backup.copy(LogCheck.path, to: LogCheck.path + "-copy", files: files)
    }
    if case .success = copied { throw BrokenPromise("the writer says \(error), and the log was backed up") }
    // A reader that begins with a snapshot behind the damage never sees it, nor needs to.
    if map.isBehindSnapshot(damage) { return }
    let read = Result { () throws(TallyError) in try LogReader(LogCheck.path, files: files).stock() }
    if case .success(let report) = read {
      throw BrokenPromise("the writer says \(error), and readers see the log end at event \(report.sequence)")
    }
  }

  private mutating func opened(
    _ log: TallyLog, _ files: SimulatedFileSystem, _ audited: Result<AuditReport, LogError>
  ) throws {
    var check = LogCheck(settings: settings, clients: clients, random: random)
    if log.lastSequence < map.lastSequence {
      try shortened(to: log.lastSequence)
    } else {
      try readBack(check, files)
      try repeated(&check, log, files)
    }
    try agrees(audited, log, files)
  }

  /// Part of the end is gone: that may only be what cannot be told from a write that was never finished.
  private func shortened(to last: UInt64) throws {
    if let least = map.lastSequence(despite: damage), last >= least, map.provenSequence <= last || part == .floor {
      return
    }
    if clients.lastAcknowledged <= last { return }
    throw BrokenPromise(
      "the log opens without the events \(last + 1) to \(map.lastSequence), acknowledged up to"
        + " \(clients.lastAcknowledged); the floor or a snapshot proves \(map.provenSequence)")
  }

  private func readBack(_ check: LogCheck, _ files: SimulatedFileSystem) throws {
    do { try check.readsBack(files) } catch let error as TallyError {
      if case .log(.damaged) = error, map.isBehindSnapshot(damage) { return }
      throw error
    }
  }

  /// Answers are the first ones, or there are none: a name that cannot be looked up is not taken for unused.
  private func repeated(_ check: inout LogCheck, _ log: TallyLog, _ files: SimulatedFileSystem) throws {
    guard let cause = try check.cannotRepeat(log) else { return }
    if part != .index {
      if map.isBehindSnapshot(damage) { return }
      throw BrokenPromise("repeats failed: \(cause)")
    }
    log.close()
    // As the message says: what is derived is deleted and rebuilt.
    let directory = LogDirectory(LogCheck.path)
    for name in try files.list(directory.index) { try files.remove(directory.index + "/" + name) }
    try check.repeats(try check.open(files))
  }

  private func agrees(_ audited: Result<AuditReport, LogError>, _ log: TallyLog, _ files: SimulatedFileSystem) throws {
    guard case .success(let audit) = audited else { throw BrokenPromise("the log opens and cannot be audited") }
    if audit.verdict == .proven { return }
    let isFloorBad = part == .floor || files.disk.halfWritten.contains(LogDirectory(LogCheck.path).floor)
    if audit.verdict == .damaged, isFloorBad || map.isBehindSnapshot(damage) { return }
    throw BrokenPromise("the log opens, and the auditor calls it \(audit.verdict): \(audit.flaw)")
  }
}
