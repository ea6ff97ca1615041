import TallyFormat
import TallyTestSupport
import Tallystick

/// A moment at which the power may fail, or the process be killed.
struct CrashMoment: Sendable {
  var disk: SimulatedDisk
  var clients: ClientRecords
  /// Making the log has returned: before that there may be none.
  var isMade: Bool
  var time: Int64
  /// The call during which it is, in words.
  var call: String
}

/// Tries what a power loss may leave at a moment, and holds each to the clients' records.
struct CrashExplorer {
  /// Files whose contents decide nothing: the lock's, which names a process in error messages.
  static let ignored: Set<String> = ["writer.lock"]

  let settings: SimulationSettings
  var random: SplitMix64
  private(set) var counts = SimulationCounts()
  private var tried = Set<UInt64>()

  init(_ settings: SimulationSettings, seed: UInt64) {
    self.settings = settings
    random = SplitMix64(seed: seed)
  }

  /// Every surviving set up to `bound`, and the process killed with its page cache intact.
  mutating func exploreAll(_ moment: CrashMoment, bound: Int) throws {
    let uncertainties = moment.disk.uncertainties(ignoring: Self.ignored)
    for picks in SurvivingSet.all(uncertainties, bound: bound, &random) { try loosePower(moment, uncertainties, picks) }
    try kill(moment)
  }

  /// Some surviving sets at random.
  mutating func exploreSome(_ moment: CrashMoment, _ count: Int) throws {
    let uncertainties = moment.disk.uncertainties(ignoring: Self.ignored)
    for _ in 0..<count { try loosePower(moment, uncertainties, SurvivingSet.one(uncertainties, &random)) }
  }

  mutating func loosePower(_ moment: CrashMoment, _ uncertainties: [Uncertainty], _ picks: [Int]) throws {
    // The same set with more acknowledgements is to be held to more: it is tried again, but not counted again.
    let print = moment.disk.fingerprint(uncertainties, picks)
    guard tried.insert(print &* 31 &+ moment.clients.lastAcknowledged &+ (moment.isMade ? 1 : 0)).inserted else {
      return
    }
    if tried.insert(print).inserted { counts.crashStates += 1 }
    do {
      try check(moment, moment.disk.afterPowerLoss(uncertainties, picks), losingPower: random.one(in: 4))
    } catch {
      throw BrokenPromise(
        "power lost during \(moment.call), of what was not synced survives [\(Self.words(uncertainties, picks))]: \(error)"
      )
    }
  }

  /// The process dies and the machine lives: the page cache is whole, and still not on the platter.
  mutating func kill(_ moment: CrashMoment) throws {
    if moment.disk.uncertainties().isEmpty { return }
    do { try check(moment, moment.disk, losingPower: true) } catch {
      throw BrokenPromise("killed during \(moment.call), then power lost after recovery: \(error)")
    }
  }

  /// Loses power at the moment, and then damages what is stored, once for each of `count` tries.
  ///
  /// - Parameter earlier: the disk at an earlier moment.
  mutating func damage(_ moment: CrashMoment, earlier: SimulatedDisk?, _ count: Int) throws {
    let uncertainties = moment.disk.uncertainties(ignoring: Self.ignored)
    let crashed = moment.disk.afterPowerLoss(uncertainties, SurvivingSet.one(uncertainties, &random))
    let map = try FrameMap(files(crashed, moment))
    // A file that is being made may have its final name, too.
    let paths = crashed.paths(under: LogCheck.path).filter {
      !$0.path.contains("/next-") && $0.path != LogDirectory(LogCheck.path).lock
    }
    for _ in 0..<count {
      var disk = crashed
      let target = random.pick(paths)
      let fault = random.pick(MediaFault.allCases)
      guard let damage = disk.damage(target.path, target.file, by: fault, earlier: earlier, &random) else { continue }
      counts.faults += 1
      var check = DamageCheck(settings, moment.clients, damage, map, seed: random.next())
      do { try check.holds(files(disk, moment)) } catch {
        throw BrokenPromise("power lost during \(moment.call), and then a \(damage): \(error)")
      }
    }
  }

  private mutating func files(_ disk: SimulatedDisk, _ moment: CrashMoment) -> SimulatedFileSystem {
    let clock = SimulatedClock()
    clock.now = moment.time
    return SimulatedFileSystem(disk, clock: clock, seed: random.next())
  }

  private mutating func check(_ moment: CrashMoment, _ disk: SimulatedDisk, losingPower: Bool) throws {
    let files = files(disk, moment)
    if !moment.isMade, try !isLog(files) { return }
    var check = LogCheck(settings: settings, clients: moment.clients, random: SplitMix64(seed: random.next()))
    try check.holds(files, losingPower: losingPower)
  }

  /// A reader shows nothing that a power loss can still take away: it syncs what nothing else shows to be durable.
  mutating func read(_ moment: CrashMoment) throws {
    guard moment.isMade else { return }
    let files = files(moment.disk, moment)
    let shown = try LogReader(LogCheck.path, files: files).stock().sequence
    let after = self.files(files.disk.afterPowerLoss(), moment)
    let kept = try LogReader(LogCheck.path, files: after).stock().sequence
    if kept < shown {
      throw BrokenPromise("during \(moment.call) a reader showed event \(shown), and a power loss left \(kept)")
    }
  }

  /// False if the log was not made yet: then it must say so, and nothing else.
  private func isLog(_ files: SimulatedFileSystem) throws -> Bool {
    do {
      _ = try TallyLog(LogCheck.path, options: settings.options(files))
      return true
    } catch {
      if case .log(.notALog) = error { return false }
      throw error
    }
  }

  private static func words(_ uncertainties: [Uncertainty], _ picks: [Int]) -> String {
    zip(uncertainties, picks).map { uncertainty, pick in
      let what =
        switch uncertainty.place {
        case .sector(let file, let sector): "sector \(sector) of file \(file)"
        case .size(let file): "size of file \(file)"
        case .name(let directory, let name): "name \(directory)/\(name)"
        }
      return "\(what): \(pick) of \(uncertainty.count - 1)"
    }.joined(separator: ", ")
  }
}
