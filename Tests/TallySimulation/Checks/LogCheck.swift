import TallyAudit
import TallyTestSupport
import Tallystick

/// Opens a log after something has happened to its disk and holds it to what its clients remember.
struct LogCheck {
  static let path = "/shops/tea.tally"
  let settings: SimulationSettings
  var clients: ClientRecords
  var random: SplitMix64

  /// What an intact log must be like: open, whole, proven, and with its first answers.
  ///
  /// Goes on with the log: repeats a few commands and all of unknown outcome; then, if `losingPower`, drops everything
  /// that was not synced and looks whether these answers hold, too.
  mutating func holds(_ files: SimulatedFileSystem, losingPower: Bool) throws {
    let audit = try self.audit(files)
    try require(isProven(audit, files), "the auditor calls the log \(audit.verdict): \(audit.flaw)")
    let log = try open(files)
    try require(
      log.recovery.cutTornBytes == audit.tornBytes,
      "the writer cut \(log.recovery.cutTornBytes) torn bytes, the auditor saw \(audit.tornBytes)")
    try agrees(files, audit)
    try readsBack(files)
    try repeats(log)
    try finish(log, files, losingPower: losingPower)
  }

  /// What a log must be like that two writers may have spoiled: as an intact one, or called damaged by the auditor and
  /// refused by the writer, unless a newer snapshot lets it pass by what is spoiled.
  mutating func holdsOrSaysWhy(_ files: SimulatedFileSystem) throws {
    let audit = try self.audit(files)
    if audit.verdict == .proven { return try holds(files, losingPower: false) }
    do {
      try TallyLog(Self.path, options: settings.options(files)).close()
    } catch {
      switch error {
      case .log(.damaged), .ruleBroken, .behindFloor: return
      default: throw BrokenPromise("the log is refused for another reason than the breach: \(error)")
      }
    }
    let newest = try LogDirectory(Self.path).listSnapshots(files).last ?? 0
    try require(
      newest >= audit.lastSequence,
      "the writer opens the log without a newer snapshot, and the auditor calls it \(audit.verdict): \(audit.flaw)")
  }

  /// A floor of which a write failed half-way is damaged, and rightly called so; the log is whole.
  private func isProven(_ audit: AuditReport, _ files: SimulatedFileSystem) -> Bool {
    if audit.verdict == .proven { return true }
    return audit.verdict == .damaged && audit.damage?.file == "floor"
      && files.disk.halfWritten.contains(LogDirectory(Self.path).floor)
  }

  func open(_ files: SimulatedFileSystem) throws -> TallyLog {
    do { return try TallyLog(Self.path, options: settings.options(files)) } catch {
      throw BrokenPromise("the log cannot be opened: \(error)")
    }
  }

  func audit(_ files: SimulatedFileSystem) throws -> AuditReport {
    do { return try Auditor(LogDirectory(Self.path), files: files).run() } catch {
      throw BrokenPromise("the log cannot be audited: \(error)")
    }
  }

  /// The two implementations arrive at the same state.
  private func agrees(_ files: SimulatedFileSystem, _ audit: AuditReport) throws {
    let info = try LogReader(Self.path, files: files).info()
    try require(
      info.head == audit.head, "the reader ends at \(info.head), the auditor at \(audit.head)")
    try require(
      info.stateDigest == audit.stateDigest,
      "the state after event \(info.head.lastSequence) is \(info.stateDigest), the auditor's \(audit.stateDigest)")
    if let low = audit.minAvailable { try require(low >= 0, "\(low) were available once") }
    for snapshot in audit.snapshots where snapshot.status != .consistent && snapshot.status != .damaged {
      throw BrokenPromise("\(snapshot.file) does not equal the fold: \(snapshot.detail)")
    }
  }

  /// Every acknowledged command is there once, at its place, and nothing is there that no client sent.
  func readsBack(_ files: SimulatedFileSystem) throws {
    var ledger = Ledger()
    var seen: [Mark: Int] = [:]
    try LogReader(Self.path, files: files).events(EventFilter()) { event in
      if let flaw = ledger.add(event) { throw BrokenPromise(flaw) }
      let mark = Mark(event)
      if let mark {
        let times = (seen[mark] ?? 0) + 1
        seen[mark] = times
        let allowed = clients.allowed[mark] ?? 0
        if times > allowed {
          throw BrokenPromise(
            "event \(event.sequence) is there \(times) times and was sent \(allowed) times: \(mark)")
        }
      }
      if let expected = clients.acknowledged[event.sequence], expected != mark {
        throw BrokenPromise("event \(event.sequence) was acknowledged as \(expected) and is \(event)")
      }
      return true
    }
    try require(
      ledger.lastSequence >= clients.lastAcknowledged,
      "event \(clients.lastAcknowledged) was acknowledged, and the log ends at event \(ledger.lastSequence)")
  }

  /// A few repeats, and everything of unknown outcome, answered as the first time. They share a frame.
  mutating func repeats(_ log: TallyLog) throws {
    if let cause = try cannotRepeat(log) { throw BrokenPromise("repeats failed: \(cause)") }
  }

  /// As ``repeats(_:)``; returns why the writer could not answer. An answer that is given must be the first one even so.
  mutating func cannotRepeat(_ log: TallyLog) throws -> String? {
    var commands = clients.unsettled.filter { clients.first($0)?.happensOnce ?? false }
    let known = clients.repeatable
    for _ in 0..<min(4, known.count) { commands.append(random.pick(known)) }
    if let last = known.last { commands.append(last) }
    for command in commands { clients.send(command) }
    var cause: String?
    for (command, outcome) in zip(commands, log.append(commands)) {
      if case .failed(let why) = outcome { cause = why.description }
      if let flaw = clients.receive(outcome, to: command) { throw BrokenPromise(flaw) }
    }
    return cause
  }

  private mutating func finish(_ log: TallyLog, _ files: SimulatedFileSystem, losingPower: Bool) throws {
    guard losingPower else { return log.close() }
    files.cutPower()
    let after = SimulatedFileSystem(files.disk.afterPowerLoss(), clock: files.clock, seed: random.next())
    let audit = try self.audit(after)
    try require(
      isProven(audit, after), "after another power loss the auditor calls the log \(audit.verdict): \(audit.flaw)")
    try readsBack(after)
  }

  private func require(_ holds: Bool, _ flaw: @autoclosure () -> String) throws {
    if !holds { throw BrokenPromise(flaw()) }
  }
}

extension AuditReport {
  /// What is wrong, in words.
  var flaw: String {
    damage.map { "\($0.file) at byte \($0.offset): \($0.detail)" } ?? contradictions.first?.detail
      ?? violations.first?.detail ?? "nothing is wrong"
  }
}
