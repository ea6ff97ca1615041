import ArgumentParser
import TallySimulation

@main
struct TallySim: ParsableCommand {
  @Flag(help: "small world") var smallWorld = false
  func run() throws {
    let clock = ContinuousClock()
    let start = clock.now
    let world = try SmallWorld()
    print("moments", world.momentCount)
    let counts = try world.explore(bound: 4096)
    print(counts, clock.now - start)
  }
}
