import TallyFormat
import TallyTestSupport
import Tallystick

/// One random world from one seed: a shop's log through several lives of its writer, with faults in some of them, clients
/// that repeat what they got no answer to, and at many moments everything that a power loss could have left.
public struct Simulation {
  private var random: SplitMix64
  private let settings: SimulationSettings
  private var traffic: ShopTraffic
  private let machine: Machine
  private var explorer: CrashExplorer
  private var counts = SimulationCounts()

  /// Surviving sets tried at a kept moment, and one call in how many is kept.
  private static let setsPerMoment = 6
  private static let keptOneIn = 6
  private static let damagesPerMoment = 3
  /// Portions of commands that a writer's life has at most: in most worlds few, which are quick to check.
  private let longestLife: Int

  /// Runs the world of `seed`.
  ///
  /// - Throws: ``BrokenPromise``.
  public static func run(seed: UInt64, sabotage: Sabotage = .none) throws -> SimulationCounts {
    var simulation = Simulation(seed)
    simulation.machine.sabotage = sabotage
    try simulation.run()
    return simulation.counts
  }

  private init(_ seed: UInt64) {
    random = SplitMix64(seed: seed)
    var settings = SimulationSettings()
    settings.segmentSize = random.pick([2, 4, 8]) << 10
    settings.firstAllocation = random.pick([1, 2, 4]) << 10
    settings.snapshotEvery = random.pick([0, 10, 25, 60])
    settings.journalsRefusals = seed.isMultiple(of: 2)
    self.settings = settings
    longestLife = random.pick([5, 5, 8, 16])
    traffic = ShopTraffic(seed: random.next())
    explorer = CrashExplorer(settings, seed: random.next())
    var choice = SplitMix64(seed: random.next())
    machine = Machine(settings, seed: random.next()) { choice.one(in: Self.keptOneIn) }
  }

  private mutating func run() throws {
    try make()
    for _ in 0..<random.number(3...6) {
      try live()
      try exploreMoments()
    }
    if random.one(in: 3) { try beBreached() } else { try settle() }
    counts.seeds = 1
    counts.crashStates = explorer.counts.crashStates
    counts.faults += machine.faultCount + explorer.counts.faults
    counts.answers = machine.clients.sent.count { $0.isSettled }
  }

  /// Makes the log.
  private mutating func make() throws {
    while !machine.isMade {
      if random.one(in: 3) {
        let call = random.number(1...20)
        let plan: FaultPlan = random.one(in: 2) ? .failure(at: call) : .powerLoss(at: call)
        plan.apply(to: machine.files, seed: random.next())
      }
      do {
        try settings.create(machine.files)
        machine.isMade = true
      } catch let error as TallyError {
        // Tried again on what the failed try has left.
        if case .notEmpty = error {
          // An earlier try got further than it could say; only opening the log makes its names durable.
          machine.files.fault = { _ in nil }
          try TallyLog(LogCheck.path, options: settings.options(machine.files)).close()
          machine.isMade = true
        } else if machine.files.faultCount == 0 {
          throw BrokenPromise("the log cannot be made: \(error)")
        } else {
          end()
        }
      }
    }
    machine.files.fault = { _ in nil }
  }

  // MARK: A writer's life

  /// Opens the log, serves clients until something ends it, and ends it.
  private mutating func live() throws {
    FaultPlan.random(&random).apply(to: machine.files, seed: random.next())
    if let log = try open() {
      var isPoisoned = false
      for _ in 0..<random.number(2...longestLife) where !isPoisoned {
        isPoisoned = try machine.append(portion(), to: log).hasFailed
        try passTime(log)
        if random.one(in: 8) { try tryToOpenAgain() }
      }
      if isPoisoned, machine.files.faultCount == 0 { throw BrokenPromise("the writer failed though nothing was wrong") }
      if random.one(in: 3) { log.close() }
    }
    end()
  }

  private mutating func open() throws -> TallyLog? {
    do { return try TallyLog(LogCheck.path, options: settings.options(machine.files)) } catch {
      if case .log(.file) = error, machine.files.faultCount > 0 { return nil }
      throw BrokenPromise("the log cannot be opened: \(error)")
    }
  }

  /// New commands, and some that were sent before: without an answer, or as if the answer had been lost.
  private mutating func portion() -> [Command] {
    var commands = [Command]()
    if machine.clients.sent.isEmpty { commands.append(ShopTraffic.opening) }
    for _ in 0..<random.number(1...4) { commands.append(traffic.command()) }
    let unsettled = machine.clients.unsettled.filter { machine.clients.first($0)?.happensOnce ?? false }
    commands += unsettled.prefix(3)
    if random.one(in: 3), let known = machine.clients.repeatable.randomElement(using: &random) {
      commands.append(known)
    }
    return commands
  }

  private mutating func passTime(_ log: TallyLog) throws {
    switch random.number(0...19) {
    case 0: machine.files.clock.now -= Int64(random.number(1...100_000))
    case 1: machine.files.clock.now += Int64(random.number(1...100_000))
    default: machine.files.clock.now += Int64(random.number(0...400))
    }
    if random.one(in: 4) { log.tick() }
  }

  /// Another writer must be refused as long as this one lives.
  private func tryToOpenAgain() throws {
    do {
      _ = try TallyLog(LogCheck.path, options: settings.options(machine.files))
      throw BrokenPromise("a second writer opened the log beside the first")
    } catch let error as TallyError {
      if case .inUse = error { return }
      if machine.files.faultCount > 0 { return }
      throw BrokenPromise("a second writer was refused, but for another reason: \(error)")
    }
  }

  private mutating func end() {
    if !machine.files.isDown, random.one(in: 2) { return machine.killProcesses() }
    let uncertainties = machine.files.disk.uncertainties()
    machine.losePower(uncertainties, SurvivingSet.one(uncertainties, &random))
  }

  // MARK: Two writers

  /// The last life: while the writer is at work somebody removes its lock file, and a second writer believes that it is
  /// alone. The deposed one is acknowledged nothing more, and what it may have spoiled is evident.
  private mutating func beBreached() throws {
    let first = try TallyLog(LogCheck.path, options: settings.options(machine.files))
    for _ in 0..<random.number(0...2) { try machine.append(portion(), to: first) }
    let intruder = Intruder(
      machine, portions: (0..<random.number(1...3)).map { _ in portion() }, ticks: random.one(in: 3))
    intruder.arm(afterCalls: random.number(1...12))
    for _ in 0..<4 {
      let wasDeposed = intruder.hasActed
      let answers = try machine.append(portion(), to: first)
      if let flaw = intruder.flaw { throw flaw }
      if wasDeposed, answers.answered > 0 { throw BrokenPromise("a deposed writer gave an answer") }
      if random.one(in: 4) { first.tick() }
    }
    if random.one(in: 2) { first.close() }
    end()
    counts.faults += 1
    var check = LogCheck(settings: settings, clients: machine.clients, random: SplitMix64(seed: random.next()))
    try check.holdsOrSaysWhy(machine.files)
  }

  // MARK: Judging

  private mutating func exploreMoments() throws {
    let moments = machine.takeMoments()
    for (index, moment) in moments.enumerated() {
      try explorer.exploreSome(moment, Self.setsPerMoment)
      if random.one(in: 4) { try explorer.kill(moment) }
      if random.one(in: 4) { try explorer.read(moment) }
      if moment.isMade, random.one(in: 3) {
        let earlier = index > 0 ? moments[random.number(0...(index - 1))].disk : nil
        try explorer.damage(moment, earlier: earlier, Self.damagesPerMoment)
      }
    }
  }

  /// Opens the log a last time, on a disk without faults: everything must be there.
  private mutating func settle() throws {
    switch machine.sabotage {
    case .smugglesEvent:
      let log = try TallyLog(LogCheck.path, options: settings.options(machine.files))
      _ = log.append(Command(.receive([Line(sku: "tea", 1)], reference: "nobody's")))
      log.close()
    case .inventsAnswer:
      let order = Command(.reserve(id: "dreamt", [Line(sku: "tea", 1)]))
      machine.clients.send(order)
      _ = machine.clients.receive(.accepted(Acceptance(sequence: 2)), to: order)
    default: break
    }
    var check = LogCheck(settings: settings, clients: machine.clients, random: SplitMix64(seed: random.next()))
    try check.holds(machine.files, losingPower: false)
  }
}
