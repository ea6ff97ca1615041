import Glibc
import TallyAudit
import TallyFormat
import TallyTestSupport
import Tallystick

/// Backup and repair with a fault at each of their calls: neither harms the log, and what is not a whole copy is not
/// taken for one.
public struct Upkeep: Sendable {
  public enum Task: String, CaseIterable, Sendable {
    case backup, repair
  }
  private static let copy = "/shops/copy.tally"
  private static let survivingSets = 8
  /// What was found good.
  private let judged = JudgedDisks()

  private let task: Task
  private let settings: SimulationSettings
  private let disk: SimulatedDisk
  private let clients: ClientRecords
  private let time: Int64
  private let lastSequence: UInt64
  /// How many calls the task makes when nothing fails.
  public let callCount: Int

  /// A shop's log of several segments; for a repair, with a torn tail.
  public init(_ task: Task) throws {
    var settings = SimulationSettings()
    settings.segmentSize = 2 << 10
    let machine = Machine(settings, seed: 1) { false }
    try settings.create(machine.files)
    let log = try TallyLog(LogCheck.path, options: settings.options(machine.files))
    for commands in SmallWorld.script {
      if try machine.append(commands, to: log).hasFailed { throw BrokenPromise("a command failed on a sound disk") }
      machine.files.clock.now += 10
    }
    lastSequence = log.lastSequence
    log.close()
    machine.killProcesses()
    if task == .repair { try Self.tear(machine.files) }
    self.task = task
    self.settings = settings
    disk = machine.files.disk
    clients = machine.clients
    time = machine.files.clock.now
    var calls = 0
    let files = SimulatedFileSystem(disk, clock: machine.files.clock, seed: 1)
    files.fault = { _ in
      calls += 1
      return nil
    }
    try Self.perform(task, files)
    callCount = calls
  }

  /// Leaves most of a frame behind the last one.
  private static func tear(_ files: SimulatedFileSystem) throws {
    let end = try Repair.inspect(LogCheck.path, files: files)
    guard let last = try FrameMap(files).frames.last else { throw BrokenPromise("the log has no frame") }
    let file = try files.open(last.path, .readWrite)
    let frame = try file.bytes(at: last.range.lowerBound, count: last.range.count)
    try file.write(Array(frame.dropLast(9)), at: end.position.offset)
    try file.sync()
    file.close()
    guard try Repair.inspect(LogCheck.path, files: files).tornBytes > 0 else {
      throw BrokenPromise("the torn tail is not seen")
    }
  }

  private static func perform(_ task: Task, _ files: SimulatedFileSystem) throws {
    switch task {
    case .backup: _ = try Backup.copy(LogCheck.path, to: copy, files: files)
    case .repair: _ = try Repair.truncateTornTail(LogCheck.path, lockWait: .zero, files: files)
    }
  }

  /// What goes wrong at the chosen call.
  private enum Kind: CaseIterable { case failure, full, scattering, powerLoss }

  /// Runs the task once for each kind of fault at call `number` (from 0), and judges what is left.
  public func run(_ number: Int) throws -> SimulationCounts {
    var counts = SimulationCounts()
    for kind in Kind.allCases {
      do { try run(number, kind, &counts) } catch {
        throw BrokenPromise("\(task) with a \(kind) at call \(number): \(error)")
      }
    }
    return counts
  }

  private func run(_ number: Int, _ kind: Kind, _ counts: inout SimulationCounts) throws {
    let clock = SimulatedClock()
    clock.now = time
    let files = SimulatedFileSystem(disk, clock: clock, seed: UInt64(number))
    var calls = 0
    files.fault = { call in
      defer { calls += 1 }
      guard calls == number else { return nil }
      switch kind {
      case .failure: return .failure(code: EIO, written: call.count / 2)
      case .full: return .failure(code: ENOSPC, written: call.count / 3)
      case .scattering: return .scattering(code: EIO)
      case .powerLoss: return .powerLoss
      }
    }
    var failure: TallyError?
    do { try Self.perform(task, files) } catch let error as TallyError { failure = error }
    switch failure {
    case nil, .log(.file): break
    case let failure?: throw BrokenPromise("it fails, but for another reason: \(failure)")
    }
    try judge(files, isDone: failure == nil, number, &counts)
  }

  private func judge(
    _ files: SimulatedFileSystem, isDone: Bool, _ number: Int, _ counts: inout SimulationCounts
  ) throws {
    counts.faults += 1
    // As processes see it, and what a power loss may leave of it.
    if !files.isDown { try judge(files.disk, files.clock, isDone: isDone, &counts) }
    var random = SplitMix64(seed: UInt64(number))
    let uncertainties = files.disk.uncertainties()
    for picks in SurvivingSet.all(uncertainties, bound: Self.survivingSets, &random) {
      try judge(files.disk.afterPowerLoss(uncertainties, picks), files.clock, isDone: isDone, &counts)
    }
  }

  private func judge(
    _ disk: SimulatedDisk, _ clock: SimulatedClock, isDone: Bool, _ counts: inout SimulationCounts
  ) throws {
    counts.crashStates += 1
    guard judged.isNew(DiskContents(disk, isDone: isDone)) else { return }
    let files = SimulatedFileSystem(disk, clock: clock, seed: 1)
    if task == .backup { try judgeCopy(files, isDone: isDone) }
    if task == .repair, isDone, try Repair.inspect(LogCheck.path, files: files).tornBytes > 0 {
      throw BrokenPromise("the repaired log has a torn tail")
    }
    var check = LogCheck(settings: settings, clients: clients, random: SplitMix64(seed: 1))
    try check.holds(files, losingPower: false)
  }

  private func judgeCopy(_ files: SimulatedFileSystem, isDone: Bool) throws {
    guard try files.identity(of: LogDirectory(Self.copy).segment(1)) != nil else {
      if isDone { throw BrokenPromise("the copy is gone") }
      return
    }
    let audit = try Auditor(LogDirectory(Self.copy), files: files).run()
    guard audit.verdict == .proven, audit.lastSequence == lastSequence else {
      throw BrokenPromise("half a copy looks like a log: \(audit.verdict), event \(audit.lastSequence), \(audit.flaw)")
    }
  }
}
