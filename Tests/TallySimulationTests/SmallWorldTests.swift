import TallySimulation
import TallyTestSupport
import Testing

@Suite("A small world")
struct SmallWorldTests {
  @Test("holds every promise at every crash point, whatever survives", arguments: SmallWorld.parts(4))
  func everySurvivingSet(part: SmallWorld.Part) throws { _ = try part.run() }

  @Test("has no crash point with more surviving sets than are tried")
  func bound() throws {
    let world = try SmallWorld()
    #expect(world.momentCount > 100)
    #expect(world.mostCombinations <= SmallWorld.fullBound)
  }

  // Every byte: swift run -c release tally-sim --exhaustive
  @Test("survives a disk that runs full anywhere in any write")
  func fullDisk() throws {
    let disk = try FullDisk()
    for write in stride(from: 0, to: disk.writeCount, by: 3) { _ = try disk.run(write, by: 67) }
  }

  @Test(
    "survives a backup and a repair that fail, or lose power, at any of their calls", arguments: Upkeep.Task.allCases)
  func upkeep(task: Upkeep.Task) throws {
    let upkeep = try Upkeep(task)
    #expect(upkeep.callCount > 10)
    for call in 0..<upkeep.callCount { _ = try upkeep.run(call) }
  }
}
