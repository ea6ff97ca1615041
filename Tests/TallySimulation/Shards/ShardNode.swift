import TallyAudit
import TallyShards
import TallyTestSupport

/// A shard on a machine of its own: its log on a simulated disk, and who may speak to it.
final class ShardNode {
  let number: Int
  private let settings: SimulationSettings
  private(set) var files: SimulatedFileSystem
  private(set) var log: TallyLog?
  /// How far its clock is from the others'.
  private let skew: Int64
  private var random: SplitMix64
  /// The newest router that it has heard of: to an older one it does not listen any more, as a log has one writer.
  private(set) var session = 0
  /// Counts its lives: what was sent to an earlier one is lost with its connections.
  private(set) var life = 0

  init(_ number: Int, _ settings: SimulationSettings, clock: SimulatedClock, skew: Int64, seed: UInt64) throws {
    self.number = number
    self.settings = settings
    self.skew = skew
    random = SplitMix64(seed: seed)
    files = SimulatedFileSystem(.withShops, clock: clock, seed: random.next())
    guard let id = LogID(bytes: Array("simulated shard".utf8) + [UInt8(number)]) else { return }
    try TallyLog.create(
      LogCheck.path, settings: LogSettings(segmentSize: settings.segmentSize, snapshotEvery: settings.snapshotEvery),
      log: id, options: options)
    try start()
  }

  private var options: LogOptions {
    var options = settings.options(files)
    options.clock = { [clock = files.clock, skew] in clock.now + skew }
    return options
  }

  func start() throws {
    guard log == nil else { return }
    life += 1
    log = try TallyLog(LogCheck.path, options: options)
  }

  /// The process dies; or the power fails, and of what was not synced anything may survive.
  func kill(power: Bool) {
    let uncertainties = files.disk.uncertainties()
    let disk =
      power
      ? files.disk.afterPowerLoss(uncertainties, SurvivingSet.one(uncertainties, &random)) : files.disk
    let old = files
    files = SimulatedFileSystem(disk, clock: old.clock, seed: random.next())
    old.cutPower()
    log = nil
    session = 0
  }

  /// - Returns: `nil` if it is down, or does not listen.
  func answer(_ request: CartRequest, session: Int, life: Int) -> CartReply? {
    guard let log, session >= self.session, life == self.life else { return nil }
    self.session = session
    switch request {
    case .command(let command): return .outcome(log.append(command))
    case .status(let name):
      do throws(LogFailure) { return .status(try log.reservation(name)) } catch { return .failed(error) }
    }
  }

  /// What its log says of carts, event by event, as anybody reads it.
  func events() throws -> [RecordedEvent] {
    guard let log else { return [] }
    var events: [RecordedEvent] = []
    try log.openReader().events(EventFilter()) {
      events.append($0)
      return true
    }
    return events
  }

  func audit() throws {
    let report = try Auditor(LogDirectory(LogCheck.path), files: files).run()
    guard report.verdict == .proven else {
      throw BrokenPromise("the auditor calls shard \(number) \(report.verdict): \(report.violations)")
    }
  }
}
