import ArgumentParser
import TallySimulation

@main
struct TallySim: ParsableCommand {
  @Flag(help: "small world") var smallWorld = false
  @Option var seeds: Int = 10
  @Option var start: UInt64 = 1
  func run() throws {
    let clock = ContinuousClock()
    let start = clock.now
    if smallWorld {
    let world = try SmallWorld()
    print("moments", world.momentCount)
    let counts = try world.explore(bound: 4096)
    print(counts, clock.now - start)
    return
    }
    var counts = SimulationCounts()
    for seed in self.start..<(self.start+UInt64(seeds)) {
      do { counts += try Simulation.run(seed: seed) } catch { print("seed", seed, error) }
    }
    print(counts, clock.now - start)
  }
}
