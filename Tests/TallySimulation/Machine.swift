import TallyFormat
import TallyTestSupport
import Tallystick

/// The machine that a shop's log is on: restarts, and remembers moments at which it could have lost power.
final class Machine {
  let settings: SimulationSettings
  private(set) var files: SimulatedFileSystem
  var clients = ClientRecords()
  var isMade = false
  private(set) var faultCount = 0
  /// Moments that were kept since they were last taken.
  private(set) var moments: [CrashMoment] = []
  /// Whether a moment is worth keeping.
  private var isKept: () -> Bool
  private var random: SplitMix64

  init(_ settings: SimulationSettings, seed: UInt64, keeping isKept: @escaping () -> Bool) {
    self.settings = settings
    self.isKept = isKept
    random = SplitMix64(seed: seed)
    files = SimulatedFileSystem(.withShops, clock: SimulatedClock(), seed: seed)
    watch()
  }

  var sabotage = Sabotage.none { didSet { files.sabotage = sabotage } }

  private func watch() {
    files.sabotage = sabotage
    files.onMoment = { [unowned self] call in if isKept() { keepMoment(call) } }
  }

  private func keepMoment(_ call: FileCall) {
    moments.append(
      CrashMoment(
        disk: files.disk, clients: clients, isMade: isMade, time: files.clock.now,
        call: "\(call.kind) \(call.path) (moment \(moments.count))"))
  }

  func takeMoments() -> [CrashMoment] {
    defer { moments = [] }
    return moments
  }

  // MARK: Restarts

  /// The processes die; the page cache stays.
  func killProcesses() { restart(with: files.disk) }

  /// The power fails: of what was not synced, these possibilities survive.
  func losePower(_ uncertainties: [Uncertainty], _ picks: [Int]) {
    restart(with: files.disk.afterPowerLoss(uncertainties, picks))
  }

  private func restart(with disk: SimulatedDisk) {
    let old = files
    faultCount += old.faultCount
    files = SimulatedFileSystem(disk, clock: old.clock, seed: random.next())
    // What is left of the old processes must neither see nor change anything.
    old.onMoment = { _ in }
    old.cutPower()
    watch()
  }

  // MARK: Clients

  /// Sends commands that share a frame; keeps their answers.
  ///
  /// - Returns: how many were answered, and whether one failed: the writer is poisoned.
  @discardableResult
  func append(_ commands: [Command], to log: TallyLog) throws -> (answered: Int, hasFailed: Bool) {
    for command in commands { clients.send(command) }
    let lastAcknowledged = clients.lastAcknowledged
    var result = (answered: 0, hasFailed: false)
    for (command, outcome) in zip(commands, log.append(commands)) {
      switch outcome {
      case .accepted, .repeated, .rejected: result.answered += 1
      case .failed: result.hasFailed = true
      case .invalid, .busy: break
      }
      if let flaw = clients.receive(outcome, to: command, sentAfter: lastAcknowledged) { throw BrokenPromise(flaw) }
    }
    return result
  }
}
