import TallyFormat
import TallyTestSupport
import Tallystick
import Testing

@testable import TallySimulation

/// What the simulator has found, each in the fewest steps that show it. Power losses and full disks that it found are
/// in the small world.
@Suite("Found by the simulator")
struct RegressionTests {
  /// A shop with plenty of tea.
  private func shop(seed: UInt64 = 1, _ change: (inout SimulationSettings) -> Void = { _ in }) throws -> Machine {
    var settings = SimulationSettings()
    change(&settings)
    let machine = Machine(settings, seed: seed) { false }
    try settings.create(machine.files)
    machine.isMade = true
    return machine
  }

  private func open(_ machine: Machine) throws -> TallyLog {
    try TallyLog(LogCheck.path, options: machine.settings.options(machine.files))
  }

  private static let delivery = Command(.receive([Line(sku: "tea", 1_000)], reference: "po"), key: "po")

  private func order(_ number: Int) -> Command {
    Command(.reserve(id: Name("order-\(number)"), [Line(sku: "tea", 1)], customer: "ann"))
  }

  // The table of a segment's frames stayed as it was when the segment was still the last one. A shop would have held, and
  // perhaps sold, the same order twice.
  @Test(
    "an order is known as long as it is in the log, also when its segment was sealed after an earlier one was looked up"
  )
  func sealedAfterLookUp() throws {
    let machine = try shop {
      $0.segmentSize = 2 << 10
      $0.snapshotEvery = 10
    }
    let log = try open(machine)
    try machine.append([Self.delivery], to: log)
    for number in 0..<150 {
      let id = Name("order-\(number)")
      try machine.append([order(number)], to: log)
      try machine.append([Command(.commit(id: id), key: Name("pay-\(number)"))], to: log)
      for back in [3, 8, 15, 40] where back <= number { try machine.append([order(number - back)], to: log) }
    }
    #expect(log.lastSequence == 302)
  }

  // A look-up that came to a damaged header took the frame before it for the right one, and the name for unused.
  @Test("an order whose frame is damaged is not taken for a new one")
  func damagedBehindSnapshot() throws {
    let machine = try shop {
      $0.segmentSize = 64 << 10
      $0.snapshotEvery = 10
    }
    let log = try open(machine)
    try machine.append([Self.delivery], to: log)
    for number in 0..<30 {
      try machine.append([order(number)], to: log)
      try machine.append([Command(.commit(id: Name("order-\(number)")), key: Name("pay-\(number)"))], to: log)
    }
    log.close()
    machine.killProcesses()
    let map = try FrameMap(machine.files)
    let frame = try #require(map.frames.first { $0.firstSequence == 7 })
    guard case .file(let file)? = machine.files.disk.node(SimulatedPath(frame.path)) else { return }
    machine.files.disk.files[file].corrupt { $0[frame.range.lowerBound] ^= 1 }
    let damaged = try open(machine)
    // Event 5 is order 1, in the frame before; event 7 is order 2, which the index knows with all that it asked for.
    #expect(damaged.append(order(1)) == .repeated(Acceptance(sequence: 5, state: .committed, holds: false)))
    #expect(damaged.append(order(2)) == .repeated(Acceptance(sequence: 7, state: .committed, holds: false)))
    // Of anything else under its id the log must say what it is.
    guard case .failed = damaged.append(Command(.reserve(id: "order-2", [Line(sku: "tea", 77)]))) else {
      Issue.record("order 2 cannot be looked up, and was judged all the same")
      return
    }
  }

  // The first writer overwrote in place what the second had acknowledged, and nothing showed it.
  @Test(
    "a second writer's acknowledgements are kept, or their loss is evident, wherever it came in between",
    arguments: 1...40)
  func breach(call: Int) throws {
    let machine = try shop()
    let first = try open(machine)
    try machine.append([Self.delivery], to: first)
    let intruder = Intruder(machine, portions: [[order(1)]], ticks: false)
    intruder.arm(afterCalls: call)
    for number in 2...6 { try machine.append([order(number)], to: first) }
    if let flaw = intruder.flaw { throw flaw }
    machine.killProcesses()
    var check = LogCheck(settings: machine.settings, clients: machine.clients, random: SplitMix64(seed: 1))
    try check.holdsOrSaysWhy(machine.files)
  }

  // Seed 40128: it went on refusing, and answering retries, from what it had known before. A shop would have shown a
  // customer "sold out" although the other writer had received new stock.
  @Test("a writer whose log was taken away gives no answers, not even refusals and retries")
  func deposedAnswers() throws {
    let machine = try shop()
    let first = try open(machine)
    try machine.append([Self.delivery, order(1)], to: first)
    let intruder = Intruder(machine, portions: [[order(2)]], ticks: false)
    intruder.act()
    for command in [order(1), Command(.commit(id: "never made"))] {
      guard case .failed = first.append(command) else {
        Issue.record("the deposed writer answers \(command)")
        return
      }
    }
  }

  // Its follower made a snapshot of the other writer's events, and forgetting names up to there trapped.
  @Test("a writer that finds another one's events in its log stops, and does not crash")
  func deposedFollower() throws {
    let machine = try shop { $0.snapshotEvery = 4 }
    let first = try open(machine)
    try machine.append([Self.delivery], to: first)
    let intruder = Intruder(machine, portions: [[order(1)], [order(2)], [order(3)]], ticks: true)
    // While the first writer makes a snapshot.
    machine.files.fault = { call in
      if call.path.hasPrefix(LogDirectory(LogCheck.path).index), !intruder.hasActed { intruder.act() }
      return nil
    }
    for number in 4...9 { try machine.append([order(number)], to: first) }
    if let flaw = intruder.flaw { throw flaw }
    #expect(intruder.hasActed)
    guard case .failed = first.append(order(10)) else {
      Issue.record("the deposed writer goes on")
      return
    }
  }

  // Seed 9147: the page cache kept the frame, marked clean, so the reader's own sync succeeded and said nothing. A shop's
  // screen would have shown an order that the log never got.
  @Test("a frame whose sync failed is not shown to readers and then lost", arguments: UInt64(1)...20)
  func failedSync(seed: UInt64) throws {
    let machine = try shop(seed: seed)
    let log = try open(machine)
    try machine.append([Self.delivery], to: log)
    machine.files.fault = { $0.kind == .sync ? .failure(code: 5) : nil }
    #expect(try machine.append([order(1)], to: log).hasFailed)
    machine.killProcesses()
    let shown = try LogReader(LogCheck.path, files: machine.files).stock().sequence
    let after = SimulatedFileSystem(machine.files.disk.afterPowerLoss(), clock: machine.files.clock, seed: seed)
    #expect(try LogReader(LogCheck.path, files: after).stock().sequence >= shown)
  }

  // Seed 990273: the zeros that withdrew a frame were in the page cache only, the next writer noted its floor, and a power
  // loss brought the frame back behind it. A shop's log would have been called damaged for nothing.
  @Test("a frame that was withdrawn does not come back behind the floor of the next writer", arguments: UInt64(1)...20)
  func withdrawn(seed: UInt64) throws {
    let machine = try shop(seed: seed)
    let first = try open(machine)
    machine.files.fault = { $0.kind == .sync ? .failure(code: 5) : nil }
    #expect(try machine.append([Self.delivery], to: first).hasFailed)
    machine.killProcesses()
    machine.files.fault = { _ in nil }
    _ = try open(machine)
    let after = SimulatedFileSystem(machine.files.disk.afterPowerLoss(), clock: machine.files.clock, seed: seed)
    let check = LogCheck(settings: machine.settings, clients: machine.clients, random: SplitMix64(seed: seed))
    let audit = try check.audit(after)
    #expect(audit.verdict == .proven, "\(audit.flaw)")
  }

  // Seed 20128: a power loss left a renamed index both its names, and the next index was written into it. Orders were
  // not known any more, and accepted again.
  @Test("a file that a crash left under two names is not written over")
  func twoNames() throws {
    let machine = try shop { $0.snapshotEvery = 8 }
    let log = try open(machine)
    machine.files.fault = {
      $0.kind == .syncDirectory && $0.path == LogDirectory(LogCheck.path).index ? .powerLoss : nil
    }
    try machine.append([Self.delivery], to: log)
    for number in 1...12 where !machine.files.isDown { try machine.append([order(number)], to: log) }
    #expect(machine.files.isDown)
    let uncertainties = machine.files.disk.uncertainties()
    machine.losePower(uncertainties, uncertainties.map { $0.count - 1 })
    let index = LogDirectory(LogCheck.path).index
    #expect(try machine.files.list(index).count == 2)
    let again = try open(machine)
    // One order for the next index, then those of the first: loading the indexes again would show that one is spoiled.
    for number in [20, 1, 2, 3, 4, 5] { try machine.append([order(number)], to: again) }
  }

  // Its check fits wherever it stands: a misdirected write of a whole page would have made names unknown.
  @Test("a page of one index in the place of another's is not believed")
  func foreignPage() throws {
    let machine = try shop { $0.snapshotEvery = 8 }
    let log = try open(machine)
    try machine.append([Self.delivery], to: log)
    for number in 1...24 { try machine.append([order(number)], to: log) }
    log.close()
    machine.killProcesses()
    let directory = LogDirectory(LogCheck.path)
    let names = try machine.files.list(directory.index)
    try #require(names.count > 1)
    let runs = try names.map { try machine.files.open("\(directory.index)/\($0)", .readWrite) }
    // The first page of names: behind the header and the filter, whose length the header has.
    let head = try runs[0].bytes(at: 0, count: 128)
    let offset = 128 + 8 * (0..<8).reduce(0) { $0 | Int(head[96 + $1]) << ($1 * 8) }
    try #require(try runs[1].bytes(at: 0, count: 128)[96..<104] == head[96..<104])
    try runs[0].write(try runs[1].bytes(at: offset, count: 4096), at: offset)
    let again = try open(machine)
    // Those of the spoiled index cannot be looked up: the writer fails rather than accept one of them again.
    var failed = 0
    for number in 1...24 where try machine.append([order(number)], to: again).hasFailed { failed += 1 }
    #expect(failed > 0)
  }
}
