import TallySimulation
import TallyTestSupport
import Testing

@Suite("Simulated worlds")
struct SimulationTests {
  // Many more: swift run -c release tally-sim --seeds 10000
  @Test("hold every promise", arguments: Seeds.few(24))
  func randomWorlds(seed: UInt64) throws {
    do { _ = try Simulation.run(seed: seed) } catch {
      Issue.record(
        """
        seed \(seed): \(error)
        run it again: swift run -c release tally-sim --start \(seed) --seeds 1
        """)
    }
  }

  @Test("are the same every time")
  func determinism() throws {
    #expect(try Simulation.run(seed: 5) == Simulation.run(seed: 5))
  }

  @Test(
    "are not believed when a promise is broken on purpose",
    arguments: [Sabotage.dropsSyncs, .dropsDirectorySyncs, .smugglesEvent, .inventsAnswer])
  func sabotage(_ sabotage: Sabotage) {
    let noticed = (UInt64(1)...12).contains { seed in
      do {
        _ = try Simulation.run(seed: seed, sabotage: sabotage)
        return false
      } catch {
        return error is BrokenPromise
      }
    }
    #expect(noticed, "no seed notices it")
  }
}
