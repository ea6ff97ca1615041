import ArgumentParser
import Synchronization
import TallySimulation
import Tallystick

@main
struct TallySim: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tally-sim",
    abstract: "Runs logs in simulated worlds whose disks, clocks and writers fail, and holds them to their promises.",
    discussion: """
      Example: swift run -c release tally-sim --seeds 1000 --jobs 2
      Each seed is one world, the same every time. Exits 0 if every promise held, else 1 with the seed, the promise and \
      the command that runs it again.
      """)

  @Option(help: "How many worlds to run.")
  var seeds = 100
  @Option(help: "The first seed.")
  var start: UInt64 = 1
  @Option(help: "How many worlds run at the same time.")
  var jobs = 2
  @Flag(
    help: """
      Instead of random worlds: every crash point and surviving set of a small one, a fault at every call of a backup and \
      a repair, and a full disk at every byte.
      """
  )
  var exhaustive = false

  @Flag(
    help:
      "Worlds of several shards: carts over them, a network between router and shards, coordinators that are killed.")
  var shards = false

  func validate() throws {
    if shards && exhaustive { throw ValidationError("--shards and --exhaustive are two worlds; choose one") }
    if seeds < 1 { throw ValidationError("--seeds is at least 1") }
    if jobs < 1 { throw ValidationError("--jobs is at least 1") }
  }

  func run() async throws {
    FreedMemory.keep(heaps: 0)
    let clock = ContinuousClock()
    let start = clock.now
    let tally = Tally()
    if exhaustive { try await runSmallWorld(tally) } else { await runSeeds(tally) }
    let seconds = (clock.now - start) / .seconds(1)
    print(tally.summary(seconds: seconds))
    if tally.hasFailed { throw ExitCode(1) }
  }

  private func runSeeds(_ tally: Tally) async {
    let last = start + UInt64(seeds) - 1
    if shards {
      return await eachOf(start...last) { seed in
        tally.run("seed \(seed)", replay: "tally-sim --shards --start \(seed) --seeds 1") {
          try ShardedWorld.run(seed: seed)
        }
      }
    }
    await eachOf(start...last) { seed in
      tally.run("seed \(seed)", replay: "tally-sim --start \(seed) --seeds 1") { try Simulation.run(seed: seed) }
    }
  }

  private func runSmallWorld(_ tally: Tally) async throws {
    let replay = "tally-sim --exhaustive"
    let parts = SmallWorld.parts(64)
    await eachOf(0...UInt64(parts.count - 1)) { part in
      tally.run("the small world", replay: replay) { try parts[Int(part)].run() }
    }
    for task in Upkeep.Task.allCases {
      let upkeep = try Upkeep(task)
      await eachOf(0...UInt64(upkeep.callCount - 1)) { call in
        tally.run("a \(task)", replay: replay) { try upkeep.run(Int(call)) }
      }
    }
    let disk = try FullDisk()
    await eachOf(0...UInt64(disk.writeCount - 1)) { write in
      tally.run("the full disk", replay: replay) { try disk.run(Int(write)) }
    }
  }

  /// Calls `body` for each number, several at a time.
  private func eachOf(_ numbers: ClosedRange<UInt64>, _ body: @escaping @Sendable (UInt64) -> Void) async {
    let next = Counter(numbers.lowerBound)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<jobs {
        group.addTask {
          while case let number = next.take(), number <= numbers.upperBound { body(number) }
        }
      }
    }
  }
}

private final class Counter: Sendable {
  private let value: Atomic<UInt64>
  init(_ first: UInt64) { value = Atomic(first) }
  func take() -> UInt64 { value.wrappingAdd(1, ordering: .relaxed).oldValue }
}

/// What all worlds together came to.
private final class Tally: Sendable {
  private let state = Mutex((counts: SimulationCounts(), failures: 0))

  func run(_ name: String, replay: String, _ world: () throws -> SimulationCounts) {
    do {
      let counts = try world()
      state.withLock { $0.counts += counts }
    } catch {
      state.withLock {
        $0.failures += 1
        print("\(name) broke a promise: \(error)\n  run it again: swift run -c release \(replay)")
      }
    }
  }

  var hasFailed: Bool { state.withLock { $0.failures > 0 } }

  func summary(seconds: Double) -> String {
    let (counts, failures) = state.withLock { $0 }
    let rounded = Double(Int(seconds * 10)) / 10
    return "\(counts.seeds + failures) seeds (\(failures) failed), \(counts.crashStates) crash states,"
      + " \(counts.faults) faults injected, \(rounded) seconds"
  }
}
