import TallyFormat
import TallyTestSupport
import Tallystick

/// A script of about thirty commands, with every moment at which the power can fail, and at each everything that can
/// survive.
///
/// The bound: where more than `bound` combinations could survive, all and nothing, each thing alone, all but each
/// thing, every prefix, and random combinations up to the bound stand for them.
public struct SmallWorld: Sendable {
  let settings: SimulationSettings
  private(set) var moments: [CrashMoment] = []

  /// What happens to the writer between two portions of commands.
  private enum Break: CaseIterable { case none, tick, close, kill, clockBack, clockAhead }

  /// Runs the script once without any fault and keeps every moment.
  public init() throws {
    var settings = SimulationSettings()
    settings.snapshotEvery = 16
    self.settings = settings
    try run()
  }

  private mutating func run() throws {
    let world = Machine(settings, seed: 1) { true }
    try settings.create(world.files)
    world.isMade = true
    var log = try TallyLog(LogCheck.path, options: settings.options(world.files))
    for (index, commands) in Self.script.enumerated() {
      if try world.append(commands, to: log).hasFailed { throw BrokenPromise("a command failed on a sound disk") }
      world.files.clock.now += 10
      switch Break.allCases[index % Break.allCases.count] {
      case .none: break
      case .tick: log.tick()
      case .close:
        log.close()
        log = try TallyLog(LogCheck.path, options: settings.options(world.files))
      case .kill:
        world.killProcesses()
        log = try TallyLog(LogCheck.path, options: settings.options(world.files))
      case .clockBack: world.files.clock.now -= 5_000
      case .clockAhead: world.files.clock.now += 7_000
      }
    }
    log.close()
    moments = world.takeMoments()
  }

  static var script: [[Command]] {
    func line(_ quantity: Int64, at location: Name = .main) -> Line { Line(sku: "tea", location: location, quantity) }
    var portions: [[Command]] = [
      [ShopTraffic.opening],
      [Command(.reserve(id: "a", [line(30)], timeToLive: 6_000)), Command(.reserve(id: "b", [line(9)]))],
      [
        Command(.commit(id: "b")),
        Command(.dated(.receive([line(1)], reference: "late"), effective: 1_000), key: "late"),
      ],
      [Command(.receive([line(5)], reference: "po-1"), key: "po-1"), Command(.returned([line(1)], reference: "rma"))],
      [Command(.transfer(sku: "tea", quantity: 3, from: "main", to: "berlin"), key: "move")],
      [Command(.reserve(id: "c", [line(2, at: "berlin"), line(2)], customer: "ann"))],
      [
        Command(.limit(ItemName(sku: "tea"), 4), key: "limit"), Command(.floor(ItemName(sku: "tea"), 1), key: "floor"),
        Command(.register([ItemName(sku: "pot"), ItemName(sku: "tea")])),
      ],
      [Command(.reserve(id: "d", [line(4)], customer: "ann")), Command(.reserve(id: "e", [line(5)], customer: "ann"))],
      [
        Command(
          .batch([
            .reserve(id: "f", [line(1)], customer: "bob"), .commit(id: "d"), .receive([line(1)], reference: "po-2"),
          ]),
          key: "all-or-nothing")
      ],
      [Command(.adjust(ItemName(sku: "tea"), .to(3), reason: "count", release: .newest), key: "count")],
      [Command(.release(id: "c", [line(1)]), key: "part"), Command(.release(id: "c"))],
    ]
    portions += [
      [Command(.reserve(id: "g", [line(1, at: "berlin")], customer: "eve", timeToLive: 9_000))],
      [
        Command(.extend(id: "g", timeToLive: 60_000), key: "longer"),
        Command(.amend(id: "g", [line(2, at: "berlin"), Line(sku: "cup", 1)]), key: "other"),
      ],
      [
        Command(.commitMore(id: "g", [line(3, at: "berlin")]), key: "weighed"),
        Command(
          .adjust(ItemName(sku: "cup"), .by(-40), reason: "broken", release: .oldestTrimmed), key: "trim"),
      ],
      [Command(.returnedOf(order: "b", [line(2)], reference: "rma-2"), key: "back")],
      [Command(.transferWith(sku: "tea", quantity: 2, from: "main", to: "berlin", .all), key: "along")],
      [
        Command(.recipe(ItemName(sku: "set"), [line(1, at: "berlin"), Line(sku: "cup", 2)]), key: "set"),
        Command(.prefer("tea", ["berlin", "main"]), key: "prefer"),
        Command(.reserve(id: "h", [Line(sku: "set", 1)], customer: "eve")),
        Command(.release(id: "h")), Command(.reopen(id: "h", timeToLive: 30_000), key: "again"),
      ],
      [Command(.reserve(id: "w-1", [line(3)], customer: "eve", wait: .forever))],
      [
        Command(.reserve(id: "w-2", [line(1), line(60, at: "berlin")], customer: "eve", wait: .milliseconds(9_000))),
        Command(.reserve(id: "w-3", [line(1)], customer: "flo", timeToLive: 50, wait: .forever)),
        Command(.reserve(id: "w-4", [line(2)], customer: "gus", wait: .milliseconds(40_000))),
      ],
      [
        Command(.amend(id: "w-4", [line(1)]), key: "less"), Command(.floor(ItemName(sku: "tea"), 0), key: "no-floor"),
      ],
      [
        Command(.acknowledge(consumer: "orders", through: 20)), Command(.acknowledge(consumer: "search", through: 4)),
      ],
      [Command(.receive([line(4)], reference: "po-4"), key: "po-4")],
      [Command(.acknowledge(consumer: "orders", through: 21)), Command(.forgetConsumer("search"))],
      [Command(.release(id: "w-1"))],
    ]
    for number in 0..<7 {
      portions.append([
        Command(.receive([line(2)], reference: Name("po-3-\(number)"))),
        Command(
          .reserve(id: Name("late-\(number)"), [line(1)], customer: number % 2 == 0 ? "cid" : "dot", timeToLive: 20_000)
        ),
      ])
    }
    return portions
  }

  public var momentCount: Int { moments.count }

  /// Of all moments, the most combinations of what may survive.
  public var mostCombinations: Int {
    moments.map { moment in
      moment.disk.uncertainties(ignoring: CrashExplorer.ignored).reduce(1) {
        $0.multipliedReportingOverflow(by: $1.count).partialValue
      }
    }.max() ?? 0
  }

  /// A share of the work, for one thread.
  public struct Part: Sendable, CustomStringConvertible {
    fileprivate let world: Result<SmallWorld, any Error>
    fileprivate let first: Int
    fileprivate let stride: Int

    public var description: String { "part \(first + 1) of \(stride)" }

    public func run() throws -> SimulationCounts {
      try world.get().explore(bound: SmallWorld.fullBound, from: first, by: stride)
    }
  }

  /// Combinations tried at a moment when everything is tried; no moment of the script has as many.
  public static let fullBound = 1 << 16

  /// The whole world in `count` shares.
  public static func parts(_ count: Int) -> [Part] {
    let world = Result { try SmallWorld() }
    return (0..<count).map { Part(world: world, first: $0, stride: count) }
  }

  /// Tries every moment, or every `stride`th, beginning with `first`.
  public func explore(bound: Int, from first: Int = 0, by stride: Int = 1) throws -> SimulationCounts {
    var explorer = CrashExplorer(settings, seed: 1)
    for index in Swift.stride(from: first, to: moments.count, by: stride) {
      try explorer.exploreAll(moments[index], bound: bound)
    }
    return explorer.counts
  }
}

extension SimulatedDisk {
  /// A disk with an empty directory for logs.
  static var withShops: SimulatedDisk {
    var disk = SimulatedDisk()
    disk.makeDirectory(SimulatedPath("/shops"))
    disk.syncDirectory("")
    return disk
  }
}
