import TallySimulation
import TallyTestSupport
import Testing

@Suite("A simulated shop of several shards")
struct ShardedWorldTests {
  // Many more: swift run -c release tally-sim --shards --seeds 10000
  @Test("keeps every cart whole, whatever the network, the machines and the router do", arguments: Seeds.few(60))
  func randomWorlds(seed: UInt64) throws {
    do { _ = try ShardedWorld.run(seed: seed) } catch {
      Issue.record(
        "seed \(seed): \(error)\nrun it again: swift run -c release tally-sim --shards --start \(seed) --seeds 1")
    }
  }

  @Test("is the same every time")
  func determinism() throws {
    #expect(try ShardedWorld.run(seed: 5) == ShardedWorld.run(seed: 5))
  }

  @Test("finishes a cart whose coordinator dies at any step", arguments: [false, true], [false, true])
  func killedAtEveryStep(timed: Bool, commits: Bool) throws {
    for short in [false, true] {
      var step = 0
      var isOver = false
      while !isOver {
        do { isOver = try ShardedWorld.kill(after: step, timed: timed, commits: commits, short: short) } catch {
          Issue.record("killed after \(step) messages, timed \(timed), commits \(commits), short \(short): \(error)")
        }
        step += 1
        try #require(step < 200)
      }
      #expect(step > 8)
    }
  }
}
